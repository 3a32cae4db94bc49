//! Who uses a region: open files and views. The last to leave an ephemeral one takes its name.

use super::names;
use super::object::{Region, State};
use abi::Errno;
use abi::file::OpenFlags;
use abi::region::RegionFlags;
use core::sync::atomic::{AtomicU64, Ordering};

/// How many users a region has, and how many of them are open files that may write: two halves of
/// one word, so that an open file changes both in one step.
///
/// Users of an ephemeral region change under the lock of the names, and writers of one with a single
/// writer begin under the region's.
pub(super) struct Uses(AtomicU64);

/// An open file that may write.
const WRITER: u64 = 1 << u32::BITS;

impl Uses {
    pub const fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    /// Whether there are users.
    pub fn are_any(&self) -> bool {
        self.0.load(Ordering::Relaxed) as u32 > 0
    }

    fn has_writer(&self) -> bool {
        self.0.load(Ordering::Relaxed) >= WRITER
    }

    /// One user more.
    pub fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// One user less; tells whether it was the last.
    pub fn remove(&self) -> bool {
        self.0.fetch_sub(1, Ordering::Relaxed) as u32 == 1
    }
}

/// What an open file adds to the half of those that may write.
const fn writer(flags: OpenFlags) -> u64 {
    if flags.writes() { WRITER } else { 0 }
}

impl Region {
    /// An open file begins to refer to the region; every one that this allows calls
    /// [`Self::end_open`] once.
    ///
    /// `ESTALE` if the region was found by a name that its last user has taken along since.
    /// `EBUSY` if it has one writer at a time, and has one. `EROFS` to write what is kept where nobody
    /// may.
    #[inline]
    pub fn begin_open(&self, flags: OpenFlags) -> Result<(), Errno> {
        if self.flags().intersects(RegionFlags::EPHEMERAL.union(RegionFlags::SINGLE_WRITER)) {
            self.begin_particular_open(flags)?;
        } else if flags.writes() && self.has_pager() {
            self.begin_writing_open()?;
        } else {
            self.uses.0.fetch_add(1 + writer(flags), Ordering::Relaxed);
        }
        self.opens.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    /// An open file refers to the region no longer.
    #[inline]
    pub fn end_open(&self, flags: OpenFlags) {
        if self.is_ephemeral() {
            self.uses.0.fetch_sub(writer(flags), Ordering::Relaxed);
            names::leave(self);
        } else {
            self.uses.0.fetch_sub(1 + writer(flags), Ordering::Relaxed);
        }
    }

    #[inline(never)]
    fn begin_particular_open(&self, flags: OpenFlags) -> Result<(), Errno> {
        if self.is_ephemeral() {
            names::join(self)?;
        } else {
            self.uses.add();
        }
        if flags.writes()
            && let Err(error) = self.add_writer()
        {
            self.leave();
            return Err(error);
        }
        Ok(())
    }

    /// Who forbids writing where the bytes are kept looks for writers afterwards, under the same lock.
    #[inline(never)]
    fn begin_writing_open(&self) -> Result<(), Errno> {
        let pager = self.pager();
        let _state = self.state();
        if pager.as_ref().is_some_and(|pager| pager.is_read_only()) {
            return Err(Errno::EROFS);
        }
        self.uses.0.fetch_add(1 + WRITER, Ordering::Relaxed);
        Ok(())
    }

    /// Whether somebody may write to the region: by an open file, or by a view that is or may become
    /// writable.
    pub fn has_writers(&self) -> bool {
        self.has_writer_in(&self.state())
    }

    fn has_writer_in(&self, state: &State) -> bool {
        self.uses.has_writer() || state.writing_views() > 0
    }

    /// A view counts as a writer, too: it may outlive the descriptor that it was made from.
    fn add_writer(&self) -> Result<(), Errno> {
        let state = self.state();
        let has_writer = self.has_writer_in(&state);
        if self.flags().contains(RegionFlags::SINGLE_WRITER) && has_writer {
            return Err(Errno::EBUSY);
        }
        self.uses.0.fetch_add(WRITER, Ordering::Relaxed);
        Ok(())
    }

    /// A view is one more user; it is made from another one, which is still there.
    pub(super) fn join_by_view(&self) {
        if self.is_ephemeral() && names::join(self).is_ok() {
            return;
        }
        self.uses.add();
    }

    /// A user has gone; called without the region's lock.
    pub(super) fn leave(&self) {
        if self.is_ephemeral() {
            names::leave(self);
        } else {
            self.uses.remove();
        }
    }

    /// Notes that a descriptor refers to the region.
    pub fn add_descriptor(&self) {
        self.descriptors.fetch_add(1, Ordering::Relaxed);
    }

    /// Notes that a descriptor does no longer refer to the region.
    pub fn remove_descriptor(&self) {
        self.descriptors.fetch_sub(1, Ordering::Relaxed);
    }

    fn is_ephemeral(&self) -> bool {
        self.flags().contains(RegionFlags::EPHEMERAL)
    }
}
