//! A region as an object that only one process may write.

use kcore::mm::{AddressSpace, Frame, LeafTable, MemoryObject};
use kcore::mm::{OutOfMemory, Ownership, PageError, Rights};
use kcore::region::Region;
use std::sync::{Arc, Weak};

pub struct SingleWriter(pub Arc<Region>);

impl MemoryObject for SingleWriter {
    fn id(&self) -> u64 {
        self.0.id()
    }

    fn page(&self, index: usize) -> Result<Frame, PageError> {
        self.0.page(index)
    }

    fn table(&self, unit: usize) -> Result<LeafTable, OutOfMemory> {
        self.0.table(unit)
    }

    fn table_from(&self, unit: usize) -> Option<(usize, LeafTable)> {
        self.0.table_from(unit)
    }

    fn page_from(&self, index: usize) -> Option<(usize, Frame)> {
        self.0.page_from(index)
    }

    fn table_copy(
        &self,
        unit: usize,
        keep: &mut dyn FnMut(usize) -> bool,
        rights: Rights,
        ownership: Ownership,
    ) -> Result<LeafTable, OutOfMemory> {
        self.0.table_copy(unit, keep, rights, ownership)
    }

    fn most_pages(&self) -> usize {
        self.0.most_pages()
    }

    fn is_constant(&self) -> bool {
        false
    }

    fn has_single_writer(&self) -> bool {
        true
    }

    fn attach(&self, space_id: u64, space: Weak<AddressSpace>) {
        self.0.attach(space_id, space);
    }

    fn detach(&self, space_id: u64) {
        self.0.detach(space_id);
    }
}
