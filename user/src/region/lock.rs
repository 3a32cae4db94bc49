//! The lock of a region, which a process holds and not a thread.
//!
//! It is the kernel's: a holder that dies gives it back, and the next one is told that the bytes
//! may be half changed. Two processes that wait for each other's locks are told `EDEADLK`.

use super::open::Region;
use crate::error::Result;
use crate::syscall::region_data as call;
use crate::time;
use abi::Errno;
use abi::region::LockFlags;
use abi::time::TimeSpec;
use core::time::Duration;

/// The lock, taken, and in what state the bytes are.
#[derive(Debug)]
#[must_use = "the lock is given back at once"]
pub enum Locked<'a> {
    /// The one who held it before gave it back.
    Clean(Guard<'a>),
    /// The one who held it before died: the bytes are to be looked at, and
    /// [`Guard::unlock_consistent`] tells the others that they are right again.
    OwnerDied(Guard<'a>),
}

impl<'a> Locked<'a> {
    /// The guard, whatever the state.
    pub fn into_guard(self) -> Guard<'a> {
        match self {
            Self::Clean(guard) | Self::OwnerDied(guard) => guard,
        }
    }

    /// Whether the one who held it before died.
    pub const fn owner_died(&self) -> bool {
        matches!(self, Self::OwnerDied(_))
    }
}

/// Gives the lock back when it is dropped.
#[derive(Debug)]
#[must_use = "the lock is given back at once"]
pub struct Guard<'a> {
    region: &'a Region,
}

impl Guard<'_> {
    /// Gives the lock back, and says that the bytes are consistent.
    pub fn unlock_consistent(self) -> Result<()> {
        let region = self.region;
        core::mem::forget(self);
        region.told(call::region_unlock(region.as_raw(), LockFlags::CONSISTENT))
    }
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        // This process holds the lock, or closed the descriptor and gave it back with that.
        let _ = call::region_unlock(self.region.as_raw(), LockFlags::empty());
    }
}

impl Region {
    /// Waits for the region's lock and takes it.
    pub fn lock(&self) -> Result<Locked<'_>> {
        loop {
            if let Some(locked) = self.lock_with(LockFlags::empty(), None)? {
                return Ok(locked);
            }
        }
    }

    /// Waits for the region's lock at most for the time.
    pub fn lock_within(&self, timeout: Duration) -> Result<Option<Locked<'_>>> {
        self.lock_with(LockFlags::empty(), Some(timeout))
    }

    /// Takes the region's lock if nobody holds it.
    pub fn try_lock(&self) -> Result<Option<Locked<'_>>> {
        self.lock_with(LockFlags::TRY, None)
    }

    fn lock_with(&self, flags: LockFlags, timeout: Option<Duration>) -> Result<Option<Locked<'_>>> {
        let lock = |left: Option<&TimeSpec>| match call::region_lock(self.as_raw(), flags, left) {
            Ok(()) => Ok(Some(Locked::Clean(Guard { region: self }))),
            Err(Errno::EOWNERDEAD) => Ok(Some(Locked::OwnerDied(Guard { region: self }))),
            Err(Errno::EAGAIN) if flags.contains(LockFlags::TRY) => Ok(None),
            Err(errno) => Err(errno),
        };
        Ok(self.told(time::within(timeout, lock))?.flatten())
    }
}
