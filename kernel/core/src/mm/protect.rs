//! Changing what a program may do with a range.

use super::descriptor::{Rights, TableKind};
use super::map_error::MapError;
use super::space::{AddressSpace, State, check_protection};
use super::view::View;
use abi::memory::Protection;
use arch::addr::{PageRange, VirtAddr};

impl AddressSpace {
    /// Changes the protection of a range that is mapped throughout.
    pub fn protect(
        &self,
        start: VirtAddr,
        bytes: usize,
        protection: Protection,
    ) -> Result<(), MapError> {
        let range = PageRange::from_bytes(start, bytes).ok_or(MapError::BadRange)?;
        let mut state = self.state.lock();
        let mut gather = self.gather();
        state.check_all_mapped(range, protection)?;
        state.views.make_own()?;
        let added = state.cuts(range);
        state.check_room(added)?;
        for part in range.units() {
            state.make_changeable(part, &mut gather)?;
        }
        state.change_views(range, protection);
        for part in range.units() {
            let Some(table) = state.directory.table(part.start()) else { continue };
            for page in part.iter() {
                let index = page.level3_index();
                let old = table.entry(index).rights();
                // Write rights come with the next store, which knows whether the page is shared.
                let mut rights = Rights::from(protection);
                if !old.contains(Rights::WRITE) {
                    rights.remove(Rights::WRITE);
                }
                table.widen(index, rights);
            }
            gather.unit(part.start(), None);
        }
        Ok(())
    }
}

impl State {
    fn check_all_mapped(&self, range: PageRange, protection: Protection) -> Result<(), MapError> {
        let bounds = range.start().value()..range.end().value();
        if !self.views.cover(&bounds) {
            return Err(MapError::Unmapped);
        }
        for (_, view) in self.views.overlapping(bounds) {
            check_protection(protection, view.maximum)?;
        }
        Ok(())
    }

    /// Gives the unit of a part a private table that this address space alone owns, if it has any.
    fn make_changeable(
        &self,
        part: PageRange,
        gather: &mut super::gather::Gather,
    ) -> Result<(), MapError> {
        let unit = part.start().unit_start();
        if self.directory.table(unit).is_none() {
            return Ok(());
        }
        if self.directory.entry(unit).kind() == TableKind::Linked {
            self.cut_link(unit, gather)?;
            return Ok(());
        }
        if !self.directory.entry(unit).allows_write() {
            self.split_table(unit, gather)?;
        }
        Ok(())
    }

    fn change_views(&mut self, range: PageRange, protection: Protection) {
        let mut next = range.start();
        while next < range.end() {
            let Some((old, view)) = self.view(next) else { return };
            let end = VirtAddr::new(old.end).min(range.end());
            self.views.get_mut().insert(next.value()..end.value(), View { protection, ..view });
            next = end;
        }
    }
}
