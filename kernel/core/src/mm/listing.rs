//! The views of an address space, one by one, with what its tables have of them.

use super::descriptor::{Rights, TableKind};
use super::placement::STACK_TOP;
use super::space::{AddressSpace, State};
use super::view::{Backing, View};
use arch::addr::{PageRange, VirtAddr};
use core::ops::Range;

/// What private memory is used for, as far as the kernel knows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Purpose {
    /// The memory below the program break.
    Heap,
    /// The main stack.
    Stack,
    /// Nothing that the kernel knows of.
    Other,
}

/// A view, and what the tables have of it.
pub struct ViewDescription {
    /// Where it is.
    pub range: PageRange,
    /// The view.
    pub view: View,
    /// What it is for.
    pub purpose: Purpose,
    /// Pages that the process reaches without a fault.
    pub resident_pages: u64,
    /// Units that are linked to the object's own tables.
    pub linked_units: u32,
}

impl AddressSpace {
    /// The first view that ends behind the address; the lock is held for one at a time.
    pub fn describe_from(&self, address: VirtAddr) -> Option<ViewDescription> {
        let state = self.state.lock();
        let (range, view) = state.views.overlapping(address.value()..usize::MAX).next()?;
        let purpose = state.purpose_of(range, view);
        let range = PageRange::from_bounds(VirtAddr::new(range.start), VirtAddr::new(range.end))?;
        let (resident_pages, linked_units) = state.count(range);
        Some(ViewDescription { range, view: view.clone(), purpose, resident_pages, linked_units })
    }
}

impl State {
    fn purpose_of(&self, range: &Range<usize>, view: &View) -> Purpose {
        let heap = &self.program_break;
        if view.backing != Backing::Anonymous {
            Purpose::Other
        } else if range.contains(&(STACK_TOP - 1)) {
            Purpose::Stack
        } else if range.start < heap.end && range.end > heap.start {
            Purpose::Heap
        } else {
            Purpose::Other
        }
    }

    /// Pages of a range that need no fault to be read or executed, and its linked units.
    fn count(&self, range: PageRange) -> (u64, u32) {
        let (mut pages, mut links) = (0, 0);
        for part in range.units() {
            let Some(table) = self.directory.table(part.start()) else { continue };
            let entry = self.directory.entry(part.start());
            links += u32::from(entry.kind() == TableKind::Linked);
            let reached = |page: &VirtAddr| {
                table.entry(page.level3_index()).rights() & entry.rights() != Rights::empty()
            };
            pages += part.iter().filter(reached).count() as u64;
        }
        (pages, links)
    }
}
