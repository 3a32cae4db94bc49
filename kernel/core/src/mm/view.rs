//! A view: what a process sees in a range of its addresses.

use super::object::{MemoryObject, ViewAccess};
use super::sharing::Sharers;
use abi::memory::Protection;
use abi::region::Inheritance;
use alloc::sync::Arc;
use arch::addr::{PAGE_SHIFT, UNIT_SHIFT, UNIT_SIZE, VirtAddr};
use core::ops::Range;

/// Whether stores through a view reach the object.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Sharing {
    /// They do.
    Shared,
    /// They stay with the process.
    Private,
}

/// What a view shows.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Backing {
    /// Memory of the process's own, zero at first.
    Anonymous,
    /// An object's pages.
    Object {
        /// The object, and that this address space shows it.
        attachment: Arc<Attachment>,
        /// The address at which the object's first byte would lie; wraps below 0.
        base: usize,
        /// Whether stores reach it.
        sharing: Sharing,
    },
}

/// A range's contents and what the program may do with them.
///
/// Equal neighbours are one view; an attachment is equal only to itself, so two mappings of an
/// object never become one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct View {
    /// What the program may do now.
    pub protection: Protection,
    /// What it may ever be allowed: the rights of the descriptor that the view was made from.
    pub maximum: Protection,
    /// What it shows.
    pub backing: Backing,
    /// What a child of fork gets of it.
    pub inheritance: Inheritance,
    /// The protection and the maximum that it has in the parent, while it has none here: the
    /// parent has not decided yet.
    pub withheld: Option<(Protection, Protection)>,
}

impl View {
    /// A view that children share, and whose rights are its own.
    pub const fn new(protection: Protection, maximum: Protection, backing: Backing) -> Self {
        Self { protection, maximum, backing, inheritance: Inheritance::Share, withheld: None }
    }

    /// Whether it shows bytes of the image, which nobody writes.
    pub fn is_of_image(&self) -> bool {
        match &self.backing {
            Backing::Anonymous => false,
            Backing::Object { attachment, .. } => attachment.object.is_of_image(),
        }
    }

    /// Whether its object is to be told of each child that shows it.
    pub fn counts_children(&self) -> bool {
        match &self.backing {
            Backing::Anonymous => false,
            Backing::Object { attachment, .. } => attachment.object.counts_children(),
        }
    }

    /// What the process can ever do to the object by it.
    pub fn access(&self) -> ViewAccess {
        let Backing::Object { sharing: Sharing::Shared, .. } = self.backing else {
            return ViewAccess::Read;
        };
        let maximum = self.withheld.map_or(self.maximum, |(_, maximum)| maximum);
        if maximum.contains(Protection::WRITE) { ViewAccess::Write } else { ViewAccess::Read }
    }

    /// The index in the object of the page that the address shows.
    pub fn page_index(&self, address: VirtAddr) -> usize {
        match &self.backing {
            Backing::Anonymous => 0,
            Backing::Object { base, .. } => address.value().wrapping_sub(*base) >> PAGE_SHIFT,
        }
    }

    /// The index of the object's table that the unit at `unit` can be linked to.
    ///
    /// A view that lies in `range` links a unit only where it shows all that the object's table
    /// has there, in place, and lets no store through that should stay private. An object that
    /// comes to have more is unlinked first (`most_pages`). Pages that can change are not executed
    /// by a link: one that appears in it passes no fault, which is where its instructions would be
    /// made visible to fetches.
    pub fn linked_table(&self, range: &Range<usize>, unit: VirtAddr) -> Option<usize> {
        let Backing::Object { base, .. } = &self.backing else { return None };
        let linkable = self.may_be_linked()
            && range.start <= unit.value()
            && unit.value() < self.linked_end(range);
        linkable.then(|| unit.value().wrapping_sub(*base) >> UNIT_SHIFT)
    }

    /// Whether units that it shows whole can be linked.
    pub fn may_be_linked(&self) -> bool {
        let Backing::Object { attachment, base, sharing } = &self.backing else { return false };
        let harmless = *sharing == Sharing::Shared || !self.protection.contains(Protection::WRITE);
        harmless
            && base.is_multiple_of(UNIT_SIZE)
            && self.protection.contains(Protection::READ)
            && (!self.protection.contains(Protection::EXECUTE) || attachment.object.is_of_image())
    }

    /// The first unit that is not shown whole, of those from the view's start on: the one that it
    /// ends in counts if it shows all that the object has there.
    pub fn linked_end(&self, range: &Range<usize>) -> usize {
        let Backing::Object { attachment, .. } = &self.backing else { return range.start };
        if self.page_index(VirtAddr::new(range.end)) >= attachment.object.most_pages() {
            return range.end;
        }
        range.end & !(UNIT_SIZE - 1)
    }
}

/// That an address space, or several with the same views, shows an object, by one or more views made
/// by one mapping.
pub struct Attachment {
    /// The object.
    pub object: Arc<dyn MemoryObject>,
    sharers_id: u64,
    access: ViewAccess,
}

impl Attachment {
    /// Announces to the object that these address spaces begin to show it.
    pub fn new(
        object: Arc<dyn MemoryObject>,
        sharers: &Arc<Sharers>,
        access: ViewAccess,
    ) -> Arc<Self> {
        object.attach(sharers, access);
        Arc::new(Self { object, sharers_id: sharers.id(), access })
    }

    /// What the address space can ever do to the object.
    pub const fn access(&self) -> ViewAccess {
        self.access
    }
}

impl Drop for Attachment {
    fn drop(&mut self) {
        self.object.detach(self.sharers_id, self.access);
    }
}

impl PartialEq for Attachment {
    fn eq(&self, other: &Self) -> bool {
        core::ptr::eq(self, other)
    }
}

impl Eq for Attachment {}

impl core::fmt::Debug for Attachment {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(formatter, "region {}", self.object.id())
    }
}
