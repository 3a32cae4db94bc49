//! A level-3 translation table as an object: 512 pages that several owners can share.
//!
//! Owners are regions (the table leads to the region's pages) and address spaces (by a link, or
//! as their own private table, which fork shares). A private table that two address spaces share
//! is never changed but to take write rights away; who wants to change it splits it first.
#![allow(unsafe_code, reason = "the bottom of memory: tables are read and written here")]

use super::descriptor::{Ownership, PageEntry, Rights};
use super::empty_tables;
use super::frame::{Frame, Leaving, Row};
use super::frames::OutOfMemory;
use super::occupancy::{self, LeafNote};
use arch::addr::{PhysAddr, TABLE_ENTRIES};
use core::mem::ManuallyDrop;

/// One reference to a level-3 table; the last one to go lets go of the pages and frees it.
#[derive(Debug)]
pub struct LeafTable(PhysAddr);

/// Pages in a row of a table.
pub struct MovedRow<'a> {
    /// The table.
    pub table: &'a LeafTable,
    /// The index of the first.
    pub place: usize,
    /// How many places.
    pub pages: usize,
}

impl LeafTable {
    /// A table without pages.
    pub fn new() -> Result<Self, OutOfMemory> {
        Ok(Self(empty_tables::take()?))
    }

    /// A table without pages, in a frame that the caller has been promised.
    pub fn new_promised() -> Result<Self, OutOfMemory> {
        Ok(Self(empty_tables::take_promised()?))
    }

    /// The entry at `index`, which is taken modulo 512.
    #[inline]
    pub fn entry(&self, index: usize) -> PageEntry {
        // SAFETY: the table's frame lives as long as `self`.
        PageEntry::from_bits(unsafe { arch::ram::read_entry(self.0, index % TABLE_ENTRIES) })
    }

    /// A new reference to the page at `index`.
    ///
    /// The caller keeps others from taking the page away meanwhile: by the lock of the address
    /// space or region that the table belongs to, or because a shared table loses no pages.
    pub fn frame(&self, index: usize) -> Option<Frame> {
        let address = self.entry(index).frame()?;
        // SAFETY: the entry holds a reference, and `ManuallyDrop` leaves it there.
        let frame = ManuallyDrop::new(unsafe { Frame::from_entry(address) });
        Some(Frame::clone(&frame))
    }

    /// Puts a page where there is none; an entry that changes a page needs [`Self::take`] first.
    pub fn set(&self, index: usize, frame: Frame, rights: Rights, ownership: Ownership) {
        debug_assert!(self.entry(index).frame().is_none(), "a page would be lost");
        LeafNote::of(self.0).mark(index);
        self.write(index, PageEntry::new(frame.into_entry(), rights, ownership));
    }

    /// Puts the new private pages of a row, of which there are so many, in the places from `first`
    /// on, where there are none.
    pub fn set_row(&self, first: usize, made: usize, row: &mut Row, rights: Rights) {
        LeafNote::of(self.0).mark_row(first..first + made);
        let mut index = first;
        row.give_up(|frame| {
            debug_assert!(self.entry(index).frame().is_none(), "a page would be lost");
            self.write(index, PageEntry::new(frame, rights, Ownership::Private));
            index += 1;
        });
    }

    /// Whether there is no page in a row of places.
    pub fn is_empty_row(&self, first: usize, places: usize) -> bool {
        (first..first + places).all(|index| self.entry(index) == PageEntry::EMPTY)
    }

    /// How many pages there are in a row of places, if programs may store to each of them.
    pub fn writable_pages(&self, first: usize, places: usize) -> Option<usize> {
        let (end, mut pages) = (first + places, 0);
        for start in (first..end).step_by(8) {
            let eight = start..end.min(start + 8);
            // Mostly all are there, and may be stored to.
            let last = eight.end - 1;
            let least = (start + 1..start + 8).fold(self.entry(start), |least, index| {
                least.narrower(self.entry(index.min(last)))
            });
            if least.allows_write() {
                pages += eight.len();
                continue;
            }
            for entry in eight.map(|index| self.entry(index)) {
                if entry != PageEntry::EMPTY && !entry.allows_write() {
                    return None;
                }
                pages += usize::from(entry != PageEntry::EMPTY);
            }
        }
        Some(pages)
    }

