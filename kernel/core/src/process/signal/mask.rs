//! What a thread blocks, and waits that change it for a while.

use super::actions::Actions;
use super::recheck;
use super::sets::UNSTOPPABLE;
use crate::sched::{self, Current, CurrentProcess, WaitError, WaitQueue};
use abi::Errno;
use abi::signal::{SignalAction, SignalInfo, signal_bit};

fn caller() -> (Current, CurrentProcess) {
    (sched::current(), sched::current_process())
}

/// Changes what the calling thread blocks; KILL and STOP never are. Returns what was blocked.
pub fn block(change: impl FnOnce(u64) -> u64) -> u64 {
    let (thread, process) = caller();
    let mut own = thread.signals.lock();
    let before = own.blocked;
    own.block(change(before));
    let is_changed = own.blocked != before;
    drop(own);
    if is_changed {
        recheck(&process);
    }
    before
}

/// The signals that were sent to the calling thread or to its process, and wait.
pub fn pending() -> u64 {
    let (thread, process) = caller();
    let signals = process.signals.lock();
    let own = thread.signals.lock();
    (signals.pending.set() | own.pending.set()) & own.blocked
}

/// Changes what the calling process does with a signal; returns what it did.
pub fn set_action(number: u32, action: Option<SignalAction>) -> Result<SignalAction, Errno> {
    let process = sched::current_process();
    let state = process.state.lock();
    let mut signals = process.signals.lock();
    let before = signals.actions.get(number);
    let Some(action) = action else { return Ok(before) };
    if UNSTOPPABLE & signal_bit(number) != 0 {
        return Err(Errno::EINVAL);
    }
    Actions::set(&mut signals.actions, number, action);
    if signals.actions.ignores(number) {
        signals.pending.remove(signal_bit(number));
        for thread in &state.threads {
            thread.signals.lock().pending.remove(signal_bit(number));
        }
    }
    Ok(before)
}

/// Waits with other signals blocked. If a signal ends that, what was blocked is as before only when
/// the signal has been acted on.
pub fn with_blocked<T>(blocked: u64, wait: impl FnOnce() -> Result<T, Errno>) -> Result<T, Errno> {
    let (thread, process) = caller();
    let mut own = thread.signals.lock();
    own.saved = Some(own.blocked);
    own.block(blocked);
    drop(own);
    recheck(&process);
    let outcome = wait();
    if matches!(outcome, Err(Errno::EINTR)) {
        return outcome;
    }
    let mut own = thread.signals.lock();
    if let Some(saved) = own.saved.take() {
        own.block(saved);
    }
    drop(own);
    recheck(&process);
    outcome
}

/// Waits, with these signals blocked, until one that is not has been acted on.
pub fn suspend(blocked: u64) -> Result<(), Errno> {
    let nobody = WaitQueue::new();
    with_blocked(blocked, || Ok(nobody.wait_until(None, || None)?))
}

/// Takes one of these signals, which should be blocked, or waits for one; `EAGAIN` after the
/// deadline.
pub fn wait_for(signals: u64, deadline: Option<u64>) -> Result<SignalInfo, Errno> {
    let (thread, process) = caller();
    let signals = signals & !UNSTOPPABLE;
    let take = || {
        let mut shared = process.signals.lock();
        let mut own = thread.signals.lock();
        own.pending.take(signals).or_else(|| shared.pending.take(signals))
    };
    thread.signals.lock().awaited = signals;
    let outcome = WaitQueue::new().wait_until(deadline, take);
    thread.signals.lock().awaited = 0;
    match outcome {
        Ok(info) => Ok(info),
        // One may have come just then.
        Err(error) => take().ok_or(match error {
            WaitError::TimedOut => Errno::EAGAIN,
            WaitError::Interrupted => Errno::EINTR,
        }),
    }
    .map(|info| process.timers.taken(info))
}
