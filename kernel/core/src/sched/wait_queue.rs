//! Threads that wait for a condition.

use super::current::current;
use super::line::Line;
use super::listeners::{Cause, Listeners, Relay};
use super::switch::park;
use super::thread::Thread;
use crate::atomic::{AtomicBool, Ordering, fence};
use crate::rare::Rare;
use crate::sync::{Lock, Rank};
use abi::Errno;
use alloc::collections::VecDeque;
use alloc::sync::{Arc, Weak};
use arch::clock;

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

struct Waiters {
    line: Line,
    /// Mostly there are none: queues are many, and few of them are watched.
    listeners: Rare<Listeners>,
}

/// Threads that wait, first come first served.
pub struct WaitQueue {
    waiters: Lock<Waiters>,
    /// Whether a wake would find anybody: most find nobody, and need no lock for that.
    is_used: AtomicBool,
}

impl Default for WaitQueue {
    fn default() -> Self {
        Self::new()
    }
}

impl WaitQueue {
    /// Nobody waits.
    pub const fn new() -> Self {
        let waiters = Waiters { line: Line::new(), listeners: Rare::none() };
        Self { waiters: Lock::new(Rank::WaitQueue, waiters), is_used: AtomicBool::new(false) }
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

    /// As [`Self::wait_until`], without an end: for what others do soon in any case, and where
    /// nothing good could be done if the wait were given up.
    pub fn wait_for<T>(&self, condition: impl FnMut() -> Option<T>) -> T {
        let outcome = self.wait_unless(|_| false, None, condition);
        outcome.expect("invariant: a wait ends for no other reason")
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
        let thread = current();
        let _stay = thread.waits_in.enter(self);
        // Queued before the condition is looked at: a change after that finds the waiter.
        self.change(|waiters| waiters.line.join(thread.to_arc()));
        let outcome = loop {
            if let Some(value) = condition() {
                break Ok(value);
            }
            if is_interrupted(&thread) {
                break Err(WaitError::Interrupted);
            }
            if deadline.is_some_and(|at| clock::now() >= at) {
                break Err(WaitError::TimedOut);
            }
            park(deadline);
            if self.waiters.lock().line.holds(&thread) {
                continue;
            }
            // Chosen: whatever the wake was about is this thread's, if it is still there.
            if let Some(value) = condition() {
                return Ok(value);
            }
            self.change(|waiters| waiters.line.join(thread.to_arc()));
        };
        if !self.change(|waiters| waiters.line.leave(&thread)) {
            // Chosen since it looked last: whatever the wake was about, somebody else gets it.
            self.pass_on();
        }
        outcome
    }

    /// Calls `visit` with each thread in line, then with each that watches and `true`; returns whether the note
    /// says that there is somebody where there is, and nobody where there is not.
    pub fn visit(&self, visit: &mut dyn FnMut(&Thread, bool)) -> bool {
        let waiters = self.waiters.lock();
        waiters.line.visit(&mut |thread| visit(thread, false));
        let watchers = waiters.listeners.get().map(Listeners::watchers);
        watchers.into_iter().flatten().for_each(|thread| visit(thread, true));
        self.is_used.load(Ordering::Relaxed) != waiters.is_empty()
    }

    /// Changes who waits, and notes whether anybody does before the caller looks at what it waits
    /// for. Who changes that looks at the note after it: at least one of the two sees the other.
    fn change<T>(&self, change: impl FnOnce(&mut Waiters) -> T) -> T {
        let mut waiters = self.waiters.lock();
        let outcome = change(&mut waiters);
        self.is_used.store(!waiters.is_empty(), Ordering::Relaxed);
        drop(waiters);
        fence(Ordering::SeqCst);
        outcome
    }

    /// Whether a wake would find anybody, after a change of what they wait for.
    #[inline]
    fn is_used(&self) -> bool {
        fence(Ordering::SeqCst);
        self.is_used.load(Ordering::Relaxed)
    }

    /// Wakes the thread that has waited longest.
    ///
    /// For queues where the condition is the same for all, so that none has been passed over when
    /// that thread finds it not to hold; where it differs, all have to look.
    #[inline]
    pub fn wake_one(&self) {
        self.wake_first(Cause::Change);
    }

    /// Wakes the thread that has waited longest, because the caller leaves its turn to it.
    #[inline]
    pub fn pass_on(&self) {
        self.wake_first(Cause::Turn);
    }

    #[inline]
    fn wake_first(&self, cause: Cause) {
        if self.is_used() {
            self.wake_chosen(cause);
        }
    }

    #[inline(never)]
    fn wake_chosen(&self, cause: Cause) {
        self.wake(cause, |line| line.take_first());
    }

    /// Wakes all threads that wait.
    pub fn wake_all(&self) {
        if !self.is_used() {
            return;
        }
        let mut rest = VecDeque::new();
        self.wake(Cause::Change, |line| {
            rest = line.take_rest();
            line.take_first()
        });
        rest.into_iter().for_each(Thread::unpark_owned);
    }

    /// Wakes the watchers and whom `choose` takes out of the line, and tells the relays.
    fn wake(&self, cause: Cause, choose: impl FnOnce(&mut Line) -> Option<Arc<Thread>>) {
        let mut waiters = self.waiters.lock();
        let chosen = choose(&mut waiters.line);
        let has_relays = waiters.listeners.get().is_some_and(Listeners::unpark);
        self.is_used.store(!waiters.is_empty(), Ordering::Relaxed);
        drop(waiters);
        if let Some(thread) = chosen {
            thread.unpark_owned();
        }
        if has_relays {
            self.tell_relays(cause);
        }
    }

    /// One after the other, so that none is told under the lock.
    fn tell_relays(&self, cause: Cause) {
        let mut last = 0;
        loop {
            let waiters = self.waiters.lock();
            let next = waiters.listeners.get().and_then(|listeners| listeners.relay_after(last));
            drop(waiters);
            let Some((number, relay)) = next else { return };
            if let Some(relay) = relay.upgrade() {
                relay.woken(cause);
            }
            last = number;
        }
    }

    /// From now on the relay is told of every wake, until [`Self::remove_relay`] or its end; numbers are
    /// not 0 and never used twice.
    pub fn add_relay(&self, number: u64, relay: Weak<dyn Relay>) -> Result<(), Errno> {
        self.change_listeners(|listeners| listeners.add_relay(number, relay))
    }

    /// Takes a relay out, if it is there.
    pub fn remove_relay(&self, number: u64) {
        let relay = self.change_listeners(|listeners| listeners.remove_relay(number));
        drop(relay);
    }

    /// How many watches there are.
    #[cfg(test)]
    pub fn watchers(&self) -> usize {
        self.waiters.lock().listeners.get().map_or(0, |listeners| listeners.watchers().len())
    }

    /// How many relays there are.
    #[cfg(test)]
    pub fn relays(&self) -> usize {
        self.waiters.lock().listeners.get().map_or(0, Listeners::relays)
    }

    /// From now on every wake unparks the thread, until it is taken out by [`Self::unwatch`].
    pub fn watch(&self, thread: &Arc<Thread>) -> Result<(), Errno> {
        self.change_listeners(|listeners| listeners.watch(thread))
    }

    /// Takes back one [`Self::watch`] of the thread's, if there is one.
    pub fn unwatch(&self, thread: &Arc<Thread>) {
        self.change_listeners(|listeners| listeners.unwatch(thread));
    }

    /// Changes who is told besides those in line; what nobody is in any more is given back.
    fn change_listeners<T>(&self, change: impl FnOnce(&mut Listeners) -> T) -> T {
        self.change(|waiters| {
            let outcome = change(waiters.listeners.get_or_make());
            waiters.listeners.drop_if(Listeners::is_empty);
            outcome
        })
    }
}

impl Waiters {
    fn is_empty(&self) -> bool {
        self.line.is_empty() && self.listeners.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::super::state::Step;
    use super::*;
    use crate::sched;

    fn waiter(queue: &WaitQueue) -> Arc<Thread> {
        let thread = Arc::new(Thread::idle(0));
        queue.change(|waiters| waiters.line.join(thread.clone()));
        thread
    }

    fn is_queued(queue: &WaitQueue, thread: &Arc<Thread>) -> bool {
        queue.waiters.lock().line.holds(thread)
    }

    /// Waits, with a wake between its queueing and its second look, which `outcome` ends.
    fn wait_with_a_wake_too_many(queue: &WaitQueue, outcome: Option<()>) -> Arc<Thread> {
        sched::start();
        let mut other = None;
        let result = queue.wait_until(Some(0), || {
            if queue.waiters.lock().is_empty() {
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
            assert!(!is_queued(&queue, &next), "it sleeps on: {outcome:?}");
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
        assert!(is_queued(&queue, &first));
        assert!(!is_queued(&queue, &sched::current().to_arc()));
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
        assert!(!is_queued(&queue, &waiting));
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
