//! Private pages of an address space, taken together so that an object can have them.
//!
//! They are the very same frames, but for pages that somebody else still shows (a relative since a
//! fork, or the file that a private view is of): those are copied, so nobody else sees what the
//! new owners store.
//!
//! It is done in two steps. The first makes the object's tables, with the copies, and may fail. The
//! second moves the entries of all other pages there, which needs no memory and counts nothing: an
//! entry's reference goes along with it.

use super::Ownership;
use super::descriptor::{Rights, TableEntry, TableKind};
use super::frame::Frame;
use super::frames::OutOfMemory;
use super::gather::Gather;
use super::map_error::MapError;
use super::object::{MemoryObject, PageError};
use super::space::State;
use super::table::{LeafTable, MovedRow};
use super::view::{Backing, View};
use arch::addr::{PAGE_SIZE, PageRange, TABLE_ENTRIES, UNIT_SIZE, VirtAddr};
use core::ops::Range;
use smallvec::SmallVec;

/// The tables of an object, from its first unit on; none for a unit without pages. Most objects need
/// no list of their own.
pub type Tables = SmallVec<[Option<LeafTable>; 2]>;

/// Pages for an object.
pub struct LoosePages {
    /// Its tables, in which the copies are.
    pub tables: Tables,
    /// How many pages there is room for.
    pub pages: usize,
    /// How many there are once all have been moved.
    pub resident: usize,
    /// How many of these are copies.
    pub copied: usize,
}

impl LoosePages {
    fn new(pages: usize) -> Result<Self, OutOfMemory> {
        let units = pages.div_ceil(TABLE_ENTRIES);
        let mut tables = Tables::new();
        tables.try_reserve_exact(units).map_err(|_| OutOfMemory)?;
        tables.resize_with(units, || None);
        Ok(Self { tables, pages, resident: 0, copied: 0 })
    }

    fn table(&mut self, index: usize) -> Result<&LeafTable, OutOfMemory> {
        match &mut self.tables[index / TABLE_ENTRIES] {
            Some(table) => Ok(table),
            slot => Ok(slot.insert(LeafTable::new()?)),
        }
    }

    /// Counts pages in a row of places that are moved later.
    fn expect(&mut self, row: Range<usize>, pages: usize) -> Result<(), OutOfMemory> {
        if pages > 0 {
            self.table(row.start)?;
            self.table(row.end - 1)?;
            self.resident += pages;
        }
        Ok(())
    }

    fn put(&mut self, index: usize, copy: Frame) -> Result<(), OutOfMemory> {
        let table = self.table(index)?;
        table.set(index % TABLE_ENTRIES, copy, Rights::all(), Ownership::Shared);
        self.resident += 1;
        self.copied += 1;
        Ok(())
    }
}

/// What becomes of a page.
enum Loose {
    /// It is moved.
    Own,
    /// Somebody else shows it, too.
    Copy(Frame),
}

impl State {
    /// Prepares the pages that a view shows in a range, and that are not an object's, for
    /// [`Self::move_pages`].
    pub(super) fn loose_pages(
        &self,
        range: PageRange,
        view: &View,
        gather: &mut Gather,
    ) -> Result<LoosePages, MapError> {
        let mut loose = LoosePages::new(range.pages())?;
        for part in range.units() {
            self.make_own(part.start().unit_start(), gather)?;
            let first = (part.start().value() - range.start().value()) / PAGE_SIZE;
            let places = first..first + part.pages();
            match self.own_pages(part, view) {
                Some(pages) => loose.expect(places, pages)?,
                None => self.loose_part(part, places, view, &mut loose)?,
            }
        }
        Ok(loose)
    }

    /// How many pages there are in a part of a unit, if all that there are can be moved.
    fn own_pages(&self, part: PageRange, view: &View) -> Option<usize> {
        let pages = match self.directory.table(part.start()) {
            Some(table) => table.writable_pages(part.start().level3_index(), part.pages())?,
            None => 0,
        };
        let is_complete = view.backing == Backing::Anonymous || pages == part.pages();
        is_complete.then_some(pages)
    }

    /// Looks at the pages of a part of a unit one by one.
    fn loose_part(
        &self,
        part: PageRange,
        places: Range<usize>,
        view: &View,
        loose: &mut LoosePages,
    ) -> Result<(), MapError> {
        for (page, index) in part.iter().zip(places) {
            match self.loose_page(page, view)? {
                Some(Loose::Own) => loose.expect(index..index + 1, 1)?,
                Some(Loose::Copy(copy)) => loose.put(index, copy)?,
                None => {}
            }
        }
        Ok(())
    }

    /// Moves the pages of a range for which [`Self::loose_pages`] was called into the tables of
    /// the object that was made of it; processors may use them here until the range is
    /// invalidated.
    pub(super) fn move_pages(&self, range: PageRange, object: &dyn MemoryObject) {
        object.visit_tables(0, &mut |tables| {
            for (unit, table) in tables.iter().enumerate() {
                let start = range.start().add(unit * UNIT_SIZE);
                if let Some(table) = table
                    && let Some(part) =
                        PageRange::from_bounds(start, start.add(UNIT_SIZE).min(range.end()))
                {
                    self.move_pages_to(part, table);
                }
            }
        });
    }

    /// The same for a table and the range of its pages.
    fn move_pages_to(&self, range: PageRange, table: &LeafTable) {
        let mut index = 0;
        for part in range.units() {
            let (place, pages) = (part.start().level3_index(), part.pages());
            if let Some(own) = self.directory.table(part.start()) {
                table.move_row(index, MovedRow { table: &own, place, pages });
            }
            index += pages;
        }
    }

    /// Makes the unit's table, if it has one, a private one that this address space alone has:
    /// from then on a page is shared exactly if its own count says so.
    pub(super) fn make_own(&self, unit: VirtAddr, gather: &mut Gather) -> Result<(), OutOfMemory> {
        let Some(table) = self.directory.table(unit) else { return Ok(()) };
        let entry = self.directory.entry(unit);
        if entry.kind() == TableKind::Linked {
            return self.cut_link(unit, gather);
        }
        if entry.allows_write() {
            return Ok(());
        }
        if table.is_exclusive() {
            self.directory.narrow(unit, TableEntry::own(table.address()));
            gather.unit(unit, None);
            return Ok(());
        }
        self.split_table(unit, gather)
    }

    /// The page at an address, if there is one.
    fn loose_page(&self, page: VirtAddr, view: &View) -> Result<Option<Loose>, MapError> {
        let index = page.level3_index();
        if let Some(table) = self.directory.table(page)
            && let Some(frame) = table.frame(index)
        {
            // Who may store now has broken all sharing. One reference is the table's, one is
            // `frame`.
            let is_own = table.entry(index).rights().contains(Rights::WRITE) || frame.count() == 2;
            return Ok(Some(if is_own { Loose::Own } else { Loose::Copy(frame.copied()?) }));
        }
        let Backing::Object { attachment, .. } = &view.backing else { return Ok(None) };
        match attachment.object.page(view.page_index(page)) {
            Ok(frame) => Ok(Some(Loose::Copy(frame.copied()?))),
            Err(PageError::BeyondEnd) => Err(MapError::Unmapped),
            Err(PageError::OutOfMemory) => Err(MapError::OutOfMemory),
            Err(PageError::Absent | PageError::Unreadable) => Err(MapError::Absent),
        }
    }
}
