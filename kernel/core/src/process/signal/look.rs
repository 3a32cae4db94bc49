//! Signals that are taken as bytes from a file and not by a handler: `signalfd4`.

use crate::sched::{self, WaitQueue};
use abi::signal::SignalInfo;
use core::sync::atomic::{AtomicUsize, Ordering};

/// Woken when a signal is sent to anybody, while there is a file that tells of signals.
pub static SOME_SENT: WaitQueue = WaitQueue::new();

/// Files that tell of signals.
static FILES: AtomicUsize = AtomicUsize::new(0);

/// That there is such a file, until it is dropped.
#[derive(Debug)]
pub struct Interest(());

impl Interest {
    /// From now on signals are told.
    pub fn new() -> Self {
        FILES.fetch_add(1, Ordering::Relaxed);
        Self(())
    }
}

impl Default for Interest {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Interest {
    fn drop(&mut self) {
        FILES.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A signal was sent.
pub(super) fn tell() {
    if FILES.load(Ordering::Relaxed) > 0 {
        SOME_SENT.wake_all();
    }
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
    own.pending.take(signals).or_else(|| shared.pending.take(signals))
}
