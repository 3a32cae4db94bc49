//! The views of an address space, one by one, with what its tables have of them.

use super::descriptor::{Rights, TableKind};
use super::object::MemoryObject;
use super::space::{AddressSpace, State};
use super::view::{Backing, Sharing, View};
use abi::memory::Protection;
use abi::region::Inheritance;
use alloc::sync::Arc;
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

/// What a view shows.
pub enum Shown {
    /// Memory of the process's own.
    Private,
    /// An object's pages.
    Object {
        /// The object.
        object: Arc<dyn MemoryObject>,
        /// The address at which the object's first byte would lie; wraps below 0.
        base: usize,
        /// Whether stores reach it.
        sharing: Sharing,
    },
}

/// A view, and what the tables have of it.
///
/// Who has it is no viewer: the object may lose its last one meanwhile.
pub struct ViewDescription {
    /// Where it is.
    pub range: PageRange,
    /// What the program may do now.
    pub protection: Protection,
    /// What it may ever be allowed.
    pub maximum: Protection,
    /// What a child of fork gets of it.
    pub inheritance: Inheritance,
    /// What it shows.
    pub shown: Shown,
    /// What it is for.
    pub purpose: Purpose,
    /// Pages that the process reaches without a fault.
    pub resident_pages: u64,
    /// Units that are linked to the object's own tables.
    pub linked_units: u32,
}

impl Shown {
    fn by(view: &View) -> Self {
        match &view.backing {
            Backing::Anonymous => Self::Private,
            Backing::Object { attachment, base, sharing } => {
                Self::Object { object: attachment.object.clone(), base: *base, sharing: *sharing }
            }
        }
    }
}

impl AddressSpace {
    /// The first view that ends behind the address; the lock is held for one at a time.
    pub fn describe_from(&self, address: VirtAddr) -> Option<ViewDescription> {
        let state = self.state.lock();
        let (range, view) = state.views.overlapping(address.value()..usize::MAX).next()?;
        let purpose = state.purpose_of(range, view, self.layout().highest_stack());
        let range = PageRange::from_bounds(VirtAddr::new(range.start), VirtAddr::new(range.end))?;
        let (resident_pages, linked_units) = state.count(range);
        let View { protection, maximum, inheritance, .. } = *view;
        let shown = Shown::by(view);
        Some(ViewDescription {
            range,
            protection,
            maximum,
            inheritance,
            shown,
            purpose,
            resident_pages,
            linked_units,
        })
    }
}

impl State {
    fn purpose_of(&self, range: &Range<usize>, view: &View, stack: usize) -> Purpose {
        let heap = &self.program_break;
        if view.backing != Backing::Anonymous {
            Purpose::Other
        } else if range.contains(&(stack - 1)) {
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
