//! Pages that are not there and have to be brought in: what of memory may sleep.
//!
//! An object that is kept elsewhere says so under the locks of an address space, where nobody can
//! wait. So the locks are let go of, the object brings the page in, and all is tried again: the page
//! may have gone meanwhile, and so may the view. A lack of memory is met in the same way, by asking
//! whoever can give some back.

use super::fault::{Access, FaultError};
use super::frame::Frame;
use super::map_request::Keeping;
use super::reclaim;
use super::space::AddressSpace;
use super::view::Backing;
use arch::addr::{PAGE_SIZE, VirtAddr};

impl AddressSpace {
    /// Makes the page at the address accessible, if its view allows the access; may sleep.
    #[inline]
    pub fn fault(&self, address: VirtAddr, access: Access) -> Result<(), FaultError> {
        match self.try_fault(address, access) {
            Err(error) if error.may_be_mended() => {
                self.mend(error, || self.try_fault(address, access))
            }
            outcome => outcome,
        }
    }

    /// A reference to the page at the address, made accessible as a fault would; may sleep.
    pub fn page_for(&self, address: VirtAddr, access: Access) -> Result<Frame, FaultError> {
        match self.try_page_for(address, access) {
            Err(error) if error.may_be_mended() => {
                self.mend(error, || self.try_page_for(address, access))
            }
            outcome => outcome,
        }
    }

    /// Stores bytes at the address, as the program could if it were running; may sleep.
    pub fn store(&self, mut address: VirtAddr, mut bytes: &[u8]) -> Result<(), FaultError> {
        while !bytes.is_empty() {
            let frame = self.page_for(address, Access::Write)?;
            let length = bytes.len().min(PAGE_SIZE - address.page_offset());
            frame.write(address.page_offset(), &bytes[..length]);
            address = address.add(length);
            bytes = &bytes[length..];
        }
        Ok(())
    }

    /// Does something about the reason why an attempt failed, then tries again, as often as it helps.
    #[cold]
    fn mend<T>(
        &self,
        mut error: FaultError,
        mut attempt: impl FnMut() -> Result<T, FaultError>,
    ) -> Result<T, FaultError> {
        loop {
            match error {
                FaultError::Absent(address) => self.bring_in(address)?,
                FaultError::OutOfMemory => {}
                other => return Err(other),
            }
            match reclaim::with_room_or(&mut attempt) {
                Err(next) if next.may_be_mended() && next != FaultError::OutOfMemory => {
                    error = next
                }
                outcome => return outcome,
            }
        }
    }

    /// Has the object bring in the page that is shown at the address; called without locks.
    pub(super) fn bring_in(&self, address: VirtAddr) -> Result<(), FaultError> {
        let state = self.state.lock();
        let view = state.views.get(address.value()).ok_or(FaultError::Unmapped)?;
        let Backing::Object { attachment, .. } = &view.backing else { return Ok(()) };
        let (object, index) = (attachment.object.clone(), view.page_index(address));
        drop(state);
        object.bring_in(index).map_err(|error| FaultError::of_page(error, address))
    }

    /// Says whether objects that are shown from now on keep the pages that they have; children's and the next
    /// program's do not.
    pub fn set_new_views(&self, keeping: Keeping) {
        self.state.lock().new_views = keeping;
    }

    /// Has the objects whose views an address is in keep the pages that they have.
    pub fn hold_pages(&self, range: arch::addr::PageRange) {
        let state = self.state.lock();
        for (_, view) in state.views.overlapping(range.start().value()..range.end().value()) {
            if let Backing::Object { attachment, .. } = &view.backing {
                attachment.object.hold_pages();
            }
        }
    }
}

impl FaultError {
    const fn may_be_mended(self) -> bool {
        matches!(self, Self::Absent(_) | Self::OutOfMemory)
    }
}
