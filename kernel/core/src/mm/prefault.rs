//! Making the pages of a range before they are touched.

use super::fault::{Access, FaultError};
use super::space::AddressSpace;
use abi::memory::Protection;
use arch::addr::{PageRange, VirtAddr};

impl AddressSpace {
    /// Makes every page of the range as accessible as its view allows; stops at the first that
    /// cannot be: where nothing is mapped, no access is allowed, or the object has ended.
    pub fn prefault(&self, range: PageRange) -> Result<(), FaultError> {
        let mut next = range.start();
        while next < range.end() {
            let (view_range, view) = self.view_at(next).ok_or(FaultError::Unmapped)?;
            let access = widest_access(view.protection).ok_or(FaultError::Denied)?;
            let end = view_range.end().min(range.end());
            let part = PageRange::from_bounds(next, end).ok_or(FaultError::Unmapped)?;
            for page in part.iter() {
                if !self.is_reached(page, access) {
                    self.fault(page, access)?;
                }
            }
            next = end;
        }
        Ok(())
    }

    /// Whether the processor finds the page, with the right for the access.
    fn is_reached(&self, page: VirtAddr, access: Access) -> bool {
        self.translation(page).is_some_and(|(_, rights)| rights.contains(access.rights()))
    }
}

/// The access that makes all others possible; `None` where none is allowed.
fn widest_access(protection: Protection) -> Option<Access> {
    if protection.contains(Protection::WRITE) {
        Some(Access::Write)
    } else if protection.contains(Protection::READ) {
        Some(Access::Read)
    } else {
        protection.contains(Protection::EXECUTE).then_some(Access::Execute)
    }
}
