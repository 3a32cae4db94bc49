//! The check of the lock order, in debug kernels: what each core holds. It also counts how often
//! each kind of lock is taken, and how long cores have spun for it.

use super::Rank;
use super::held::HeldRanks;
use super::per_core::PerCore;
use super::statistics::{Counters, Counts};
use arch::cpu;
use spin::RelaxStrategy;
use spin::mutex::{SpinMutex, SpinMutexGuard};

static HELD: PerCore<HeldRanks> = PerCore::new([const { HeldRanks::new() }; cpu::MAX_CORES]);

static COUNTERS: PerCore<Counters> = PerCore::new([const { Counters::new() }; cpu::MAX_CORES]);

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

/// Spins until the lock is free, takes it, and counts that.
pub fn acquire<T, R: RelaxStrategy>(
    lock: &SpinMutex<T, R>,
    rank: Rank,
) -> SpinMutexGuard<'_, T, R> {
    let mut spins = 0;
    loop {
        if let Some(guard) = lock.try_lock() {
            COUNTERS.mine().note(rank, spins);
            return guard;
        }
        spins += 1;
        R::relax();
    }
}

/// What all cores have counted for locks of a rank.
pub fn counts(rank: Rank) -> Counts {
    COUNTERS.iter().map(|counters| counters.of(rank)).sum()
}
