//! A region's pages: the level-3 tables that it owns, which are its only index.

use super::promise::Promise;
use crate::mm::{Frame, LeafTable, OutOfMemory, Ownership, Rights, Tables};
use arch::addr::{PAGE_SIZE, TABLE_ENTRIES};

/// Pages that were cut off, until no processor can reach them; small enough for a kernel stack.
pub type Batch = heapless::Vec<Frame, 128>;

/// The tables of a region, from its first unit on.
pub struct Pages {
    tables: Tables,
    resident: usize,
    /// What the tables allow at most; links narrow it.
    rights: Rights,
    /// What is set aside for pages and tables that do not exist yet; none for a sparse region.
    promise: Option<Promise>,
}

impl Pages {
    /// No pages.
    pub const fn new(rights: Rights) -> Self {
        Self { tables: Tables::new_const(), resident: 0, rights, promise: None }
    }

    /// So many pages that exist already, or will before anybody asks.
    pub const fn of_tables(tables: Tables, resident: usize) -> Self {
        Self { tables, resident, rights: Rights::all(), promise: None }
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
        if let Some(frame) = self.table(index / TABLE_ENTRIES)?.frame(index % TABLE_ENTRIES) {
            return Ok(frame);
        }
        let frame = match &mut self.promise {
            Some(promise) => promise.page()?,
            None => Frame::zeroed()?,
        };
        self.put(index, frame.clone())?;
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
        self.index_units(unit + 1)?;
        let slot = &mut self.tables[unit];
        match (slot, &mut self.promise) {
            (Some(table), _) => Ok(table),
            (slot, Some(promise)) => Ok(slot.insert(promise.table()?)),
            (slot, None) => Ok(slot.insert(LeafTable::new()?)),
        }
    }

    /// Makes room for the tables of so many units, but not the tables.
    fn index_units(&mut self, units: usize) -> Result<(), OutOfMemory> {
        if self.tables.len() < units {
            self.tables.try_reserve(units - self.tables.len()).map_err(|_| OutOfMemory)?;
            self.tables.resize_with(units, || None);
        }
        Ok(())
    }

    /// From now on memory is set aside for what [`Self::set_aside`] is told of.
    pub fn promise(&mut self, promise: Promise) {
        self.promise = Some(promise);
    }

    /// Frames that are set aside.
    pub fn promised(&self) -> usize {
        self.promise.as_ref().map_or(0, Promise::outstanding)
    }

    /// Sets memory aside for this many pages from the first on, and for the tables that lead to
    /// them; a failure leaves all as it was.
    pub fn set_aside(&mut self, pages: usize) -> Result<(), OutOfMemory> {
        if self.promise.is_some() {
            self.index_units(pages.div_ceil(TABLE_ENTRIES))?;
        }
        let missing = self.missing(pages);
        self.promise.as_mut().map_or(Ok(()), |promise| promise.resize(missing))
    }

    /// Gives back what is set aside for more than this many pages.
    pub fn settle(&mut self, pages: usize) {
        let missing = self.missing(pages);
        if let Some(promise) = self.promise.as_mut().filter(|own| own.outstanding() > missing) {
            let outcome = promise.resize(missing);
            debug_assert!(outcome.is_ok(), "less memory is always there");
        }
    }

    /// Pages and tables that do not exist yet, of a region with this many pages.
    fn missing(&self, pages: usize) -> usize {
        let units = pages.div_ceil(TABLE_ENTRIES);
        let tables = self.tables.iter().take(units).flatten().count();
        pages.saturating_sub(self.resident) + (units - tables)
    }

    /// The tables of this unit and of those behind it.
    pub fn tables_from(&self, unit: usize) -> &[Option<LeafTable>] {
        self.tables.get(unit..).unwrap_or_default()
    }

    /// The first of the pages that exist, from this index on, with its index.
    pub fn page_from(&self, index: usize) -> Option<(usize, Frame)> {
        let mut index = index;
        while let Some(table) = self.tables.get(index / TABLE_ENTRIES) {
            if let Some(table) = table
                && let Some(frame) = table.frame(index % TABLE_ENTRIES)
            {
                return Some((index, frame));
            }
            let step = if table.is_some() { 1 } else { TABLE_ENTRIES - index % TABLE_ENTRIES };
            index += step;
        }
        None
    }

    /// Pages that are in the tables, counted anew.
    pub fn count(&self) -> usize {
        self.tables.iter().flatten().map(LeafTable::pages).sum()
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
        table.for_each(|index, _| {
            if keep(index)
                && let Some(frame) = table.frame(index)
            {
                copy.set(index, frame, rights, ownership);
            }
        });
        Ok(copy)
    }

    /// Takes a page out of its table, if it is there; it may be let go when no processor can reach it
    /// any more.
    pub fn take(&mut self, index: usize) -> Option<Frame> {
        let table = self.tables.get(index / TABLE_ENTRIES)?.as_ref()?;
        let frame = table.take(index % TABLE_ENTRIES)?;
        self.resident -= 1;
        Some(frame)
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
