//! A lock whose holder may sleep: for what takes longer than a core may spin.
//!
//! It is not in the lock order: who takes it holds no spin lock. Holders wait for devices, which
//! answer or fail within a time of their own, so a wait for the lock always ends, and a process
//! that is to end waits for it like any other.

use super::wait_queue::WaitQueue;
use crate::atomic::{AtomicU64, Ordering};
use core::ops::{Deref, DerefMut};
use spin::mutex::{SpinMutex, SpinMutexGuard};

/// A value that one thread at a time may touch, and sleep meanwhile.
///
/// Threads have it in the order in which they asked: who takes it again and again keeps nobody out.
pub struct SleepLock<T> {
    /// Nobody ever spins for it.
    value: SpinMutex<T>,
    /// The ticket of the next who asks.
    next: AtomicU64,
    /// The ticket whose turn it is.
    serving: AtomicU64,
    moved: WaitQueue,
}

/// The right to touch the value; dropping it frees the lock.
pub struct SleepGuard<'a, T> {
    /// Taken out when the guard is dropped.
    value: Option<SpinMutexGuard<'a, T>>,
    lock: &'a SleepLock<T>,
}

impl<T> SleepLock<T> {
    /// A free lock around a value.
    pub const fn new(value: T) -> Self {
        let (next, serving) = (AtomicU64::new(0), AtomicU64::new(0));
        Self { value: SpinMutex::new(value), next, serving, moved: WaitQueue::new() }
    }

    /// Sleeps until the lock is free; called without locks held.
    pub fn lock(&self) -> SleepGuard<'_, T> {
        let ticket = self.ticket();
        let value = self.moved.wait_for(|| self.try_take(ticket));
        SleepGuard { value: Some(value), lock: self }
    }

    fn ticket(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    fn try_take(&self, ticket: u64) -> Option<SpinMutexGuard<'_, T>> {
        let is_turn = self.serving.load(Ordering::Acquire) == ticket;
        if is_turn { self.value.try_lock() } else { None }
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
        self.lock.serving.fetch_add(1, Ordering::Release);
        // Each waits for another ticket, so all have to look.
        self.lock.moved.wake_all();
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

    #[test]
    fn who_comes_back_stands_behind_those_who_wait() {
        let lock = SleepLock::new(());
        let guard = lock.lock();
        let waiter = lock.ticket();
        assert!(lock.try_take(waiter).is_none());
        drop(guard);
        let back = lock.ticket();
        assert!(lock.try_take(back).is_none());
        assert!(lock.try_take(waiter).is_some());
    }
}
