//! Stopping and going on: of all threads of a process, with the parent told of both.
//!
//! A thread stops on its way to user mode. The process has stopped when all of them have.

use super::child;
use super::sets::{CONTINUE, STOPS};
use super::state::State;
use crate::process::object::Process;
use crate::sched::{self, Thread};
use abi::signal::{CLD_CONTINUED, CLD_STOPPED, Signal};
use alloc::sync::Arc;
use core::sync::atomic::{AtomicUsize, Ordering};

/// What a parent may be told of a child that has not ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Event {
    /// A signal has stopped it.
    Stopped(u8),
    /// It was stopped and goes on.
    Continued,
}

/// How many processes have stopped: whoever asks for one mostly learns that there is none.
static STOPPED: AtomicUsize = AtomicUsize::new(0);

/// That a process has stopped.
struct Stopped;

impl Stopped {
    fn new() -> Self {
        STOPPED.fetch_add(1, Ordering::Relaxed);
        Self
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        STOPPED.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Whether any process has stopped.
pub(super) fn has_any() -> bool {
    STOPPED.load(Ordering::Relaxed) > 0
}

/// How far a process has stopped.
#[derive(Default)]
pub struct Stop {
    /// The signal that stops it.
    by: Option<u8>,
    complete: Option<Stopped>,
    /// Threads that have stopped.
    stopped: usize,
    /// How often the process was told to go on: a stop that was decided on before that is void.
    continues: u64,
    /// What the parent has not asked for yet.
    event: Option<Event>,
}

impl Stop {
    /// Whether threads are to stop.
    pub(super) const fn is_set(&self) -> bool {
        self.by.is_some()
    }

    /// Whether all threads have stopped.
    pub(super) const fn is_complete(&self) -> bool {
        self.complete.is_some()
    }

    /// A number that changes when the process is told to go on.
    pub(super) const fn continues(&self) -> u64 {
        self.continues
    }

    /// Notes it if all threads have stopped; returns whether that is news.
    fn complete(&mut self, threads: usize) -> bool {
        if self.by.is_none() || self.is_complete() || self.stopped < threads {
            return false;
        }
        self.complete = Some(Stopped::new());
        true
    }

    /// Lets the parent ask for it, unless the process goes on by now. Its signal has been sent: who has waited
    /// for the stop has the signal, too.
    fn publish(&mut self) {
        if let (true, Some(signal)) = (self.is_complete(), self.by) {
            self.event = Some(Event::Stopped(signal));
        }
    }
}

impl State {
    /// What a signal does when it is sent, whatever becomes of it: one that stops and one that lets
    /// go on undo each other. Returns whether the process goes on because of it.
    pub(super) fn prepare(&mut self, bit: u64, threads: &[Arc<Thread>]) -> bool {
        let undone = match bit {
            _ if bit & STOPS != 0 => CONTINUE,
            CONTINUE => STOPS,
            _ => return false,
        };
        self.pending.remove(undone);
        for thread in threads {
            thread.signals.lock().pending.remove(undone);
        }
        if bit != CONTINUE {
            return false;
        }
        self.stop.continues += 1;
        self.stop.by = None;
        let was_stopped = self.stop.complete.take().is_some();
        if was_stopped {
            self.stop.event = Some(Event::Continued);
        }
        for thread in threads {
            thread.interrupt();
        }
        was_stopped
    }
}

/// The caller has taken a signal that stops the process; void if that was told to go on since.
pub(super) fn begin(process: &Process, signal: u8, continues: u64) {
    let state = process.state.lock();
    let mut signals = process.signals.lock();
    if signals.stop.continues != continues || state.ending.is_some() {
        return;
    }
    signals.stop.by.get_or_insert(signal);
    for thread in &state.threads {
        thread.interrupt();
    }
}

/// Stays here while the process is stopped; returns whether it was.
pub(super) fn wait(process: &Arc<Process>) -> bool {
    let state = process.state.lock();
    let mut signals = process.signals.lock();
    let thread = sched::current();
    if !signals.stop.is_set() || state.ending.is_some() || thread.is_dismissed() {
        return false;
    }
    signals.stop.stopped += 1;
    let is_news = signals.stop.complete(state.threads.len());
    drop(signals);
    drop(state);
    if is_news {
        tell_of_stop(process);
    }
    let is_to_leave = || process.ending().is_some() || thread.is_dismissed();
    while process.signals.lock().stop.is_set() && !is_to_leave() {
        sched::park(None);
    }
    process.signals.lock().stop.stopped -= 1;
    true
}

/// A thread has left the process: it may have been the last that had not stopped.
pub(super) fn thread_left(process: &Arc<Process>) {
    let state = process.state.lock();
    let threads = state.threads.len();
    let is_news = threads > 0 && process.signals.lock().stop.complete(threads);
    drop(state);
    if is_news {
        tell_of_stop(process);
    }
}

fn tell_of_stop(process: &Arc<Process>) {
    let signal = process.signals.lock().stop.by.unwrap_or(Signal::STOP as u8);
    let publish = || process.signals.lock().stop.publish();
    child::tell_parent(process, CLD_STOPPED, i32::from(signal), publish);
}

/// The process goes on.
pub(super) fn tell_of_continuing(process: &Arc<Process>) {
    child::tell_parent(process, CLD_CONTINUED, Signal::CONT as i32, || {});
}

/// Whether what is told of a child can be told again.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Telling {
    /// It is told once.
    Once,
    /// It stays to be told.
    Again,
}

impl Process {
    /// What has happened to the process that its parent has not asked for yet, if it is wanted.
    pub fn take_event(&self, is_wanted: impl Fn(Event) -> bool, telling: Telling) -> Option<Event> {
        let mut signals = self.signals.lock();
        let event = signals.stop.event.filter(|event| is_wanted(*event))?;
        if telling == Telling::Once {
            signals.stop.event = None;
        }
        Some(event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_has_stopped_when_its_last_thread_has() {
        let mut stop = Stop { by: Some(19), stopped: 1, ..Stop::default() };
        assert!(!stop.complete(2));
        stop.stopped = 2;
        assert!(stop.complete(2));
        assert!(!stop.complete(2), "it is told once");
        assert_eq!(stop.event, None, "the signal comes first");
        stop.publish();
        assert_eq!(stop.event, Some(Event::Stopped(19)));
    }

    #[test]
    fn a_stop_that_is_over_before_it_is_told_is_no_news() {
        let mut state = State::default();
        state.stop.by = Some(19);
        assert!(state.stop.complete(0));
        assert!(state.prepare(CONTINUE, &[]));
        state.stop.publish();
        assert_eq!(state.stop.event, Some(Event::Continued));
    }

    #[test]
    fn going_on_replaces_the_news_of_the_stop() {
        let mut state = State::default();
        assert!(!state.prepare(CONTINUE, &[]), "it was not stopped");
        state.stop.by = Some(20);
        assert!(state.stop.complete(0));
        assert!(state.prepare(CONTINUE, &[]));
        assert_eq!((state.stop.event, state.stop.by), (Some(Event::Continued), None));
        assert_eq!(state.stop.continues(), 2);
    }

    #[test]
    fn stopping_and_going_on_undo_each_other_while_they_are_pending() {
        let mut state = State::default();
        let add = |state: &mut State, signal| {
            state.pending.add(abi::signal::SignalInfo::from_kernel(signal)).unwrap();
        };
        add(&mut state, Signal::TSTP);
        add(&mut state, Signal::USR1);
        state.prepare(CONTINUE, &[]);
        assert_eq!(state.pending.set(), abi::signal::signal_bit(Signal::USR1 as u32));
        add(&mut state, Signal::CONT);
        state.prepare(abi::signal::signal_bit(Signal::TTIN as u32), &[]);
        assert_eq!(state.pending.set(), abi::signal::signal_bit(Signal::USR1 as u32));
    }
}
