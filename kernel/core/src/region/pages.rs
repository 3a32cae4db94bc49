//! A region's pages: the level-3 tables that it owns, which are its only index.

use crate::mm::{Frame, LeafTable, OutOfMemory, Ownership, Rights};
use alloc::vec::Vec;
use arch::addr::{PAGE_SIZE, TABLE_ENTRIES};

/// Pages that were cut off, until no processor can reach them; small enough for a kernel stack.
pub type Batch = heapless::Vec<Frame, 128>;

/// The tables of a region, from its first unit on.
pub struct Pages {
    tables: Vec<Option<LeafTable>>,
    resident: usize,
    /// What the tables allow at most; links narrow it.
    rights: Rights,
}

impl Pages {
    /// No pages.
    pub const fn new(rights: Rights) -> Self {
        Self { tables: Vec::new(), resident: 0, rights }
    }

    /// Pages that hold memory.
    pub const fn resident(&self) -> usize {
        self.resident
    }

    /// The page with this index, if it is there.
    pub fn get(&self, index: usize) -> Option<Frame> {
        self.tables.get(index / TABLE_ENTRIES)?.as_ref()?.frame(index % TABLE_ENTRIES)
    }

    /// The page with this index, made of zeroes if it is not there.
    pub fn get_or_make(&mut self, index: usize) -> Result<Frame, OutOfMemory> {
        let rights = self.rights;
        let table = self.table(index / TABLE_ENTRIES)?;
        if let Some(frame) = table.frame(index % TABLE_ENTRIES) {
            return Ok(frame);
        }
        let frame = Frame::zeroed()?;
        table.set(index % TABLE_ENTRIES, frame.clone(), rights, Ownership::Shared);
        self.resident += 1;
        Ok(frame)
    }

    /// Puts a page that exists in its place, which is empty.
    pub fn put(&mut self, index: usize, frame: Frame) -> Result<(), OutOfMemory> {
        let rights = self.rights;
        let table = self.table(index / TABLE_ENTRIES)?;
        table.set(index % TABLE_ENTRIES, frame, rights, Ownership::Shared);
        self.resident += 1;
        Ok(())
    }

    /// The table for a unit, made if it is not there.
    pub fn table(&mut self, unit: usize) -> Result<&LeafTable, OutOfMemory> {
        if self.tables.len() <= unit {
            self.tables.try_reserve(unit + 1 - self.tables.len()).map_err(|_| OutOfMemory)?;
            self.tables.resize_with(unit + 1, || None);
        }
        let slot = &mut self.tables[unit];
        match slot {
            Some(table) => Ok(table),
            None => Ok(slot.insert(LeafTable::new()?)),
        }
    }

    /// A private table with the pages of a unit that `keep` selects.
    pub fn copy_table(
        &self,
        unit: usize,
        keep: &mut dyn FnMut(usize) -> bool,
        rights: Rights,
        ownership: Ownership,
    ) -> Result<LeafTable, OutOfMemory> {
        let copy = LeafTable::new()?;
        let Some(Some(table)) = self.tables.get(unit) else { return Ok(copy) };
        for index in (0..TABLE_ENTRIES).filter(|index| keep(*index)) {
            if let Some(frame) = table.frame(index) {
                copy.set(index, frame, rights, ownership);
            }
        }
        Ok(copy)
    }

    /// Takes pages from index `from` on out of the tables, as many as the batch has room for.
    ///
    /// They may be let go when no processor can reach them any more. Returns the index to go on
    /// from, or `None` when no page is left.
    pub fn cut(&mut self, from: usize, batch: &mut Batch) -> Option<usize> {
        let mut index = from;
        while let Some(slot) = self.tables.get(index / TABLE_ENTRIES) {
            let Some(table) = slot else {
                index = (index / TABLE_ENTRIES + 1) * TABLE_ENTRIES;
                continue;
            };
            if batch.is_full() {
                return Some(index);
            }
            if let Some(frame) = table.take(index % TABLE_ENTRIES) {
                batch.push(frame).expect("invariant: the batch is not full");
                self.resident -= 1;
            }
            index += 1;
        }
        None
    }

    /// Zeroes what lies behind `length` bytes in the last page that they need.
    pub fn zero_tail(&self, length: u64) {
        const ZEROES: [u8; 256] = [0; 256];
        let tail = length as usize % PAGE_SIZE;
        if tail == 0 {
            return;
        }
        if let Some(frame) = self.get(length as usize / PAGE_SIZE) {
            for offset in (tail..PAGE_SIZE).step_by(ZEROES.len()) {
                frame.write(offset, &ZEROES[..ZEROES.len().min(PAGE_SIZE - offset)]);
            }
        }
    }
}
