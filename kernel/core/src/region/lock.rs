//! The lock of a region: held by a process, and found out about when its holder dies.
//!
//! A holder that ends without releasing the lock leaves the region dirty: the next process to
//! have the lock is told, and whoever has repaired the bytes declares them consistent.
//!
//! The holder is the process, not a descriptor or a program: closing the region or `exec` releases
//! nothing, and a child of fork does not hold what its parent does.

use super::lock_table::{GivenUp, LockTable};
use super::object::Region;
use crate::sched::{WaitError, WaitQueue};
use crate::sync::{Lock, Rank};
use abi::Errno;
use alloc::sync::Arc;
use core::sync::atomic::Ordering;

/// Waiters are woken by a queue of each one's own.
static TABLE: Lock<LockTable<Arc<WaitQueue>>> = Lock::new(Rank::RegionLocks, LockTable::new());

/// What can be said of a region's bytes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Condition {
    /// Nobody died while holding the lock, or somebody has set things right since.
    Consistent,
    /// A process died while it held the lock.
    Dirty,
}

/// Why a lock can't be taken or released.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum LockError {
    /// The process holds it already.
    HeldAlready,
    /// Its holder waits, directly or by way of others, for a lock that the process holds.
    Cycle,
    /// The process does not hold it.
    NotHeld,
}

impl From<LockError> for Errno {
    fn from(error: LockError) -> Self {
        match error {
            LockError::HeldAlready | LockError::Cycle => Self::EDEADLK,
            LockError::NotHeld => Self::EPERM,
        }
    }
}

/// What to do while another process holds the lock.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Patience {
    /// Fail with `EAGAIN`.
    None,
    /// Wait until this time, in nanoseconds since boot.
    Until(u64),
    /// Wait.
    Endless,
}

impl Region {
    /// Takes the lock for a process; tells whether the bytes are dirty.
    pub fn lock(&self, pid: u32, patience: Patience) -> Result<Condition, Errno> {
        self.sync().was_locked.store(true, Ordering::Relaxed);
        let mut table = TABLE.lock();
        if let Some(condition) = table.take(self.id(), pid)? {
            return Ok(condition);
        }
        let deadline = match patience {
            Patience::None => return Err(Errno::EAGAIN),
            Patience::Until(time) => Some(time),
            Patience::Endless => None,
        };
        let queue = Arc::new(WaitQueue::new());
        table.queue(self.id(), pid, queue.clone())?;
        drop(table);
        let waited = queue.wait_until(deadline, || TABLE.lock().held_by(self.id(), pid));
        waited.or_else(|error| self.stop_waiting(pid, error))
    }

    /// The wait has ended early, but perhaps after the lock was handed over.
    fn stop_waiting(&self, pid: u32, error: WaitError) -> Result<Condition, Errno> {
        let mut table = TABLE.lock();
        match (table.give_up(self.id(), pid), error) {
            (GivenUp::Left, _) => Err(error.into()),
            (GivenUp::Holds(condition), WaitError::TimedOut) => Ok(condition),
            (GivenUp::Holds(_), WaitError::Interrupted) => {
                // Nothing was done under it, so the bytes are as they were.
                let next = table.release(self.id(), pid);
                drop(table);
                wake(next?);
                Err(error.into())
            }
        }
    }

    /// Releases the lock that a process holds; `Consistent` declares the bytes to be so.
    pub fn unlock(&self, pid: u32, declared: Option<Condition>) -> Result<(), Errno> {
        let mut table = TABLE.lock();
        if declared == Some(Condition::Consistent) {
            table.declare_consistent(self.id(), pid)?;
        }
        let next = table.release(self.id(), pid)?;
        drop(table);
        wake(next);
        Ok(())
    }

    /// The process that holds the lock, and what can be said of the bytes.
    pub fn lock_status(&self) -> (Option<u32>, Condition) {
        TABLE.lock().status(self.id())
    }
}

fn wake(waiters: impl IntoIterator<Item = Arc<WaitQueue>>) {
    waiters.into_iter().for_each(|waiter| waiter.wake_all());
}

/// A process has ended: the locks that it held are released, and their regions are dirty.
///
/// Its memory is gone by now: nothing that it did comes after the next holder has the lock.
pub fn holder_ended(pid: u32) {
    let waiters = TABLE.lock().holder_ended(pid);
    wake(waiters);
}

/// A region is gone, and its lock with it.
pub(super) fn region_ended(id: u64) {
    TABLE.lock().forget(id);
}
