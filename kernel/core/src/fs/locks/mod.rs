//! Locks on files: record locks of `fcntl`, of processes and of open files, and those of `flock`.
//!
//! `table` is the logic. A process's record locks on a file go when it closes any descriptor of the
//! file, all of them when it ends; an open file's go with it. A wait for a lock that would never end
//! is refused with `EDEADLK`, for locks of processes.

mod table;

#[cfg(test)]
mod tests;

use super::node::{Identity, Waiting};
use super::open_file::OpenFile;
use crate::sched::WaitQueue;
use crate::sync::{Lock, Rank};
use abi::Errno;
use core::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use table::{Key, Table};
pub use table::{Kind, Owner, RangeLock, Span};

/// The calls for locks so far.
static CALLS: AtomicU64 = AtomicU64::new(0);

/// The record locks.
static RECORDS: Locks = Locks::new();
/// The locks of whole files.
static WHOLE: Locks = Locks::new();

struct Locks {
    table: Lock<Table>,
    /// How many there are, so that a close looks at nothing where there are none.
    count: AtomicUsize,
    freed: WaitQueue,
}

impl Locks {
    const fn new() -> Self {
        Self {
            table: Lock::new(Rank::FileLocks, Table::new()),
            count: AtomicUsize::new(0),
            freed: WaitQueue::new(),
        }
    }

    /// Changes the table; whoever waits for a lock looks again if the change says so.
    fn change<T>(&self, step: impl FnOnce(&mut Table) -> (T, bool)) -> T {
        let mut table = self.table.lock();
        let (value, has_freed) = step(&mut table);
        self.count.store(table.count(), Ordering::Relaxed);
        drop(table);
        if has_freed {
            self.freed.wake_all();
        }
        value
    }

    fn take(&self, key: Key, wanted: RangeLock, waiting: Waiting) -> Result<(), Errno> {
        let call = CALLS.fetch_add(1, Ordering::Relaxed);
        let attempt = || {
            self.change(|table| match table.obstacle(key, &wanted) {
                None => {
                    // In the same step, so that nobody takes the two for a circle.
                    table.stop_waiting(call);
                    // Others may have waited for what this replaces.
                    (Some(table.set(key, wanted)), true)
                }
                Some(_) if waiting == Waiting::Refused => (None, false),
                Some(_) if matches!(wanted.owner, Owner::OpenFile(_)) => (None, false),
                Some(_) => (table.wait(key, &wanted, call).err().map(Err), false),
            })
        };
        let outcome = waiting.attempt(&self.freed, attempt);
        if waiting == Waiting::Allowed {
            self.change(|table| (table.stop_waiting(call), false));
        }
        outcome?
    }

    fn give_up(&self, key: Key, owner: Owner, span: Span) {
        if self.count.load(Ordering::Relaxed) > 0 {
            self.change(|table| ((), table.clear(key, owner, span)));
        }
    }

    fn owner_ended(&self, owner: Owner) {
        if self.count.load(Ordering::Relaxed) > 0 {
            self.change(|table| ((), table.clear_owner(owner)));
        }
    }
}

const fn key(identity: Identity) -> Key {
    (identity.file_system as u64, identity.inode)
}

impl Owner {
    /// An open file as an owner.
    pub fn of(file: &OpenFile) -> Self {
        Self::OpenFile(core::ptr::from_ref(file) as usize)
    }
}

/// The lock that stands in the way of a record lock.
pub fn obstacle(file: &OpenFile, wanted: &RangeLock) -> Option<RangeLock> {
    RECORDS.table.lock().obstacle(key(file.node().identity()), wanted).copied()
}

/// Takes a record lock; `EAGAIN` if others stand in the way and the caller does not wait.
pub fn take(file: &OpenFile, wanted: RangeLock, waiting: Waiting) -> Result<(), Errno> {
    if matches!(wanted.owner, Owner::OpenFile(_)) {
        file.note_lock();
    }
    RECORDS.take(key(file.node().identity()), wanted, waiting)
}

/// Gives record locks up.
pub fn give_up(file: &OpenFile, owner: Owner, span: Span) {
    RECORDS.give_up(key(file.node().identity()), owner, span);
}

/// Takes the lock of the whole file, in place of the one that the open file has.
///
/// As on Linux that is no single step: where another stands in the way, the old one is lost.
pub fn take_whole(file: &OpenFile, kind: Kind, waiting: Waiting) -> Result<(), Errno> {
    file.note_lock();
    let (key, owner) = (key(file.node().identity()), Owner::of(file));
    let wanted = RangeLock { owner, kind, span: Span::ALL };
    let is_free = WHOLE.table.lock().obstacle(key, &wanted).is_none();
    if !is_free {
        WHOLE.give_up(key, owner, Span::ALL);
    }
    WHOLE.take(key, wanted, waiting)
}

/// Gives the lock of the whole file up.
pub fn give_up_whole(file: &OpenFile) {
    WHOLE.give_up(key(file.node().identity()), Owner::of(file), Span::ALL);
}

/// A process has closed a descriptor of the file.
pub fn descriptor_closed(pid: u32, file: &OpenFile) {
    if RECORDS.count.load(Ordering::Relaxed) > 0 {
        give_up(file, Owner::Process(pid), Span::ALL);
    }
}

/// A process has ended.
pub fn process_ended(pid: u32) {
    RECORDS.owner_ended(Owner::Process(pid));
}

/// An open file goes.
pub fn open_file_ended(file: &OpenFile) {
    let owner = Owner::of(file);
    RECORDS.owner_ended(owner);
    WHOLE.owner_ended(owner);
}
