//! Making the pages of a range before they are touched.

use super::descriptor::{Rights, TableKind};
use super::fault::{Access, FaultError};
use super::gather::Gather;
use super::space::{AddressSpace, State};
use super::view::{Backing, View};
use abi::memory::Protection;
use arch::addr::{PageRange, VirtAddr};
use arch::tlb;
use core::ops::Range;

impl AddressSpace {
    /// Makes every page of the range as accessible as its view allows; stops at the first that
    /// cannot be: where nothing is mapped, no access is allowed, or the object has ended.
    pub fn prefault(&self, range: PageRange) -> Result<(), FaultError> {
        // Others get the lock after each unit.
        for part in range.units() {
            let state = self.state.lock();
            let mut gather = self.gather();
            let outcome = state.prefault_unit(part, &mut gather);
            tlb::publish();
            outcome?;
        }
        Ok(())
    }
}

impl State {
    /// The same for a range that lies in one unit.
    fn prefault_unit(&self, part: PageRange, gather: &mut Gather) -> Result<(), FaultError> {
        let mut next = part.start();
        while next < part.end() {
            let (place, view) =
                self.views.get_key_value(next.value()).ok_or(FaultError::Unmapped)?;
            let access = widest_access(view.protection).ok_or(FaultError::Denied)?;
            let end = part.end().min(VirtAddr::new(place.end));
            let pages = PageRange::from_bounds(next, end).ok_or(FaultError::Unmapped)?;
            if !self.is_linked_to_all(pages, place, view, access) {
                self.prefault_pages(pages, access, gather)?;
            }
            next = end;
        }
        Ok(())
    }

    /// Whether the unit of some pages of a view is linked to a table that has all of them.
    fn is_linked_to_all(
        &self,
        pages: PageRange,
        place: &Range<usize>,
        view: &View,
        access: Access,
    ) -> bool {
        let Backing::Object { attachment, .. } = &view.backing else { return false };
        let entry = self.directory.entry(pages.start());
        entry.kind() == TableKind::Linked
            && entry.rights().contains(access.rights())
            && view.linked_table(place, pages.start().unit_start()).is_some()
            && attachment.object.has_all_pages_to(view.page_index(pages.end()))
    }

    fn prefault_pages(
        &self,
        pages: PageRange,
        access: Access,
        gather: &mut Gather,
    ) -> Result<(), FaultError> {
        for page in pages.iter() {
            let allowed = self.directory.entry(page).rights();
            let entry = self.directory.table(page).map(|table| table.entry(page.level3_index()));
            let rights = entry.map_or(Rights::empty(), |entry| entry.rights() & allowed);
            if !rights.contains(access.rights()) {
                self.fault_in(page, access, gather)?;
            }
        }
        Ok(())
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
