//! What a thread is doing, and the protocol between parking and unparking.
//!
//! | from | event | to | who acts |
//! |---|---|---|---|
//! | `Running` | unpark | `Notified` | nobody: the next park returns at once |
//! | `Running` | park | `Parking` | the thread switches away |
//! | `Notified` | park | `Running` | the thread goes on |
//! | `Parking` | unpark | `Woken` | whoever completes the switch queues the thread |
//! | `Parking` | switch done | `Parked` | |
//! | `Woken` | switch done | `Ready` | the switcher queues the thread |
//! | `Running` | lend | `Lending` | the thread switches away |
//! | `Lending` | switch done | `Ready` | the switcher queues the thread as the next |
//! | `Parked` | unpark | `Ready` | the unparker queues the thread |
//! | `Ready` | chosen | `Running` | |
//!
//! `Parking` exists because a thread's registers are saved only when it has left its stack:
//! before that no other core may run it.

use crate::atomic::{AtomicU8, Ordering};

const RUNNING: u8 = 0;
const NOTIFIED: u8 = 1;
const PARKING: u8 = 2;
const WOKEN: u8 = 3;
const PARKED: u8 = 4;
const READY: u8 = 5;
const ENDED: u8 = 6;
const LENDING: u8 = 7;

/// What the caller has to do after a step.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Step {
    /// Nothing.
    Nothing,
    /// Put the thread into a run queue.
    Enqueue,
    /// Put the thread into a run queue, before those that have not run yet.
    EnqueueNext,
    /// Switch to another thread.
    Switch,
    /// The thread has ended: let it go.
    Release,
}

/// A thread's state; see the module's table.
pub struct ThreadState(AtomicU8);

impl ThreadState {
    /// A new thread, which has to be queued.
    pub const fn ready() -> Self {
        Self(AtomicU8::new(READY))
    }

    /// A thread that runs already: a core's first.
    pub const fn running() -> Self {
        Self(AtomicU8::new(RUNNING))
    }

    /// The thread itself wants to wait.
    pub fn park(&self) -> Step {
        let parking =
            self.0.compare_exchange(RUNNING, PARKING, Ordering::AcqRel, Ordering::Acquire);
        if parking.is_ok() {
            return Step::Switch;
        }
        self.0.store(RUNNING, Ordering::Release);
        Step::Nothing
    }

    /// Somebody wants the thread to go on.
    pub fn unpark(&self) -> Step {
        let mut now = self.0.load(Ordering::Acquire);
        loop {
            let (next, step) = match now {
                RUNNING => (NOTIFIED, Step::Nothing),
                PARKING => (WOKEN, Step::Nothing),
                PARKED => (READY, Step::Enqueue),
                _ => return Step::Nothing,
            };
            match self.0.compare_exchange_weak(now, next, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => return step,
                Err(changed) => now = changed,
            }
        }
    }

    /// The thread gives its core up but wants to go on: it will be queued when it has left.
    pub fn yield_core(&self) {
        self.0.store(WOKEN, Ordering::Release);
    }

    /// The same, for a thread that gives its core to one that it has made: it goes on right after that.
    pub fn lend_core(&self) {
        self.0.store(LENDING, Ordering::Release);
    }

    /// The thread will never run again.
    pub fn end(&self) {
        self.0.store(ENDED, Ordering::Release);
    }

    /// The thread has left its stack; called on the thread that took over.
    pub fn left(&self) -> Step {
        match self.0.compare_exchange(PARKING, PARKED, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => Step::Nothing,
            Err(ENDED) => Step::Release,
            Err(before) => {
                self.0.store(READY, Ordering::Release);
                if before == LENDING { Step::EnqueueNext } else { Step::Enqueue }
            }
        }
    }

    /// A core begins to run the thread.
    pub fn chosen(&self) {
        self.0.store(RUNNING, Ordering::Release);
    }

    /// Whether it is to be in a run queue.
    pub fn is_ready(&self) -> bool {
        self.0.load(Ordering::Relaxed) == READY
    }

    /// Whether it has a core, and does not leave it just now.
    pub fn is_on_core(&self) -> bool {
        matches!(self.0.load(Ordering::Relaxed), RUNNING | NOTIFIED)
    }

    /// Whether it waits for somebody to unpark it, and has left its stack.
    pub fn is_parked(&self) -> bool {
        self.0.load(Ordering::Relaxed) == PARKED
    }

    /// Whether it will never run again.
    pub fn has_ended(&self) -> bool {
        self.0.load(Ordering::Relaxed) == ENDED
    }

    /// What it is called in the table.
    pub fn name(&self) -> &'static str {
        const NAMES: [&str; 8] =
            ["running", "notified", "parking", "woken", "parked", "ready", "ended", "lending"];
        NAMES[usize::from(self.0.load(Ordering::Relaxed)) % NAMES.len()]
    }

    /// Whether the thread waits for something other than a core.
    pub fn is_waiting(&self) -> bool {
        matches!(self.0.load(Ordering::Relaxed), PARKING | PARKED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wake_up_before_the_wait_is_not_lost() {
        let state = ThreadState::running();
        assert_eq!(state.unpark(), Step::Nothing);
        assert_eq!(state.park(), Step::Nothing);
        assert_eq!(state.park(), Step::Switch);
    }

    #[test]
    fn a_thread_that_is_woken_while_it_leaves_is_queued_once_by_the_switcher() {
        let state = ThreadState::running();
        assert_eq!(state.park(), Step::Switch);
        assert_eq!(state.unpark(), Step::Nothing);
        assert_eq!(state.unpark(), Step::Nothing);
        assert_eq!(state.left(), Step::Enqueue);
        assert_eq!(state.unpark(), Step::Nothing);
    }

    #[test]
    fn a_parked_thread_is_queued_by_the_first_unparker_only() {
        let state = ThreadState::running();
        assert_eq!(state.park(), Step::Switch);
        assert_eq!(state.left(), Step::Nothing);
        assert!(state.is_waiting());
        assert_eq!(state.unpark(), Step::Enqueue);
        assert_eq!(state.unpark(), Step::Nothing);
    }

    #[test]
    fn a_thread_that_lends_its_core_is_queued_once_as_the_next() {
        let state = ThreadState::running();
        state.lend_core();
        assert_eq!(state.unpark(), Step::Nothing);
        assert!(!state.is_waiting());
        assert_eq!(state.left(), Step::EnqueueNext);
        assert_eq!(state.unpark(), Step::Nothing);
    }

    #[test]
    fn an_ended_thread_is_released_and_never_queued() {
        let state = ThreadState::running();
        state.end();
        assert_eq!(state.unpark(), Step::Nothing);
        assert_eq!(state.left(), Step::Release);
    }
}
