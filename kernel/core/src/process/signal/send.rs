//! Sending: from whoever sends to a thread that is to act.

use super::actions::Reaction;
use super::many::Targets;
use super::pending::Full;
use super::sets::DefaultAction;
use super::state::State;
use super::stop;
use crate::process::object::Process;
use crate::process::table::INIT;
use crate::sched::{self, Thread};
use abi::Errno;
use abi::process::ExitStatus;
use abi::resource::RLIMIT_SIGPENDING;
use abi::signal::{SI_USER, SIGNAL_MAX, Signal, SignalInfo, signal_bit};
use alloc::sync::Arc;

/// Sends a signal to a process, whatever the sender may do. `EAGAIN` if its queue is full.
///
/// A thread that does not block the signal acts on it, the first thread if it can.
pub fn send(process: &Arc<Process>, info: SignalInfo) -> Result<(), Errno> {
    send_to(process, None, info)
}

/// Sends a signal to a thread, which alone can act on it.
pub fn send_to_thread(thread: &Arc<Thread>, info: SignalInfo) -> Result<(), Errno> {
    match &thread.process {
        Some(process) => send_to(process, Some(thread), info),
        None => Ok(()),
    }
}

/// Counts that a timer was due again whose signal is still pending; returns how often that was
/// besides, `None` if none is pending.
pub(super) fn count_overrun(
    process: &Process,
    target: Option<&Arc<Thread>>,
    number: u32,
    timer: u32,
    times: u32,
) -> Option<u32> {
    let mut signals = process.signals.lock();
    match target {
        Some(thread) => thread.signals.lock().pending.count_overrun(number, timer, times),
        None => signals.pending.count_overrun(number, timer, times),
    }
}

/// Sends a signal of the kernel's to every process of a group; returns how many there are.
pub fn send_to_group(group: u32, signal: Signal) -> usize {
    let members = Targets::of(|process| process.group() == group);
    for process in members.processes() {
        // A standard signal is never refused.
        let _ = send(process, SignalInfo::from_kernel(signal));
    }
    members.processes().len()
}

/// Sends a signal to the thread that calls this, as if it had sent it itself.
pub fn send_to_current(signal: Signal) {
    let thread = sched::current();
    let Some(process) = &thread.process else { return };
    let uid = process.credentials().uid;
    let info = SignalInfo::from_process(signal as u32, SI_USER, process.pid, uid);
    // A standard signal is never refused.
    let _ = send_to_thread(&thread.to_arc(), info);
}

/// Whether it would do nothing to send a process this signal, which neither stops it nor lets it go on:
/// mostly so for those that tell of children.
pub(super) fn does_nothing(process: &Process, signal: Signal) -> bool {
    let (number, bit) = (signal as u32, signal_bit(signal as u32));
    let state = process.state.lock();
    let is_ignored = process.signals.lock().actions.ignores(number);
    let is_blocked = state.threads.first().is_some_and(|it| it.signals.blocked() & bit != 0);
    state.ending.is_some() || is_ignored && !is_blocked
}

/// What is left to do when the locks are free.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
struct Outcome {
    ends: bool,
    goes_on: bool,
}

fn send_to(
    process: &Arc<Process>,
    target: Option<&Arc<Thread>>,
    info: SignalInfo,
) -> Result<(), Errno> {
    let number = info.number as u32;
    if number == 0 || number > SIGNAL_MAX {
        return Ok(());
    }
    let outcome = deposit(process, target, info).map_err(|Full| Errno::EAGAIN)?;
    super::look::tell();
    if outcome.ends {
        process.begin_to_end(ExitStatus::Signalled(number as u8));
    }
    if outcome.goes_on {
        stop::tell_of_continuing(process);
    }
    Ok(())
}

/// Puts the signal where it waits, and interrupts the thread that is to act on it.
fn deposit(
    process: &Process,
    target: Option<&Arc<Thread>>,
    info: SignalInfo,
) -> Result<Outcome, Full> {
    let (number, bit) = (info.number as u32, signal_bit(info.number as u32));
    let state = process.state.lock();
    if state.ending.is_some() {
        return Ok(Outcome::default());
    }
    let mut signals = process.signals.lock();
    let goes_on = signals.prepare(bit, &state.threads);
    let mut outcome = Outcome { ends: false, goes_on };
    let first = target.or(state.threads.first());
    let is_blocked = first.is_some_and(|thread| thread.signals.blocked() & bit != 0);
    let is_spared = process.pid == INIT;
    let reaction = signals.actions.reaction(number);
    if !is_blocked && (signals.actions.ignores(number) || is_spared && is_default(reaction)) {
        return Ok(outcome);
    }
    let chosen = choose(&signals, &state.threads, target, bit);
    // Who is traced acts on it itself, and tells of it, unless nothing may hold it up.
    let is_told = state.trace.is_some() && number != Signal::KILL as u32;
    let is_deadly = reaction == Reaction::Default(DefaultAction::End) && !is_spared && !is_told;
    if is_deadly && chosen.is_some_and(|thread| thread.signals.blocked() & bit == 0) {
        outcome.ends = true;
        return Ok(outcome);
    }
    let room = state.limits.soft(RLIMIT_SIGPENDING);
    match target {
        Some(thread) => thread.signals.lock().pending.add_within(info, room)?,
        None => signals.pending.add_within(info, room)?,
    }
    if let Some(thread) = chosen {
        thread.interrupt();
    }
    Ok(outcome)
}

/// The thread that is to act on a signal now, if there is one. A process that has stopped acts on
/// nothing but KILL.
fn choose<'a>(
    signals: &State,
    threads: &'a [Arc<Thread>],
    target: Option<&'a Arc<Thread>>,
    bit: u64,
) -> Option<&'a Arc<Thread>> {
    if signals.stop.is_set() && bit != signal_bit(Signal::KILL as u32) {
        return None;
    }
    let wants = |thread: &&Arc<Thread>| thread.signals.lock().wants(bit);
    match target {
        Some(thread) => Some(thread).filter(wants),
        None => threads.iter().find(wants),
    }
}

const fn is_default(reaction: Reaction) -> bool {
    matches!(reaction, Reaction::Default(_))
}

/// Looks for signals that wait although somebody could act on them, after a thread has come, has
/// gone or has changed what it blocks.
pub fn recheck(process: &Process) {
    let state = process.state.lock();
    let signals = process.signals.lock();
    if signals.stop.is_set() {
        state.threads.iter().for_each(Thread::interrupt);
        return;
    }
    for thread in &state.threads {
        let own = thread.signals.lock();
        let acts = own.wants(own.pending.set());
        drop(own);
        if acts {
            thread.interrupt();
        }
    }
    let mut left = signals.pending.set();
    while left != 0 {
        let bit = left & left.wrapping_neg();
        left &= !bit;
        if let Some(thread) = choose(&signals, &state.threads, None, bit) {
            thread.interrupt();
        }
    }
}
