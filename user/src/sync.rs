//! Futexes, and a mutex and a semaphore that processes can share.
//!
//! Both are `repr(C)`, valid when zeroed and free of pointers, so they may lie in a region. A mutex
//! whose holder dies stays locked: data that must survive a death is better kept as `ring` does.

use crate::atomic::{AtomicU32, Ordering};
use crate::shared::Shared;
use crate::syscall::memory as call;
use abi::Errno;
use abi::time::TimeSpec;
use core::time::Duration;

/// Why a futex wait ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Woken {
    /// Somebody woke the sleeper, the word had changed already, or a signal came: look again.
    Look,
    /// The time was over.
    TimedOut,
}

/// Sleeps while the word has the expected value.
pub fn wait(word: &AtomicU32, expected: u32, timeout: Option<Duration>) -> Woken {
    let timeout = timeout.map(TimeSpec::from_duration);
    match call::futex_wait(word, expected, timeout.as_ref()) {
        Err(Errno::ETIMEDOUT) => Woken::TimedOut,
        _ => Woken::Look,
    }
}

/// Wakes up to `count` sleepers, and returns how many.
pub fn wake(word: &AtomicU32, count: u32) -> u32 {
    call::futex_wake(word, count).unwrap_or(0)
}

/// A lock: 0 free, 1 locked, 2 locked with sleepers.
#[derive(Debug, Default)]
#[repr(C)]
pub struct Mutex(AtomicU32);

// SAFETY: it is one atomic word, of which every value is valid.
unsafe impl Shared for Mutex {}

impl Mutex {
    /// A free lock.
    pub const fn new() -> Self {
        Self(AtomicU32::new(0))
    }

    /// Waits until the lock is free, and locks it.
    pub fn lock(&self) -> MutexGuard<'_> {
        if self.0.compare_exchange(0, 1, Ordering::Acquire, Ordering::Relaxed).is_err() {
            // Who takes the lock after sleeping can't know of other sleepers, so it assumes some.
            while self.0.swap(2, Ordering::Acquire) != 0 {
                wait(&self.0, 2, None);
            }
        }
        MutexGuard(self)
    }

    /// Locks it if it is free.
    pub fn try_lock(&self) -> Option<MutexGuard<'_>> {
        self.0.compare_exchange(0, 1, Ordering::Acquire, Ordering::Relaxed).ok()?;
        Some(MutexGuard(self))
    }
}

/// Unlocks the mutex when it is dropped.
#[derive(Debug)]
pub struct MutexGuard<'a>(&'a Mutex);

impl Drop for MutexGuard<'_> {
    fn drop(&mut self) {
        if self.0.0.swap(0, Ordering::Release) == 2 {
            wake(&self.0.0, 1);
        }
    }
}

/// A count of permits.
#[derive(Debug, Default)]
#[repr(C)]
pub struct Semaphore {
    permits: AtomicU32,
    sleepers: AtomicU32,
}

// SAFETY: it is two atomic words, of which every value is valid.
unsafe impl Shared for Semaphore {}

impl Semaphore {
    /// A semaphore with so many permits.
    pub const fn new(permits: u32) -> Self {
        Self { permits: AtomicU32::new(permits), sleepers: AtomicU32::new(0) }
    }

    /// Waits for a permit and takes it.
    pub fn acquire(&self) {
        while !self.try_acquire() {
            self.sleepers.fetch_add(1, Ordering::SeqCst);
            wait(&self.permits, 0, None);
            self.sleepers.fetch_sub(1, Ordering::SeqCst);
        }
    }

    /// Takes a permit if there is one, and says whether it did.
    #[must_use = "without a permit the caller must not go on"]
    pub fn try_acquire(&self) -> bool {
        let less = |permits: u32| permits.checked_sub(1);
        self.permits.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less).is_ok()
    }

    /// Gives a permit back, and wakes one who waits for it.
    pub fn release(&self) {
        self.permits.fetch_add(1, Ordering::SeqCst);
        if self.sleepers.load(Ordering::SeqCst) != 0 {
            wake(&self.permits, 1);
        }
    }
}
