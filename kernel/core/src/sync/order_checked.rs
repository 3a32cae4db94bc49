//! The check of the lock order, in debug kernels: what each core holds.

use super::Rank;
use super::held::HeldRanks;
use super::per_core::PerCore;
use arch::cpu;

static HELD: PerCore<HeldRanks> = PerCore::new([const { HeldRanks::new() }; cpu::MAX_CORES]);

/// Evidence that this core is known to hold the lock.
pub struct Held(Rank);

impl Held {
    /// Notes that this core is about to take a lock.
    ///
    /// # Panics
    ///
    /// If this core holds a lock of the same or of a later rank.
    pub fn acquire(rank: Rank) -> Self {
        HELD.mine().acquire(rank);
        Self(rank)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        HELD.mine().release(self.0);
    }
}

/// Checks that this core holds no lock, as before it switches threads.
///
/// # Panics
///
/// If it holds one.
pub fn assert_nothing_held() {
    HELD.mine().assert_none();
}
