//! Random numbers that are the same for the same seed.

use rand_core::{Rng, SeedableRng};
use rand_xorshift::XorShiftRng;

/// A sequence of numbers.
#[derive(Clone, Debug)]
pub struct Random(XorShiftRng);

impl Random {
    /// The sequence that belongs to a seed.
    pub fn new(seed: u64) -> Self {
        Self(XorShiftRng::seed_from_u64(seed))
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// The next number below a limit; 0 below 0. That some are a little more likely does no harm here.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.number() % limit.max(1)
    }

    /// Whether something happens that does once in so many times.
    pub fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    /// One of some values, of which there is at least one.
    pub fn pick<T: Copy>(&mut self, values: &[T]) -> T {
        values[self.below(values.len() as u64) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    #[test]
    fn a_seed_has_one_sequence() {
        let sequence = |seed| {
            let mut random = Random::new(seed);
            (0..9).map(|_| random.number()).collect::<Vec<_>>()
        };
        assert_eq!(sequence(7), sequence(7));
        assert_ne!(sequence(7), sequence(8));
    }

    #[test]
    fn limits_are_kept() {
        let mut random = Random::new(1);
        assert!((0..100).all(|_| random.below(3) < 3));
        assert_eq!(random.below(0), 0);
        assert_eq!(random.pick(&[5]), 5);
    }
}
