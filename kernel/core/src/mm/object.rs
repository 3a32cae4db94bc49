//! What a view can show: an object that owns pages. Regions are the one kind; `mm` does not know
//! more of them than this.

use super::{Frame, LeafTable, MapError, OutOfMemory, Ownership, Rights, Sharers};
use alloc::sync::Arc;
use core::any::Any;

/// Why an object has no page to show.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PageError {
    /// The object ends before that page.
    BeyondEnd,
    /// There is no memory for it.
    OutOfMemory,
    /// It has to be brought in first ([`MemoryObject::bring_in`]), by somebody who may sleep.
    Absent,
    /// It is kept elsewhere, and cannot be read there.
    Unreadable,
}

impl From<OutOfMemory> for PageError {
    fn from(_: OutOfMemory) -> Self {
        Self::OutOfMemory
    }
}

/// What an address space can ever do to an object's pages through a view.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum ViewAccess {
    /// Read them: the view is private or may never be written.
    Read,
    /// Write them.
    Write,
}

/// What is done with the tables of an object in a row, where it has them.
pub type VisitTables<'a> = &'a mut dyn FnMut(&[Option<LeafTable>]);

/// An object that owns pages and the level-3 tables that lead to them.
pub trait MemoryObject: Any + Send + Sync {
    /// Its number, never used again.
    fn id(&self) -> u64;
    /// The page with this index, made if it is not there yet.
    fn page(&self, index: usize) -> Result<Frame, PageError>;
    /// Brings the page with this index in from where the object keeps it, after [`Self::page`] has
    /// said that it is absent; called without locks, and may sleep. It may be absent again when this
    /// returns.
    fn bring_in(&self, _index: usize) -> Result<(), PageError> {
        Ok(())
    }
    /// Whether pages can be absent: the object is kept elsewhere.
    fn is_paged(&self) -> bool {
        false
    }
    /// From now on pages that are there stay, as long as anybody shows the object.
    fn hold_pages(&self) {}
    /// The table for this unit (2 MiB), to be linked.
    fn table(&self, unit: usize) -> Result<LeafTable, OutOfMemory>;
    /// Shows the tables of this unit and of those behind it. `visit` must not ask the object anything.
    fn visit_tables(&self, unit: usize, visit: VisitTables<'_>);
    /// The first of the pages that exist, from this index on, with its index.
    fn page_from(&self, index: usize) -> Option<(usize, Frame)>;
    /// A private table with the pages of this unit that exist and that `keep` selects, by their
    /// index within the unit; they appear with these rights.
    fn table_copy(
        &self,
        unit: usize,
        keep: &mut dyn FnMut(usize) -> bool,
        rights: Rights,
        ownership: Ownership,
    ) -> Result<LeafTable, OutOfMemory>;
    /// Whether every page below this index exists.
    fn has_all_pages_to(&self, index: usize) -> bool;
    /// How many pages the object can have until it has called [`super::AddressSpace::unlink_ends`] for
    /// all that show it.
    fn most_pages(&self) -> usize;
    /// Whether its bytes are the image's, which never change.
    fn is_of_image(&self) -> bool;
    /// These address spaces begin to show the object, by one more mapping each: the one that there is
    /// now, and its children as long as they share its views.
    fn attach(&self, sharers: &Arc<Sharers>, access: ViewAccess);
    /// Whether a program may have a new view that was just attached.
    ///
    /// It is asked afterwards: what forbids writing from now on looks for views that can.
    fn check_view(&self, access: ViewAccess) -> Result<(), MapError>;
    /// Whether only one process may write it: what a child inherits is read-only then.
    fn has_single_writer(&self) -> bool;
    /// Whether each child of fork is to be announced for itself.
    fn counts_children(&self) -> bool {
        false
    }
    /// The sharers with this number have ended a mapping that [`Self::attach`] announced, with the
    /// same access.
    fn detach(&self, sharers_id: u64, access: ViewAccess);
}
