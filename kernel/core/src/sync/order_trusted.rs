//! No check of the lock order and no counts: release kernels and host tests.

use super::Rank;
use spin::RelaxStrategy;
use spin::mutex::{SpinMutex, SpinMutexGuard};

/// Nothing; the checked kernel keeps a note here.
pub struct Held;

impl Held {
    /// Notes nothing.
    #[inline(always)]
    pub const fn acquire(_rank: Rank) -> Self {
        Self
    }
}

/// Checks nothing.
#[inline(always)]
pub const fn assert_nothing_held() {}

/// Spins until the lock is free, and takes it.
#[inline(always)]
pub fn acquire<T, R: RelaxStrategy>(
    lock: &SpinMutex<T, R>,
    _rank: Rank,
) -> SpinMutexGuard<'_, T, R> {
    #[cfg(feature = "testing")]
    if let Some(guard) = super::schedule::acquire(lock) {
        return guard;
    }
    lock.lock()
}
