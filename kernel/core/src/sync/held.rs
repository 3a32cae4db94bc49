//! The ranks of the locks that one core holds, and the check of the next one.

use super::Rank;
use core::sync::atomic::{AtomicU64, Ordering};

/// A bit for each rank; only its own core changes it.
pub struct HeldRanks(AtomicU64);

impl HeldRanks {
    /// None.
    pub const fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    /// Notes that the core is about to take a lock.
    ///
    /// # Panics
    ///
    /// If it holds a lock of the same or of a later rank.
    pub fn acquire(&self, rank: Rank) {
        let bit = 1_u64 << rank as u8;
        let held = self.0.fetch_or(bit, Ordering::Relaxed);
        assert!(
            held < bit,
            "lock order: {rank:?} taken while a lock of rank {} is held",
            u64::BITS - 1 - held.leading_zeros(),
        );
    }

    /// Notes that the core has freed a lock.
    pub fn release(&self, rank: Rank) {
        self.0.fetch_and(!(1 << rank as u8), Ordering::Relaxed);
    }

    /// Checks that the core holds nothing, as before it switches threads.
    ///
    /// # Panics
    ///
    /// If it holds a lock.
    pub fn assert_none(&self) {
        let held = self.0.load(Ordering::Relaxed);
        assert!(held == 0, "a lock of rank {} is held across a switch", held.trailing_zeros());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locks_may_be_taken_in_order_and_freed_in_any() {
        let held = HeldRanks::new();
        held.acquire(Rank::ProcessTable);
        held.acquire(Rank::Region);
        held.acquire(Rank::Log);
        held.release(Rank::Region);
        held.release(Rank::ProcessTable);
        held.release(Rank::Log);
        held.assert_none();
        held.acquire(Rank::ProcessTable);
    }

    #[test]
    #[should_panic(expected = "lock order: Space taken while a lock of rank")]
    fn a_lock_that_stands_earlier_is_refused() {
        let held = HeldRanks::new();
        held.acquire(Rank::Region);
        held.acquire(Rank::Space);
    }

    #[test]
    #[should_panic(expected = "lock order: Region taken")]
    fn two_locks_of_one_rank_are_refused() {
        let held = HeldRanks::new();
        held.acquire(Rank::Region);
        held.acquire(Rank::Region);
    }

    #[test]
    #[should_panic(expected = "held across a switch")]
    fn a_lock_held_across_a_switch_is_noticed() {
        let held = HeldRanks::new();
        held.acquire(Rank::Heap);
        held.assert_none();
    }
}
