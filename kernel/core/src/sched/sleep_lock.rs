//! A lock whose holder may sleep: for what takes longer than a core may spin.
//!
//! It is not in the lock order: who takes it holds no spin lock. Holders wait for devices, which
//! answer or fail within a time of their own, so a wait for the lock always ends, and a process
//! that is to end waits for it like any other.

use super::wait_queue::WaitQueue;
use core::ops::{Deref, DerefMut};
use spin::mutex::{SpinMutex, SpinMutexGuard};

/// A value that one thread at a time may touch, and sleep meanwhile.
pub struct SleepLock<T> {
    /// Nobody ever spins for it.
    value: SpinMutex<T>,
    freed: WaitQueue,
}

/// The right to touch the value; dropping it frees the lock.
pub struct SleepGuard<'a, T> {
    /// Taken out when the guard is dropped.
    value: Option<SpinMutexGuard<'a, T>>,
    freed: &'a WaitQueue,
}

impl<T> SleepLock<T> {
    /// A free lock around a value.
    pub const fn new(value: T) -> Self {
        Self { value: SpinMutex::new(value), freed: WaitQueue::new() }
    }

    /// Sleeps until the lock is free; called without locks held.
    pub fn lock(&self) -> SleepGuard<'_, T> {
        let value = self.freed.wait_for(|| self.value.try_lock());
        SleepGuard { value: Some(value), freed: &self.freed }
    }
}

impl<T> Deref for SleepGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.value.as_ref().expect("invariant: it is there until the drop")
    }
}

impl<T> DerefMut for SleepGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.value.as_mut().expect("invariant: it is there until the drop")
    }
}

impl<T> Drop for SleepGuard<'_, T> {
    fn drop(&mut self) {
        self.value = None;
        self.freed.wake_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_is_free_again_when_its_guard_is_gone() {
        let lock = SleepLock::new(1);
        *lock.lock() += 1;
        assert!(lock.value.try_lock().is_some());
        let guard = lock.lock();
        assert_eq!(*guard, 2);
        assert!(lock.value.try_lock().is_none());
    }
}
