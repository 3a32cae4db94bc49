//! Threads that wait for a condition.

use super::core_state::current;
use super::switch::park;
use super::thread::Thread;
use crate::sync::{Lock, Rank};
use abi::Errno;
use alloc::collections::VecDeque;
use alloc::sync::Arc;
use alloc::vec::Vec;
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

/// What a wake is about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Cause {
    /// Something has changed that is waited for.
    Change,
    /// Nothing has, but somebody else's turn is over.
    Turn,
}

/// What is told of every wake of a queue, in place of a thread that waits.
pub trait Relay: Send + Sync {
    /// The queue was woken; called without the queue's lock, maybe in an interrupt.
    fn woken(&self, cause: Cause);
}

struct Waiters {
    queue: VecDeque<Arc<Waiter>>,
    /// Threads that watch this queue among others; every wake wakes all of them, and none of them
    /// uses up a wake that is meant for one.
    watchers: Vec<Arc<Thread>>,
    /// By their numbers, so that those are told that stay while others come and go.
    relays: Vec<(u64, Arc<dyn Relay>)>,
}

/// Threads that wait, first come first served.
pub struct WaitQueue(Lock<Waiters>);

impl Default for WaitQueue {
    fn default() -> Self {
        Self::new()
    }
}

impl WaitQueue {
    /// Nobody waits.
    pub const fn new() -> Self {
        let waiters = Waiters { queue: VecDeque::new(), watchers: Vec::new(), relays: Vec::new() };
        Self(Lock::new(Rank::WaitQueue, waiters))
    }

    /// Waits until `condition` gives something; whoever makes it so calls one of the wakes.
    ///
    /// `condition` is called without locks held and may be called often. The deadline is in
    /// nanoseconds since boot.
    pub fn wait_until<T>(
        &self,
        deadline: Option<u64>,
        condition: impl FnMut() -> Option<T>,
    ) -> Result<T, WaitError> {
        self.wait_unless(Thread::is_interrupted, deadline, condition)
    }

    /// As [`Self::wait_until`], for what others do soon: only the end of the process interrupts it,
    /// so that a call which is never interrupted elsewhere is not here.
    pub fn wait_through<T>(&self, condition: impl FnMut() -> Option<T>) -> Result<T, WaitError> {
        self.wait_through_signals(Thread::is_ending, condition)
    }

    /// As [`Self::wait_until`], without a deadline, and interrupted only where `is_ending` says
    /// that the thread is to end.
    pub fn wait_through_signals<T>(
        &self,
        is_ending: impl Fn(&Thread) -> bool,
        condition: impl FnMut() -> Option<T>,
    ) -> Result<T, WaitError> {
        self.wait_unless(is_ending, None, condition)
    }

