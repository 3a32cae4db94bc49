//! What a view can show: an object that owns pages. Regions are the one kind; `mm` does not know
//! more of them than this.

use super::{AddressSpace, Frame, LeafTable, OutOfMemory, Ownership, Rights};
use alloc::sync::Weak;
use core::any::Any;

/// Why an object has no page to show.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PageError {
    /// The object ends before that page.
    BeyondEnd,
    /// There is no memory for it.
    OutOfMemory,
}

impl From<OutOfMemory> for PageError {
    fn from(_: OutOfMemory) -> Self {
        Self::OutOfMemory
    }
}

/// An object that owns pages and the level-3 tables that lead to them.
pub trait MemoryObject: Any + Send + Sync {
    /// Its number, never used again.
    fn id(&self) -> u64;
    /// The page with this index, made if it is not there yet.
    fn page(&self, index: usize) -> Result<Frame, PageError>;
    /// The table for this unit (2 MiB), to be linked.
    fn table(&self, unit: usize) -> Result<LeafTable, OutOfMemory>;
    /// A private table with the pages of this unit that exist and that `keep` selects, by their
    /// index within the unit; they appear with these rights.
    fn table_copy(
        &self,
        unit: usize,
        keep: &mut dyn FnMut(usize) -> bool,
        rights: Rights,
        ownership: Ownership,
    ) -> Result<LeafTable, OutOfMemory>;
    /// How many pages the object can have until it has called [`AddressSpace::unlink_ends`] for
    /// all that show it.
    fn most_pages(&self) -> usize;
    /// Whether its bytes never change.
    fn is_constant(&self) -> bool;
    /// The address space with this number begins to show the object.
    fn attach(&self, space_id: u64, space: Weak<AddressSpace>);
    /// An address space has ended a view that [`Self::attach`] announced.
    fn detach(&self, space_id: u64);
}
