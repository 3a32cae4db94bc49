//! Who waits for the end of a process that need not be its child: files that stand for processes.

use super::object::Process;
use super::table::TABLE;
use crate::sched::WaitQueue;
use alloc::sync::Arc;
use core::sync::atomic::{AtomicUsize, Ordering};

/// Woken when any process ends, while there is a file that stands for one.
pub static SOME_ENDED: WaitQueue = WaitQueue::new();

/// Files that stand for processes.
static FILES: AtomicUsize = AtomicUsize::new(0);

/// That there is such a file, until it is dropped.
#[derive(Debug)]
pub struct Interest(());

impl Interest {
    /// From now on ends are told.
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

/// A process has ended, and the table says so.
pub(super) fn tell() {
    if FILES.load(Ordering::Relaxed) > 0 {
        SOME_ENDED.wake_all();
    }
}

/// How far a process is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Stage {
    /// It runs, or has stopped.
    Alive,
    /// It has ended, and its parent may ask how.
    Ended,
    /// Nobody knows of it any more.
    Forgotten,
}

/// How far the process is; another one may have its number since.
pub fn stage(process: &Arc<Process>) -> Stage {
    let table = TABLE.lock();
    match table.get(process.pid).filter(|entry| Arc::ptr_eq(&entry.process, process)) {
        None => Stage::Forgotten,
        Some(entry) if entry.status.is_some() => Stage::Ended,
        Some(_) => Stage::Alive,
    }
}
