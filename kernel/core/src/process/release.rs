//! How the parent of a `vfork` waits until the child no longer uses the memory that they share.

use super::exit::is_ending;
use crate::sched::{Thread, WaitQueue};
use core::sync::atomic::{AtomicBool, Ordering};

/// Opened once, when the child execs or ends.
#[derive(Default)]
pub struct Release {
    is_open: AtomicBool,
    parent: WaitQueue,
}

impl Release {
    /// Lets the parent go on.
    pub fn open(&self) {
        self.is_open.store(true, Ordering::Release);
        self.parent.wake_all();
    }

    /// Waits for that; signals that do not end the caller wait with it.
    pub fn wait(&self) {
        let is_open = || self.is_open.load(Ordering::Acquire).then_some(());
        // A caller that is to end does so on its way to user mode.
        let _ = self.parent.wait_through_signals(|thread: &Thread| is_ending(thread), is_open);
    }
}
