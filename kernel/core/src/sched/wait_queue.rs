//! Threads that wait for a condition.

use super::core_state::current;
use super::switch::park;
use super::thread::Thread;
use crate::sync::{Lock, Rank};
use abi::Errno;
use alloc::collections::VecDeque;
use alloc::sync::Arc;
use arch::clock;
use core::sync::atomic::{AtomicBool, Ordering};

/// Why a wait ended without what it waited for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum WaitError {
    /// A signal has to be acted on.
    Interrupted,
    /// The deadline has passed.
    TimedOut,
}

impl From<WaitError> for Errno {
    fn from(error: WaitError) -> Self {
        match error {
            WaitError::Interrupted => Self::EINTR,
            WaitError::TimedOut => Self::ETIMEDOUT,
        }
    }
}

struct Waiter {
    thread: Arc<Thread>,
    is_queued: AtomicBool,
}

/// Threads that wait, first come first served.
pub struct WaitQueue(Lock<VecDeque<Arc<Waiter>>>);

impl Default for WaitQueue {
    fn default() -> Self {
        Self::new()
    }
}

impl WaitQueue {
    /// Nobody waits.
    pub const fn new() -> Self {
        Self(Lock::new(Rank::WaitQueue, VecDeque::new()))
    }

    /// Waits until `condition` gives something; whoever makes it so calls one of the wakes.
    ///
    /// `condition` is called without locks held and may be called often. The deadline is in
    /// nanoseconds since boot.
    pub fn wait_until<T>(
        &self,
        deadline: Option<u64>,
        mut condition: impl FnMut() -> Option<T>,
    ) -> Result<T, WaitError> {
        if let Some(value) = condition() {
            return Ok(value);
        }
        let waiter = Arc::new(Waiter { thread: current(), is_queued: AtomicBool::new(false) });
        let outcome = loop {
            // Queued before the condition is looked at: a change after that finds the waiter.
            self.enqueue(&waiter);
            if let Some(value) = condition() {
                break Ok(value);
            }
            if waiter.thread.is_interrupted() {
                break Err(WaitError::Interrupted);
            }
            if deadline.is_some_and(|at| clock::now() >= at) {
                break Err(WaitError::TimedOut);
            }
            park(deadline);
        };
        let was_chosen = !self.dequeue(&waiter);
        if was_chosen && outcome.is_err() {
            // The wake-up was meant for somebody who still waits.
            self.wake_one();
        }
        outcome
    }

    /// Wakes the thread that has waited longest.
    pub fn wake_one(&self) {
        let waiter = self.0.lock().pop_front();
        if let Some(waiter) = waiter {
            waiter.is_queued.store(false, Ordering::Release);
            waiter.thread.unpark();
        }
    }

    /// Wakes all threads that wait.
    pub fn wake_all(&self) {
        let waiters = core::mem::take(&mut *self.0.lock());
        for waiter in waiters {
            waiter.is_queued.store(false, Ordering::Release);
            waiter.thread.unpark();
        }
    }

    fn enqueue(&self, waiter: &Arc<Waiter>) {
        if waiter.is_queued.load(Ordering::Acquire) {
            return;
        }
        let mut queue = self.0.lock();
        waiter.is_queued.store(true, Ordering::Release);
        queue.push_back(waiter.clone());
    }

    /// Takes the waiter out; `false` if a wake has done so.
    fn dequeue(&self, waiter: &Arc<Waiter>) -> bool {
        let mut queue = self.0.lock();
        let position = queue.iter().position(|other| Arc::ptr_eq(other, waiter));
        let was_queued = position.and_then(|index| queue.remove(index)).is_some();
        if queue.is_empty() {
            // What a storm has made it hold is given back.
            *queue = VecDeque::new();
        }
        was_queued
    }
}