    /// Moves a row of private pages from another table to the places from `first` on, to be an
    /// object's; what has a page here already stays there.
    pub fn move_row(&self, first: usize, row: MovedRow<'_>) {
        LeafNote::of(self.0).mark_row(first..first + row.pages);
        for offset in 0..row.pages {
            let entry = row.table.entry(row.place + offset);
            let is_free = || self.entry(first + offset) == PageEntry::EMPTY;
            if entry != PageEntry::EMPTY && is_free() {
                row.table.write(row.place + offset, PageEntry::EMPTY);
                self.write(first + offset, entry.for_object());
            }
        }
    }

    /// Takes a page away.
    ///
    /// The frame may be used by a processor until the translation is invalidated: gather it
    /// first (`gather`).
    pub fn take(&self, index: usize) -> Option<Frame> {
        let address = self.entry(index).frame()?;
        self.write(index, PageEntry::EMPTY);
        // SAFETY: the entry held a reference and no longer does.
        Some(unsafe { Frame::from_entry(address) })
    }

    /// Changes what programs may do with the page at `index`, if there is one.
    pub fn set_rights(&self, index: usize, rights: Rights) {
        let entry = self.entry(index);
        if entry.frame().is_some() && entry.rights() != rights {
            self.write(index, entry.with_rights(rights));
        }
    }

    /// The same, where rights may be added: instructions that were written while the page could
    /// not be executed become visible to fetches.
    pub fn widen(&self, index: usize, rights: Rights) {
        let added = rights - self.entry(index).rights();
        if added.contains(Rights::EXECUTE)
            && let Some(frame) = self.frame(index)
        {
            frame.synchronise_instructions();
        }
        self.set_rights(index, rights);
    }

    /// Where the table is.
    pub const fn address(&self) -> PhysAddr {
        self.0
    }

    /// Whether this is the only reference.
    pub fn is_exclusive(&self) -> bool {
        LeafNote::of(self.0).is_exclusive()
    }

    /// Another reference; refused where there are millions.
    pub fn share(&self) -> Result<Self, OutOfMemory> {
        if LeafNote::of(self.0).try_add() { Ok(Self(self.0)) } else { Err(OutOfMemory) }
    }

    /// A table of one's own with the same pages: private ones lose their write rights in both.
    pub fn split(&self) -> Result<Self, OutOfMemory> {
        let copy = Self::new()?;
        LeafNote::of(copy.0).mark_all(LeafNote::of(self.0).groups());
        self.for_each(|index, entry| {
            let Some(address) = entry.frame() else { return };
            // SAFETY: the entry holds a reference, and `ManuallyDrop` leaves it there.
            let frame = ManuallyDrop::new(unsafe { Frame::from_entry(address) });
            Frame::clone(&frame).into_entry();
            let narrowed = match entry.ownership() {
                Ownership::Private => entry.without_write(),
                Ownership::Shared => entry,
            };
            if narrowed != entry {
                self.write(index, narrowed);
            }
            copy.write(index, narrowed);
        });
        Ok(copy)
    }

    /// Pages that are there.
    pub fn pages(&self) -> usize {
        let mut pages = 0;
        self.for_each(|_, entry| pages += usize::from(entry.frame().is_some()));
        pages
    }

    /// Calls `visit` with every entry that is not empty, by its index.
    pub fn for_each(&self, mut visit: impl FnMut(usize, PageEntry)) {
        let visit = |index, bits| visit(index, PageEntry::from_bits(bits));
        // SAFETY: the frame holds a table for as long as `self` lives.
        unsafe { occupancy::visit_leaf(self.0, LeafNote::of(self.0).groups(), visit) };
    }

    /// Gives the reference up to a level-2 entry, which [`Self::from_entry`] takes it back from.
    pub fn into_entry(self) -> PhysAddr {
        ManuallyDrop::new(self).0
    }

    /// Takes back the reference that a level-2 entry holds.
    ///
    /// # Safety
    ///
    /// - The address came from [`Self::into_entry`] and was not taken back since.
    pub const unsafe fn from_entry(address: PhysAddr) -> Self {
        Self(address)
    }

