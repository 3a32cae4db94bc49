//! Who uses a region: open files and views. The last to leave an ephemeral one takes its name.

use super::names;
use super::object::Region;
use abi::Errno;
use abi::file::OpenFlags;
use abi::region::RegionFlags;
use core::sync::atomic::Ordering;

impl Region {
    /// An open file begins to refer to the region; every one that this allows calls
    /// [`Self::end_open`] once.
    ///
    /// `ESTALE` if the region was found by a name that its last user has taken along since.
    /// `EBUSY` if it has one writer at a time, and has one.
    pub fn begin_open(&self, flags: OpenFlags) -> Result<(), Errno> {
        if self.is_ephemeral() {
            names::join(self)?;
        } else {
            self.users.fetch_add(1, Ordering::Relaxed);
        }
        if flags.writes()
            && let Err(error) = self.add_writer()
        {
            self.leave();
            return Err(error);
        }
        self.opens.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    /// An open file refers to the region no longer.
    pub fn end_open(&self, flags: OpenFlags) {
        if flags.writes() {
            self.state().writing_files -= 1;
        }
        self.leave();
    }

    /// A view counts as a writer, too: it may outlive the descriptor that it was made from.
    fn add_writer(&self) -> Result<(), Errno> {
        let mut state = self.state();
        let has_writer = state.writing_files > 0 || state.writing_views() > 0;
        if self.flags().contains(RegionFlags::SINGLE_WRITER) && has_writer {
            return Err(Errno::EBUSY);
        }
        state.writing_files += 1;
        Ok(())
    }

    /// A view is one more user; it is made from another one, which is still there.
    pub(super) fn join_by_view(&self) {
        if self.is_ephemeral() && names::join(self).is_ok() {
            return;
        }
        self.users.fetch_add(1, Ordering::Relaxed);
    }

    /// A user has gone; called without the region's lock.
    pub(super) fn leave(&self) {
        if self.is_ephemeral() {
            names::leave(self);
        } else {
            self.users.fetch_sub(1, Ordering::Relaxed);
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
