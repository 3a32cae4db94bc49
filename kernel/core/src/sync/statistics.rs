//! How often locks of each rank are taken, and how long others spin for them.

use super::Rank;
use core::iter::Sum;
use core::sync::atomic::{AtomicU64, Ordering};

/// What was counted for a rank.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Counts {
    /// Times that a lock was taken.
    pub taken: u64,
    /// Times that it was another core's at first.
    pub contended: u64,
    /// Looks at a lock that another core held.
    pub spins: u64,
}

impl Sum for Counts {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |sum, one| Self {
            taken: sum.taken + one.taken,
            contended: sum.contended + one.contended,
            spins: sum.spins + one.spins,
        })
    }
}

#[derive(Debug)]
struct Counter {
    taken: AtomicU64,
    contended: AtomicU64,
    spins: AtomicU64,
}

/// One core's counters; only it changes them.
#[derive(Debug)]
pub struct Counters([Counter; Rank::ALL.len()]);

impl Counters {
    /// Nothing counted yet.
    pub const fn new() -> Self {
        Self(
            [const {
                Counter {
                    taken: AtomicU64::new(0),
                    contended: AtomicU64::new(0),
                    spins: AtomicU64::new(0),
                }
            }; Rank::ALL.len()],
        )
    }

    /// Notes that the core has taken a lock, after so many looks in vain.
    pub fn note(&self, rank: Rank, spins: u64) {
        let counter = &self.0[rank as usize];
        counter.taken.fetch_add(1, Ordering::Relaxed);
        if spins > 0 {
            counter.contended.fetch_add(1, Ordering::Relaxed);
            counter.spins.fetch_add(spins, Ordering::Relaxed);
        }
    }

    /// What it has counted.
    pub fn of(&self, rank: Rank) -> Counts {
        let counter = &self.0[rank as usize];
        Counts {
            taken: counter.taken.load(Ordering::Relaxed),
            contended: counter.contended.load(Ordering::Relaxed),
            spins: counter.spins.load(Ordering::Relaxed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_counted_apart_and_in_their_order() {
        assert!(Rank::ALL.is_sorted() && Rank::ALL[Rank::Log as usize] == Rank::Log);
        let counters = Counters::new();
        counters.note(Rank::Heap, 0);
        counters.note(Rank::Heap, 7);
        counters.note(Rank::Log, 0);
        let heap = Counts { taken: 2, contended: 1, spins: 7 };
        assert_eq!(counters.of(Rank::Heap), heap);
        assert_eq!(counters.of(Rank::Log), Counts { taken: 1, contended: 0, spins: 0 });
        assert_eq!(counters.of(Rank::Frames), Counts::default());
        let sum: Counts = Rank::ALL.iter().map(|rank| counters.of(*rank)).sum();
        assert_eq!(sum, Counts { taken: 3, ..heap });
    }
}
