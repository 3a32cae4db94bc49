//! Making the pages of a range before they are touched.

use super::descriptor::{Rights, TableKind};
use super::fault::{Access, FaultError};
use super::frame::{ROW, Row};
use super::gather::Gather;
use super::reclaim::Attempt;
use super::space::{AddressSpace, State, view_rights};
use super::view::{Backing, View};
use crate::sched;
use abi::memory::Protection;
use arch::addr::{PAGE_SIZE, PageRange, VirtAddr};
use arch::tlb;
use core::ops::Range;

impl AddressSpace {
    /// Makes every page of the range as accessible as its view allows; stops at the first that
    /// cannot be: where nothing is mapped, no access is allowed, or the object has ended.
    pub fn prefault(&self, range: PageRange) -> Result<(), FaultError> {
        // Others get the lock after each unit.
        for part in range.units() {
            let mut left = Some(part);
            while let Some(now) = left.take() {
                let attempt = Attempt::begin();
                let from = match self.try_prefault(now) {
                    // On from there: what was made before may have gone again.
                    Err(FaultError::Absent(at)) => self.bring_in(at).map(|()| at)?,
                    Err(FaultError::OutOfMemory) if attempt.make_room() => now.start(),
                    other => {
                        other?;
                        break;
                    }
                };
                left = PageRange::from_bounds(from.page_start(), part.end());
                if is_to_end() {
                    return Err(FaultError::Unreadable);
                }
            }
        }
        Ok(())
    }

    /// The same for a range in one unit, without waiting for anything.
    fn try_prefault(&self, part: PageRange) -> Result<(), FaultError> {
        let state = self.state.lock();
        let mut gather = self.gather();
        let outcome = state.prefault_unit(part, &mut gather);
        tlb::publish();
        outcome
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
                self.prefault_pages(pages, view, access, gather)?;
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

    /// The same for pages of one unit that one view shows.
    fn prefault_pages(
        &self,
        pages: PageRange,
        view: &View,
        access: Access,
        gather: &mut Gather,
    ) -> Result<(), FaultError> {
        let mut row = Row::default();
        let mut next = pages.start();
        while next < pages.end() {
            let left = (pages.end().value() - next.value()) / PAGE_SIZE;
            let done = self.prefault_row(next, left, view, access, &mut row);
            if done == 0 {
                // It also sees to it that the table is one that may be changed.
                self.fault_in(next, access, gather)?;
            }
            next = next.add(done.max(1) * PAGE_SIZE);
        }
        Ok(())
    }

    /// Goes over pages that are accessible, then makes some that are not there, as long as they are
    /// memory of zeroes; returns how many pages are done with, which may be none.
    fn prefault_row(
        &self,
        start: VirtAddr,
        pages: usize,
        view: &View,
        access: Access,
        row: &mut Row,
    ) -> usize {
        let Some(table) = self.directory.table(start) else { return 0 };
        let entry = self.directory.entry(start);
        let is_there = |index: &usize| {
            (table.entry(*index).rights() & entry.rights()).contains(access.rights())
        };
        let is_free = |index: &usize| table.entry(*index).frame().is_none();
        let first = start.level3_index();
        let there = (first..first + pages).take_while(is_there).count();
        let rights = view_rights(view);
        let is_plain = view.backing == Backing::Anonymous
            && !rights.contains(Rights::EXECUTE)
            && entry.kind() == TableKind::Private
            && entry.allows_write();
        if !is_plain {
            return there;
        }
        let (first, wanted) = (first + there, (pages - there).min(ROW));
        let made = row.fill((first..first + wanted).take_while(is_free).count());
        table.set_row(first, made, row, rights);
        there + made
    }
}

/// Whether the caller's process is to end: it needs no more pages.
fn is_to_end() -> bool {
    sched::current_if_any().is_some_and(|thread| thread.is_ending())
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
