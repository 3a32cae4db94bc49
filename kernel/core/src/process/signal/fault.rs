//! Signals for what a thread itself has done: they can't wait, and can't be ignored.

use super::actions::Reaction;
use super::state::{State, ThreadState};
use crate::process::object::Process;
use crate::sched::{self, Thread};
use abi::signal::{SIG_DFL, SIG_IGN, Signal, SignalAction, SignalInfo, signal_bit};

/// Whether a signal for a fault of the calling thread ends its process: it has no handler, or the
/// signal is blocked.
pub fn ends_process(signal: Signal) -> bool {
    let thread = sched::current();
    let Some(process) = &thread.process else { return true };
    let signals = process.signals.lock();
    !can_handle(&signals, &thread.signals.lock(), signal)
}

fn can_handle(signals: &State, thread: &ThreadState, signal: Signal) -> bool {
    let is_handled = matches!(signals.actions.reaction(signal as u32), Reaction::Handle(_));
    is_handled && thread.blocked & signal_bit(signal as u32) == 0
}

/// Sends a signal to the calling thread. One that is blocked or ignored gets the default action
/// first, so that it is acted on.
pub fn force(signal: Signal, info: SignalInfo) {
    let thread = sched::current();
    let Some(process) = thread.process.clone() else { return };
    force_on(&process, &thread, signal, info);
}

/// As [`force`]; the thread is the calling one.
pub(super) fn force_on(process: &Process, thread: &Thread, signal: Signal, info: SignalInfo) {
    let mut signals = process.signals.lock();
    let mut own = thread.signals.lock();
    let bit = signal_bit(signal as u32);
    let is_ignored = signals.actions.get(signal as u32).handler == SIG_IGN;
    if is_ignored || own.blocked & bit != 0 {
        let action = SignalAction { handler: SIG_DFL, ..signals.actions.get(signal as u32) };
        signals.actions.set(signal as u32, action);
        own.blocked &= !bit;
    }
    // A standard signal is never refused.
    let _ = own.pending.add(info);
    drop(own);
    drop(signals);
    thread.interrupt_self();
}

/// The stack could not take the frame of a handler. If that was for this very reason the program
/// gets no second chance.
pub(super) fn force_for_bad_stack(process: &Process, thread: &Thread, number: u32) {
    if number == Signal::SEGV as u32 {
        process.signals.lock().actions.reset(number);
    }
    force_on(process, thread, Signal::SEGV, SignalInfo::from_kernel(Signal::SEGV));
}
