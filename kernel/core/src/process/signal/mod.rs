//! Signals, as POSIX and Linux have them.
//!
//! A signal is sent (`kill`, `send`) to a process or to a thread, where it is `pending` until a
//! thread that does not block it acts on it on its way to user mode (`deliver`): the process ends, it
//! `stop`s, or a handler is called with a `frame` on the stack. `actions` is what the program wants
//! done, `mask` what a thread blocks, `restart` what becomes of an interrupted call, `fault` what is
//! sent for a thread's own doing, `child` and `orphans` what relatives are told, `timers` what is
//! sent in time.

mod actions;
mod child;
mod deliver;
mod fault;
mod frame;
mod kill;
pub mod look;
mod many;
mod mask;
mod orphans;
mod pending;
mod restart;
mod send;
mod sets;
mod stack;
mod state;
mod stop;
mod timers;

pub use child::{code_of_end, code_of_event, info as info_of_child, tell_of_end};
pub use deliver::{act, return_from_handler};
pub use fault::{ends_process, force};
pub use frame::FaultFacts;
#[cfg(feature = "testing")]
pub use frame::{BadFrame, Restored, pop as pop_frame};
pub use kill::{kill, kill_thread, queue, queue_to_thread, thread_of};
pub use many::{SignalsToMany, quiet_table};
pub use mask::{block, pending, set_action, suspend, wait_for, with_blocked};
pub use orphans::{is_orphaned, left_by, tell as tell_orphans};
pub use restart::{Interrupted, Leaving, Restart};
pub use send::{recheck, send, send_to_current, send_to_group, send_to_thread};
pub use state::{ProcessSignals, ThreadSignals};
pub use stop::{Event, Telling};
pub use timers::{
    AlarmKind, From, Notice, ProcessTimers, Setting, TimerClock, alarm_left, create_timer,
    delete_timer, set_alarm, set_timer, timer_left, timer_overrun,
};

use super::object::Process;
use abi::process::ExitStatus;
use abi::signal::{SIG_IGN, Signal, signal_bit};
use alloc::sync::Arc;

impl Process {
    /// Whether the process is to end.
    pub fn is_ending(&self) -> bool {
        self.ending().is_some()
    }

    /// How the process is to end, once that is known.
    pub(super) fn ending(&self) -> Option<ExitStatus> {
        self.state.lock().ending
    }
}

/// A thread has left the process, and with it what it was to act on or to stop.
pub(super) fn thread_left(process: &Arc<Process>) {
    recheck(process);
    stop::thread_left(process);
}

/// Whether the calling thread is not to be bothered with a signal: it blocks or ignores it.
pub fn is_shut_out(signal: Signal) -> bool {
    let thread = crate::sched::current();
    let Some(process) = &thread.process else { return true };
    thread.signals.blocked() & signal_bit(signal as u32) != 0
        || process.signals.action(signal as u32).handler == SIG_IGN
}