    fn wait_unless<T>(
        &self,
        is_interrupted: impl Fn(&Thread) -> bool,
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
            if is_interrupted(&waiter.thread) {
                break Err(WaitError::Interrupted);
            }
            if deadline.is_some_and(|at| clock::now() >= at) {
                break Err(WaitError::TimedOut);
            }
            park(deadline);
        };
        if !self.dequeue(&waiter) {
            // Chosen since it looked last: whatever the wake was about, somebody else gets it.
            self.pass_on();
        }
        outcome
    }

    /// Wakes the thread that has waited longest.
    ///
    /// For queues where the condition is the same for all, so that none has been passed over when
    /// that thread finds it not to hold; where it differs, all have to look.
    pub fn wake_one(&self) {
        self.wake_first(Cause::Change);
    }

    /// Wakes the thread that has waited longest, because the caller leaves its turn to it.
    pub fn pass_on(&self) {
        self.wake_first(Cause::Turn);
    }

    fn wake_first(&self, cause: Cause) {
        let mut waiters = self.0.lock();
        let waiter = waiters.queue.pop_front();
        waiters.wake_watchers();
        let has_relays = !waiters.relays.is_empty();
        drop(waiters);
        if let Some(waiter) = waiter {
            waiter.is_queued.store(false, Ordering::Release);
            waiter.thread.unpark();
        }
        if has_relays {
            self.tell_relays(cause);
        }
    }

    /// Wakes all threads that wait.
    pub fn wake_all(&self) {
        let mut waiters = self.0.lock();
        let woken = core::mem::take(&mut waiters.queue);
        waiters.wake_watchers();
        let has_relays = !waiters.relays.is_empty();
        drop(waiters);
        for waiter in woken {
            waiter.is_queued.store(false, Ordering::Release);
            waiter.thread.unpark();
        }
        if has_relays {
            self.tell_relays(Cause::Change);
        }
    }

    /// One after the other, so that none is told under the lock.
    fn tell_relays(&self, cause: Cause) {
        let mut last = 0;
        loop {
            let waiters = self.0.lock();
            let index = waiters.relays.partition_point(|(number, _)| *number <= last);
            let Some((number, relay)) = waiters.relays.get(index).cloned() else { return };
            drop(waiters);
            relay.woken(cause);
            last = number;
        }
    }

    /// From now on the relay is told of every wake, until [`Self::remove_relay`]; numbers are not 0
    /// and never used twice.
    pub fn add_relay(&self, number: u64, relay: Arc<dyn Relay>) -> Result<(), Errno> {
        let mut waiters = self.0.lock();
        waiters.relays.try_reserve(1).map_err(|_| Errno::ENOMEM)?;
        let index = waiters.relays.partition_point(|(other, _)| *other < number);
        waiters.relays.insert(index, (number, relay));
        Ok(())
    }

    /// Takes a relay out, if it is there.
    pub fn remove_relay(&self, number: u64) {
        let mut waiters = self.0.lock();
        let position = waiters.relays.iter().position(|(other, _)| *other == number);
        let relay = position.map(|index| waiters.relays.remove(index));
        if waiters.relays.is_empty() {
            waiters.relays = Vec::new();
        }
        drop(waiters);
        drop(relay);
    }

    /// How many watches there are.
    #[cfg(test)]
    pub fn watchers(&self) -> usize {
        self.0.lock().watchers.len()
    }

    /// How many relays there are.
    #[cfg(test)]
    pub fn relays(&self) -> usize {
        self.0.lock().relays.len()
    }

    fn enqueue(&self, waiter: &Arc<Waiter>) {
        if waiter.is_queued.load(Ordering::Acquire) {
            return;
        }
        let mut waiters = self.0.lock();
        waiter.is_queued.store(true, Ordering::Release);
        waiters.queue.push_back(waiter.clone());
    }

    /// From now on every wake unparks the thread, until it is taken out by [`Self::unwatch`].
    pub fn watch(&self, thread: &Arc<Thread>) -> Result<(), Errno> {
        let mut waiters = self.0.lock();
        waiters.watchers.try_reserve(1).map_err(|_| Errno::ENOMEM)?;
        waiters.watchers.push(thread.clone());
        Ok(())
    }

    /// Takes back one [`Self::watch`] of the thread's, if there is one.
    pub fn unwatch(&self, thread: &Arc<Thread>) {
        let mut waiters = self.0.lock();
        let position = waiters.watchers.iter().position(|other| Arc::ptr_eq(other, thread));
        if let Some(index) = position {
            waiters.watchers.swap_remove(index);
        }
        if waiters.watchers.is_empty() {
            waiters.watchers = Vec::new();
        }
    }

    /// Takes the waiter out; `false` if a wake has done so.
    fn dequeue(&self, waiter: &Arc<Waiter>) -> bool {
        let queue = &mut self.0.lock().queue;
        let position = queue.iter().position(|other| Arc::ptr_eq(other, waiter));
        let was_queued = position.and_then(|index| queue.remove(index)).is_some();
        if queue.is_empty() {
            // What a storm has made it hold is given back.
            *queue = VecDeque::new();
        }
        was_queued
    }
}

impl Waiters {
    fn wake_watchers(&self) {
        for thread in &self.watchers {
            thread.unpark();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::state::Step;
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
            if queue.0.lock().queue.is_empty() {
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
        assert_eq!(queue.0.lock().queue.len(), 1);
    }

    #[test]
    fn a_wake_for_one_wakes_a_waiter_and_every_watcher() {
        sched::start();
        let queue = WaitQueue::new();
        let waiting = waiter(&queue);
        let watchers = [Arc::new(Thread::idle(0)), Arc::new(Thread::idle(0))];
        for thread in &watchers {
            queue.watch(thread).unwrap();
        }
        queue.wake_one();
        assert!(!waiting.is_queued.load(Ordering::Relaxed));
        for thread in &watchers {
            assert_eq!(thread.state.park(), Step::Nothing, "the wake was lost");
            assert_eq!(thread.state.park(), Step::Switch);
            thread.state.left();
            queue.unwatch(thread);
            queue.unwatch(thread);
        }
        queue.wake_all();
        assert!(watchers.iter().all(|thread| thread.state.is_waiting()));
    }
}
