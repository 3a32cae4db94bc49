//! The check of the lock order, in debug kernels: a mask of held ranks per core.

use super::Rank;
use arch::cpu;
use core::sync::atomic::{AtomicU64, Ordering};

static HELD: [AtomicU64; cpu::MAX_CORES] = [const { AtomicU64::new(0) }; cpu::MAX_CORES];

/// Evidence that this core's mask shows the lock.
pub struct Held(Rank);

impl Held {
    /// Notes that this core is about to take a lock.
    ///
    /// # Panics
    ///
    /// If this core holds a lock of the same or of a later rank.
    pub fn acquire(rank: Rank) -> Self {
        let bit = 1_u64 << rank as u8;
        let held = HELD[cpu::core_id()].fetch_or(bit, Ordering::Relaxed);
        assert!(
            held < bit,
            "lock order: {rank:?} taken while a lock of rank {} is held",
            63 - held.leading_zeros(),
        );
        Self(rank)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        HELD[cpu::core_id()].fetch_and(!(1 << self.0 as u8), Ordering::Relaxed);
    }
}

/// Checks that this core holds no lock, as before it switches threads.
///
/// # Panics
///
/// If it holds one.
pub fn assert_nothing_held() {
    let held = HELD[cpu::core_id()].load(Ordering::Relaxed);
    assert!(held == 0, "a lock of rank {} is held across a switch", held.trailing_zeros());
}
