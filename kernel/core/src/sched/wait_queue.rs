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
        if !self.dequeue(&waiter) {
            // Chosen since it looked last: whatever the wake was about, somebody else gets it.
            self.wake_one();
        }
        outcome
    }

    /// Wakes the thread that has waited longest.
    ///
    /// For queues where the condition is the same for all, so that none has been passed over when
    /// that thread finds it not to hold; where it differs, all have to look.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sched;

    fn waiter(queue: &WaitQueue) -> Arc<Waiter> {
        let thread = Arc::new(Thread::idle(0));
        let waiter = Arc::new(Waiter { thread, is_queued: AtomicBool::new(false) });
        queue.enqueue(&waiter);
        waiter
    }

    /// Waits, with a wake between its queueing and its second look, which `outcome` ends.
    fn wait_with_a_wake_too_many(queue: &WaitQueue, outcome: Option<()>) -> Arc<Waiter> {
        sched::start();
        let mut other = None;
        let result = queue.wait_until(Some(0), || {
            if queue.0.lock().is_empty() {
                return None;
            }
            other = Some(waiter(queue));
            queue.wake_one();
            outcome
        });
        assert_eq!(result.ok(), outcome);
        other.expect("the condition was looked at twice")
    }

    #[test]
    fn a_wake_that_chose_a_thread_which_needs_none_goes_to_the_next() {
        for outcome in [Some(()), None] {
            let queue = WaitQueue::new();
            let next = wait_with_a_wake_too_many(&queue, outcome);
            assert!(!next.is_queued.load(Ordering::Relaxed), "it sleeps on: {outcome:?}");
        }
    }

    #[test]
    fn a_thread_that_was_not_chosen_leaves_the_others_asleep() {
        sched::start();
        let queue = WaitQueue::new();
        let first = waiter(&queue);
        let mut looks = 0;
        let found = queue.wait_until(None, || {
            looks += 1;
            (looks == 2).then_some(())
        });
        assert_eq!(found, Ok(()));
        assert!(first.is_queued.load(Ordering::Relaxed));
        assert_eq!(queue.0.lock().len(), 1);
    }
}