    fn write(&self, index: usize, entry: PageEntry) {
        // SAFETY: the table's frame lives as long as `self`, and the entry leads to a frame that
        // the table holds a reference to.
        unsafe { arch::ram::write_entry(self.0, index % TABLE_ENTRIES, entry.bits()) };
    }
}

impl Drop for LeafTable {
    #[inline]
    fn drop(&mut self) {
        if LeafNote::of(self.0).remove() {
            self.let_go();
        }
    }
}

impl LeafTable {
    /// Lets go of the pages and of the table, whose last reference this was.
    #[inline(never)]
    fn let_go(&mut self) {
        let mut leaving = Leaving::new();
        self.for_each(|index, entry| {
            if let Some(address) = entry.frame() {
                self.write(index, PageEntry::EMPTY);
                // SAFETY: the entry held a reference and no longer does.
                leaving.push(unsafe { Frame::from_entry(address) });
            }
        });
        // SAFETY: this was the last reference, and every entry is empty now.
        unsafe { empty_tables::give_back(self.0) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::set_up_memory;
    use std::vec::Vec;

    /// The ends of groups that are looked at together, and what lies between.
    const PLACES: [usize; 8] = [0, 63, 64, 100, 127, 320, 448, 511];

    fn filled() -> LeafTable {
        let table = LeafTable::new().unwrap();
        for index in PLACES {
            let page = Frame::zeroed().unwrap();
            table.set(index, page, Rights::all(), Ownership::Private);
        }
        table
    }

    fn places(table: &LeafTable) -> Vec<usize> {
        (0..TABLE_ENTRIES).filter(|index| table.entry(*index).frame().is_some()).collect()
    }

    #[test]
    fn a_split_has_every_page_and_nobody_may_store_to_one() {
        set_up_memory();
        let table = filled();
        let split = table.split().unwrap();
        assert_eq!(places(&split), PLACES);
        assert_eq!((table.pages(), split.pages()), (PLACES.len(), PLACES.len()));
        for index in PLACES {
            assert_eq!(split.entry(index), table.entry(index));
            assert!(!split.entry(index).rights().contains(Rights::WRITE));
            assert_eq!(split.frame(index).unwrap().count(), 3, "one is the question's own");
        }
    }

    #[test]
    fn a_table_that_was_used_before_is_empty_and_its_pages_are_gone() {
        set_up_memory();
        let table = filled();
        let kept = table.frame(511).unwrap();
        drop(table);
        assert_eq!(kept.count(), 1);
        let tables: Vec<_> = (0..16).map(|_| LeafTable::new().unwrap()).collect();
        for table in &tables {
            assert_eq!((places(table), table.pages()), (Vec::new(), 0));
        }
    }

    #[test]
    fn a_row_has_so_many_pages_if_programs_may_store_to_each() {
        set_up_memory();
        let table = LeafTable::new().unwrap();
        let put = |index| {
            table.set(index, Frame::zeroed().unwrap(), Rights::all(), Ownership::Private);
        };
        (3..40).for_each(put);
        for (row, pages) in
            [(0..3, 0), (0..5, 2), (3..40, 37), (4..37, 33), (30..64, 10), (5..6, 1)]
        {
            assert_eq!(table.writable_pages(row.start, row.len()), Some(pages), "{row:?}");
        }
        put(100);
        assert_eq!(table.writable_pages(0, TABLE_ENTRIES), Some(38));
        table.set_rights(20, Rights::READ);
        let found = [0, 13, 20, 21].map(|first| table.writable_pages(first, 10));
        assert_eq!(found, [Some(7), None, None, Some(10)]);
        let (other, to) = (LeafTable::new().unwrap(), 7);
        other.set(to + 1, Frame::zeroed().unwrap(), Rights::all(), Ownership::Shared);
        other.move_row(to, MovedRow { table: &table, place: 20, pages: 3 });
        assert_eq!((places(&other), table.pages()), (vec![7, 8, 9], 36), "what is there stays");
    }

    #[test]
    fn a_table_is_freed_with_its_last_reference() {
        set_up_memory();
        let table = filled();
        let page = table.frame(64).unwrap();
        let other = table.share().unwrap();
        assert!(!table.is_exclusive());
        drop(table);
        assert!(other.is_exclusive());
        assert_eq!(page.count(), 2);
        drop(other);
        assert_eq!(page.count(), 1);
    }
}
