//! Whether every message came exactly once, without keeping them all.

use super::layout::MEMBERS;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// The messages of one producer that came: how many, which first and last, and two sums of their
/// numbers, which no other set of as many numbers between these is likely to have.
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct ProducerTally {
    count: u64,
    first: u64,
    last: u64,
    sum: u64,
    squares: u64,
}

impl ProducerTally {
    fn record(&mut self, sequence: u64) -> bool {
        let in_order = self.count == 0 || sequence > self.last;
        let one = Self {
            count: 1,
            first: sequence,
            last: sequence,
            sum: sequence,
            squares: sequence.wrapping_mul(sequence),
        };
        self.merge(&one);
        in_order
    }

    fn merge(&mut self, other: &Self) {
        if other.count == 0 {
            return;
        }
        let empty = self.count == 0;
        self.first = if empty { other.first } else { self.first.min(other.first) };
        self.last = self.last.max(other.last);
        self.count += other.count;
        self.sum = self.sum.wrapping_add(other.sum);
        self.squares = self.squares.wrapping_add(other.squares);
    }

    fn is_gapless(&self) -> bool {
        let Some(before) = self.first.checked_sub(1) else {
            return self.matches([0, 0], sums_to(self.last));
        };
        self.matches(sums_to(before), sums_to(self.last))
    }

    fn matches(&self, before: [u64; 2], through: [u64; 2]) -> bool {
        self.count == 0
            || self.count == self.last - self.first + 1
                && self.sum == through[0].wrapping_sub(before[0])
                && self.squares == through[1].wrapping_sub(before[1])
    }
}

/// The sums of the numbers, and of their squares, from 0 to `last`, modulo 2^64.
fn sums_to(last: u64) -> [u64; 2] {
    // A sequence number has 56 bits, so both products but the last fit in 128.
    let n = u128::from(last);
    let twice_sum = n * (n + 1);
    // n(n+1)/2 times (2n+1)/3: one of the two is divisible by 3.
    let (half, odd) = (twice_sum / 2, 2 * n + 1);
    let squares = if half.is_multiple_of(3) {
        (half / 3).wrapping_mul(odd)
    } else {
        half.wrapping_mul(odd / 3)
    };
    [half as u64, squares as u64]
}

/// The messages of all producers that came.
#[derive(Clone, Copy, Debug, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct Tally {
    producers: [ProducerTally; MEMBERS],
}

impl Default for Tally {
    fn default() -> Self {
        Self { producers: [ProducerTally::default(); MEMBERS] }
    }
}

impl Tally {
    /// Records a message that one consumer took, and says whether it came in order.
    pub fn record(&mut self, producer: u8, sequence: u64) -> bool {
        let tally = self.producers.get_mut(usize::from(producer));
        tally.is_some_and(|tally| tally.record(sequence))
    }

    /// Adds what another consumer took.
    pub fn merge(&mut self, other: &Self) {
        for (one, other) in self.producers.iter_mut().zip(&other.producers) {
            one.merge(other);
        }
    }

    /// How many messages came.
    pub fn count(&self) -> u64 {
        self.producers.iter().map(|producer| producer.count).sum()
    }

    /// Whether of each producer every message between the first and the last came exactly once.
    pub fn is_gapless(&self) -> bool {
        self.producers.iter().all(ProducerTally::is_gapless)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_in_two_halves_are_gapless_together_only() {
        let (mut even, mut odd) = (Tally::default(), Tally::default());
        for sequence in (100..1000).step_by(2) {
            assert!(even.record(3, sequence));
            assert!(odd.record(3, sequence + 1));
        }
        assert!(!even.is_gapless());
        even.merge(&odd);
        assert!(even.is_gapless());
        assert_eq!(even.count(), 900);
    }

    #[test]
    fn a_message_twice_and_another_never_is_noticed() {
        let mut tally = Tally::default();
        for sequence in [0, 1, 2, 2, 4, 5] {
            tally.record(0, sequence);
        }
        assert!(!tally.is_gapless());
    }

    #[test]
    fn an_earlier_number_after_a_later_one_is_out_of_order() {
        let mut tally = Tally::default();
        assert!(tally.record(0, 7));
        assert!(tally.record(1, 3));
        assert!(!tally.record(0, 7));
        assert!(!tally.record(200, 0), "no such producer");
    }

    #[test]
    fn the_sums_are_those_of_counting() {
        for last in 0..50_u64 {
            let expected = [(0..=last).sum(), (0..=last).map(|n| n * n).sum()];
            assert_eq!(sums_to(last), expected);
        }
    }
}
