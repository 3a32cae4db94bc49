//! A view: what a process sees in a range of its addresses.

use super::object::MemoryObject;
use super::space::AddressSpace;
use abi::memory::Protection;
use alloc::sync::{Arc, Weak};
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
}

impl View {
    /// Whether it shows bytes of the image, which nobody writes.
    pub fn is_of_image(&self) -> bool {
        match &self.backing {
            Backing::Anonymous => false,
            Backing::Object { attachment, .. } => attachment.object.is_constant(),
        }
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
        let Backing::Object { attachment, base, sharing } = &self.backing else { return None };
        let whole = range.start <= unit.value()
            && (range.end >= unit.value() + UNIT_SIZE
                || self.page_index(VirtAddr::new(range.end)) >= attachment.object.most_pages());
        let harmless = *sharing == Sharing::Shared || !self.protection.contains(Protection::WRITE);
        let linkable = whole
            && harmless
            && (attachment.object.is_constant() || !self.protection.contains(Protection::EXECUTE))
            && base.is_multiple_of(UNIT_SIZE)
            && self.protection.contains(Protection::READ);
        linkable.then(|| unit.value().wrapping_sub(*base) >> UNIT_SHIFT)
    }
}

/// That an address space shows an object, by one or more views made by one mapping.
pub struct Attachment {
    /// The object.
    pub object: Arc<dyn MemoryObject>,
    space_id: u64,
}

impl Attachment {
    /// Announces to the object that the address space with this number begins to show it.
    pub fn new(
        object: Arc<dyn MemoryObject>,
        space_id: u64,
        space: Weak<AddressSpace>,
    ) -> Arc<Self> {
        object.attach(space_id, space);
        Arc::new(Self { object, space_id })
    }
}

impl Drop for Attachment {
    fn drop(&mut self) {
        self.object.detach(self.space_id);
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
