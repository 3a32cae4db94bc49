//! Signals: what is pending, ignored and blocked, and the default actions.
//!
//! A signal with the default action either ends the process or is ignored; the process acts on it
//! on its way to user mode. Programs can ignore signals and block them. Handlers and stopping are
//! not offered yet: `rt_sigaction` refuses a handler.

use super::exit::exit_group;
use super::object::Process;
use super::table::{INIT, TABLE};
use crate::sched;
use abi::Errno;
use abi::process::ExitStatus;
use abi::signal::{SIGNAL_MAX, Signal};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicU64, Ordering};

/// A set of signals: bit n - 1 for signal n, as in the calls' structures.
const fn bit(signal: u32) -> u64 {
    1 << (signal - 1)
}

/// Signals whose default action is to do nothing; stopping is not offered, so it is one of these.
const IGNORED_BY_DEFAULT: u64 = bit(Signal::CHLD as u32)
    | bit(Signal::CONT as u32)
    | bit(Signal::URG as u32)
    | bit(Signal::WINCH as u32)
    | bit(Signal::STOP as u32)
    | bit(Signal::TSTP as u32)
    | bit(Signal::TTIN as u32)
    | bit(Signal::TTOU as u32);
const UNSTOPPABLE: u64 = bit(Signal::KILL as u32) | bit(Signal::STOP as u32);

/// What a process does with a signal.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Disposition {
    /// The default action.
    Default,
    /// Nothing.
    Ignore,
}

/// A process's signals: at first nothing is pending, and everything has its default action.
#[derive(Default)]
pub struct Signals {
    pending: AtomicU64,
    ignored: AtomicU64,
    blocked: AtomicU64,
}

impl Signals {
    /// Takes over what a child inherits: what is ignored and blocked.
    pub fn inherit(&self, parent: &Self) {
        self.ignored.store(parent.ignored.load(Ordering::Relaxed), Ordering::Relaxed);
        self.blocked.store(parent.blocked.load(Ordering::Relaxed), Ordering::Relaxed);
    }

    /// What the process does with a signal.
    pub fn disposition(&self, signal: u32) -> Disposition {
        if self.ignored.load(Ordering::Relaxed) & bit(signal) == 0 {
            Disposition::Default
        } else {
            Disposition::Ignore
        }
    }

    /// Changes what the process does with a signal.
    pub fn set_disposition(&self, signal: u32, disposition: Disposition) -> Result<(), Errno> {
        if signal == 0 || signal > SIGNAL_MAX || UNSTOPPABLE & bit(signal) != 0 {
            return Err(Errno::EINVAL);
        }
        match disposition {
            Disposition::Default => self.ignored.fetch_and(!bit(signal), Ordering::AcqRel),
            Disposition::Ignore => {
                self.pending.fetch_and(!bit(signal), Ordering::AcqRel);
                self.ignored.fetch_or(bit(signal), Ordering::AcqRel)
            }
        };
        Ok(())
    }

    /// The signals that wait until they are unblocked.
    pub fn blocked(&self) -> u64 {
        self.blocked.load(Ordering::Relaxed)
    }

    /// Changes which signals wait; KILL and STOP never do.
    pub fn set_blocked(&self, blocked: u64) {
        self.blocked.store(blocked & !UNSTOPPABLE, Ordering::Release);
    }

    /// The pending signal that ends the process, if there is one.
    fn fatal(&self) -> Option<u8> {
        let acting = self.pending.load(Ordering::Acquire) & !self.blocked.load(Ordering::Acquire);
        (acting != 0).then(|| acting.trailing_zeros() as u8 + 1)
    }
}

/// Sends a signal to a process, whatever the sender may do.
pub fn send(process: &Arc<Process>, signal: u32) {
    if signal == 0 || signal > SIGNAL_MAX {
        return;
    }
    let quiet = process.signals.ignored.load(Ordering::Acquire) | IGNORED_BY_DEFAULT;
    let spared = process.pid == INIT;
    if quiet & bit(signal) != 0 || spared {
        return;
    }
    process.signals.pending.fetch_or(bit(signal), Ordering::AcqRel);
    if process.signals.fatal().is_some() {
        process.interrupt_threads();
    }
}

/// Sends a signal to every process of a group; returns how many there are.
pub fn send_to_group(group: u32, signal: Signal) -> usize {
    let members = members_of(|process| process.group() == group);
    for process in &members {
        send(process, signal as u32);
    }
    members.len()
}

/// Sends a signal to the caller.
pub fn send_to_current(signal: Signal) {
    send(&sched::current_process(), signal as u32);
}

/// The call `kill`: a process, a group or everybody, as far as the caller may.
pub fn kill(caller: &Process, target: i32, signal: u32) -> Result<(), Errno> {
    if signal > SIGNAL_MAX {
        return Err(Errno::EINVAL);
    }
    let group = caller.group();
    let targets = match target {
        1.. => members_of(|process| process.pid == target as u32),
        0 => members_of(|process| process.group() == group),
        -1 => members_of(|process| process.pid != INIT && process.pid != caller.pid),
        i32::MIN => return Err(Errno::ESRCH),
        _ => members_of(|process| process.group() == target.unsigned_abs()),
    };
    if targets.is_empty() {
        return Err(Errno::ESRCH);
    }
    let credentials = caller.credentials();
    let mut allowed = false;
    for process in targets {
        if credentials.is_root() || credentials.uid == process.credentials().uid {
            allowed = true;
            send(&process, signal);
        }
    }
    if allowed { Ok(()) } else { Err(Errno::EPERM) }
}

/// Acts on what is pending, on the way to user mode; may not return.
pub fn act() {
    let thread = sched::current();
    if !thread.is_interrupted() {
        return;
    }
    thread.clear_interrupt();
    let is_dismissed = thread.is_dismissed();
    let Some(process) = thread.process.clone() else { return };
    drop(thread);
    let dismissed = is_dismissed.then_some(ExitStatus::Exited(0));
    if let Some(status) = process.ending().or(dismissed) {
        drop(process);
        super::exit::exit_thread(status);
    }
    if let Some(signal) = process.signals.fatal() {
        drop(process);
        exit_group(ExitStatus::Signalled(signal));
    }
}

fn members_of(is_meant: impl Fn(&Process) -> bool) -> Vec<Arc<Process>> {
    let table = TABLE.lock();
    table.iter().map(|entry| &entry.process).filter(|process| is_meant(process)).cloned().collect()
}

impl Process {
    fn ending(&self) -> Option<ExitStatus> {
        self.state.lock().ending
    }

    /// Whether a pending signal is to end the process.
    pub(super) fn has_fatal_signal(&self) -> bool {
        self.signals.fatal().is_some()
    }

    pub(super) fn interrupt_threads(&self) {
        let threads: Vec<_> = self.state.lock().threads.clone();
        for thread in threads {
            thread.interrupt();
        }
    }

    /// Makes the process look at its signals again, after it has unblocked some.
    pub fn recheck_signals(&self) {
        if self.signals.fatal().is_some() {
            self.interrupt_threads();
        }
    }
}
