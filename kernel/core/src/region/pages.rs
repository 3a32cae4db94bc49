//! A region's pages: the level-3 tables that it owns, which are its only index.

use crate::mm::{Frame, LeafTable, OutOfMemory, Ownership, Rights};
use alloc::vec::Vec;
use arch::addr::{PAGE_SIZE, TABLE_ENTRIES};

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

    /// Takes all pages from `length` bytes on out of the tables, and zeroes the last page's tail.
    ///
    /// What is returned may be let go when no processor can reach it any more.
    #[must_use = "the pages may be let go only after their translations are invalidated"]
    pub fn cut(&mut self, length: u64) -> Vec<Frame> {
        let first = length.div_ceil(PAGE_SIZE as u64) as usize;
        let mut gone = Vec::new();
        for (unit, slot) in self.tables.iter().enumerate() {
            let Some(table) = slot else { continue };
            let from = first.saturating_sub(unit * TABLE_ENTRIES);
            for index in from..TABLE_ENTRIES {
                gone.extend(table.take(index));
            }
        }
        self.resident -= gone.len();
        let tail = length as usize % PAGE_SIZE;
        if tail != 0
            && let Some(frame) = self.get(first - 1)
        {
            const ZEROES: [u8; 256] = [0; 256];
            for offset in (tail..PAGE_SIZE).step_by(ZEROES.len()) {
                frame.write(offset, &ZEROES[..ZEROES.len().min(PAGE_SIZE - offset)]);
            }
        }
        gone
    }
}
