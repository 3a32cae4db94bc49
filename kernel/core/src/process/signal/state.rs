//! What is kept of signals, of a process and of each of its threads.
//!
//! A sender holds the process's list of threads, then this lock, then a thread's, so that it sees
//! them as they are together. A thread that changes what it blocks looks afterwards for signals that
//! were sent meanwhile ([`super::recheck`]).

use super::actions::Actions;
use super::pending::Pending;
use super::sets::UNSTOPPABLE;
use super::stop::Stop;
use crate::sync::{Guard, Lock, Rank};
use abi::signal::{AlternateStack, SIG_DFL, SIG_IGN, SIGNAL_MAX, SignalAction, signal_bit};
use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// The signals of a process: at first nothing is pending, and everything has its default action.
pub struct ProcessSignals(Lock<State>);

/// What is guarded by the lock of a process's signals.
#[derive(Default)]
pub struct State {
    pub(super) actions: Actions,
    pub(super) pending: Pending,
    pub(super) stop: Stop,
}

impl Default for ProcessSignals {
    fn default() -> Self {
        Self(Lock::new(Rank::Signals, State::default()))
    }
}

impl ProcessSignals {
    pub(super) fn lock(&self) -> Guard<'_, State> {
        self.0.lock()
    }

    /// What a child inherits of them: the actions.
    pub fn inherited(&self) -> Self {
        let actions = self.lock().actions.clone();
        Self(Lock::new(Rank::Signals, State { actions, ..State::default() }))
    }

    /// Forgets the handlers, which are gone with their program.
    pub fn reset_handlers(&self) {
        self.lock().actions.reset_handlers();
    }

    /// Whether children that end are gone at once, without being waited for.
    pub fn forgets_children(&self) -> bool {
        self.lock().actions.forgets_children()
    }

    /// Whether all of the process has stopped.
    pub fn is_stopped(&self) -> bool {
        self.lock().stop.is_complete()
    }

    /// Makes it ignore a signal.
    #[cfg(test)]
    pub fn ignore(&self, signal: abi::signal::Signal) {
        let action = SignalAction { handler: abi::signal::SIG_IGN, ..SignalAction::default() };
        self.lock().actions.set(signal as u32, action);
    }

    /// The signals that are pending for the process, ignored, and caught.
    pub fn sets(&self) -> (u64, u64, u64) {
        let state = self.lock();
        let (mut ignored, mut caught) = (0, 0);
        for number in 1..=SIGNAL_MAX {
            match state.actions.get(number).handler {
                SIG_DFL => {}
                SIG_IGN => ignored |= signal_bit(number),
                _ => caught |= signal_bit(number),
            }
        }
        (state.pending.set(), ignored, caught)
    }

    /// The action for a signal, whose number is from 1 to 64.
    pub fn action(&self, number: u32) -> SignalAction {
        self.lock().actions.get(number)
    }
}

/// The signals of a thread.
pub struct ThreadSignals {
    state: Lock<ThreadState>,
    /// The deadline of the call that the thread is in, or was in last.
    deadline: AtomicU64,
    /// Whether the next call is that call again, which goes on with its deadline.
    resumes: AtomicBool,
}

/// What is guarded by the lock of a thread's signals.
pub struct ThreadState {
    pub(super) blocked: u64,
    /// What the thread waits for, to take it without being interrupted.
    pub(super) awaited: u64,
    /// What is to be blocked when the call that has changed it is over.
    pub(super) saved: Option<u64>,
    pub(super) pending: Pending,
    pub(super) stack: AlternateStack,
}

impl ThreadSignals {
    /// Nothing is blocked or pending.
    pub const fn new() -> Self {
        let state = ThreadState {
            blocked: 0,
            awaited: 0,
            saved: None,
            pending: Pending::new(),
            stack: AlternateStack::none(),
        };
        Self {
            state: Lock::new(Rank::ThreadSignals, state),
            deadline: AtomicU64::new(0),
            resumes: AtomicBool::new(false),
        }
    }

    pub(super) fn lock(&self) -> Guard<'_, ThreadState> {
        self.state.lock()
    }

    /// Takes over what a new thread of the same process does: what is blocked.
    pub fn inherit_as_thread(&self, maker: &Self) {
        let blocked = maker.lock().blocked;
        self.lock().blocked = blocked;
    }

    /// Takes over what the thread of a child process does: the alternate stack, too.
    pub fn inherit_as_process(&self, maker: &Self) {
        let from = maker.lock();
        let (blocked, stack) = (from.blocked, from.stack);
        drop(from);
        let mut state = self.lock();
        state.blocked = blocked;
        state.stack = stack;
    }

    /// Forgets the alternate stack, which is gone with its program.
    pub fn forget_stack(&self) {
        self.lock().stack = AlternateStack::none();
    }

    /// The signals that wait until they are unblocked.
    pub fn blocked(&self) -> u64 {
        self.lock().blocked
    }

    /// The signals that are pending for the thread.
    pub fn pending(&self) -> u64 {
        self.lock().pending.set()
    }

    /// The deadline of the call that the thread is in: what is given, or if that call was begun
    /// before and interrupted, what it was then.
    pub fn deadline_of_call(&self, deadline: impl FnOnce() -> u64) -> u64 {
        if self.take_resumption() {
            return self.deadline.load(Ordering::Relaxed);
        }
        let deadline = deadline();
        self.deadline.store(deadline, Ordering::Relaxed);
        deadline
    }

    /// Lets the next call go on with the deadline of the last.
    pub(super) fn resume(&self) {
        self.resumes.store(true, Ordering::Relaxed);
    }

    /// Whether the next call was to go on with the deadline of the last; from now on it is not.
    pub(super) fn take_resumption(&self) -> bool {
        self.resumes.swap(false, Ordering::Relaxed)
    }
}

impl Default for ThreadSignals {
    fn default() -> Self {
        Self::new()
    }
}

impl ThreadState {
    /// Whether a signal would interrupt the thread.
    pub(super) const fn wants(&self, signals: u64) -> bool {
        signals & (!self.blocked | self.awaited) != 0
    }

    /// Changes which signals wait; KILL and STOP never do.
    pub(super) const fn block(&mut self, blocked: u64) {
        self.blocked = blocked & !UNSTOPPABLE;
    }
}
