//! Signals that are taken as bytes from a file and not by a handler: `signalfd4`.

use crate::sched::{self, Announcement};
use abi::signal::SignalInfo;

/// Told when a signal is sent to anybody, to files that tell of signals.
pub static SOME_SENT: Announcement = Announcement::new();

/// A signal was sent.
pub(super) fn tell() {
    SOME_SENT.tell();
}

/// Whether one of these signals waits for the calling thread or its process.
pub fn is_pending(signals: u64) -> bool {
    let (thread, process) = (sched::current(), sched::current_process());
    let shared = process.signals.lock();
    let own = thread.signals.lock();
    (shared.pending.set() | own.pending.set()) & signals != 0
}

/// Takes one of these signals, if one waits.
pub fn take(signals: u64) -> Option<SignalInfo> {
    let (thread, process) = (sched::current(), sched::current_process());
    let mut shared = process.signals.lock();
    let mut own = thread.signals.lock();
    let taken = own.pending.take(signals).or_else(|| shared.pending.take(signals));
    drop((own, shared));
    taken.map(|info| process.timers.taken(info))
}
