//! Who waits for the end of a process that need not be its child: files that stand for processes.

use super::object::Process;
use super::table::TABLE;
use crate::sched::Announcement;
use alloc::sync::Arc;

/// Told when any process ends, to files that stand for processes.
pub static SOME_ENDED: Announcement = Announcement::new();

/// A process has ended, and the table says so.
pub(super) fn tell() {
    SOME_ENDED.tell();
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
