//! Seals: what can no longer be done to a region; and the other rules for who may write to it.
//!
//! They are those of Linux's memfd. A seal that forbids writing waits for nobody: it fails while
//! there are views that can write, and what becomes a view later asks after it was counted.

use super::object::{Region, State};
use crate::mm::{MapError, Sharing, ViewAccess};
use abi::Errno;
use abi::memory::Protection;
use abi::region::{RegionFlags, Seals};

/// Whether a descriptor may write.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Writable {
    /// It may.
    Yes,
    /// It may only read.
    No,
}

const NO_NEW_WRITERS: Seals = Seals::WRITE.union(Seals::FUTURE_WRITE);

impl Region {
    /// The seals.
    pub fn seals(&self) -> Seals {
        self.state().seals
    }

    /// Adds seals, and tells all that there are then.
    ///
    /// `EPERM` if no more may be added, `EBUSY` if there are views that write.
    pub fn add_seals(&self, seals: Seals) -> Result<Seals, Errno> {
        let mut state = self.state();
        if state.seals.contains(Seals::SEAL) {
            return Err(Errno::EPERM);
        }
        let forbids_writing = (seals - state.seals).contains(Seals::WRITE);
        if forbids_writing && state.writing_views() > 0 {
            return Err(Errno::EBUSY);
        }
        state.seals |= seals;
        Ok(state.seals)
    }

    /// Fails with `EPERM` if the bytes may not be written through a descriptor.
    pub fn check_write(&self) -> Result<(), Errno> {
        if self.seals().intersects(NO_NEW_WRITERS) { Err(Errno::EPERM) } else { Ok(()) }
    }

    /// Whether the bytes will never change again.
    pub fn is_constant(&self) -> bool {
        self.is_image() || self.seals().contains(Seals::WRITE)
    }

    /// The most that a new view may ever be allowed, if it may begin with `protection`.
    ///
    /// Stores to a private view never reach the region: nothing narrows it.
    pub fn view_maximum(
        &self,
        descriptor: Writable,
        sharing: Sharing,
        protection: Protection,
    ) -> Result<Protection, Errno> {
        if sharing == Sharing::Private {
            return Ok(Protection::all());
        }
        let sealed = self.seals().intersects(NO_NEW_WRITERS);
        let views_read = self.flags().contains(RegionFlags::VIEWS_READ_ONLY);
        let may_write = descriptor == Writable::Yes && !views_read;
        if protection.contains(Protection::WRITE) && !may_write {
            return Err(Errno::EACCES);
        }
        if protection.contains(Protection::WRITE) && sealed {
            return Err(Errno::EPERM);
        }
        let mut maximum = Protection::all();
        maximum.set(Protection::WRITE, may_write && !sealed);
        Ok(maximum)
    }

    /// Whether a view that was counted may stay.
    pub(super) fn check_new_view(&self, access: ViewAccess) -> Result<(), MapError> {
        let forbidden = access == ViewAccess::Write && self.seals().intersects(NO_NEW_WRITERS);
        if forbidden { Err(MapError::Sealed) } else { Ok(()) }
    }
}

impl State {
    /// Fails if the seals forbid the new length.
    pub(super) fn check_length(&self, length: u64) -> Result<(), Errno> {
        let seal = if length < self.length { Seals::SHRINK } else { Seals::GROW };
        if length != self.length && self.seals.contains(seal) {
            return Err(Errno::EPERM);
        }
        Ok(())
    }
}
