//! The upper two levels of an address space's tables: its own, never shared.
#![allow(unsafe_code, reason = "the bottom of memory: tables are read and written here")]

use super::descriptor::{TableEntry, TableKind};
use super::empty_tables;
use super::frames::OutOfMemory;
use super::occupancy::{self, UpperNote};
use super::table::LeafTable;
use arch::addr::{PhysAddr, TABLE_ENTRIES, UNIT_SHIFT, VirtAddr};
use core::mem::ManuallyDrop;

/// A level-1 table with its level-2 tables.
pub struct Directory {
    root: PhysAddr,
}

/// A level-3 table that a directory leads to.
pub type Borrowed = ManuallyDrop<LeafTable>;

/// What a child gets of a unit.
pub enum HandedOn {
    /// Nothing.
    Nothing,
    /// The same table, by the second entry; the first is the parent's own from now on.
    Shared(TableEntry, TableEntry),
    /// A table of its own.
    Own(LeafTable),
}

impl Directory {
    /// Without any table.
    pub fn new() -> Result<Self, OutOfMemory> {
        Ok(Self { root: new_table()? })
    }

    /// The level-1 table, for the processor.
    pub const fn root(&self) -> PhysAddr {
        self.root
    }

    /// The level-2 entry for the unit that the address lies in.
    pub fn entry(&self, address: VirtAddr) -> TableEntry {
        match self.level2(address) {
            Some(table) => read(table, address.level2_index()),
            None => TableEntry::EMPTY,
        }
    }

    /// The table for the unit, if there is one.
    pub fn table(&self, address: VirtAddr) -> Option<Borrowed> {
        let table = self.entry(address).table()?;
        // SAFETY: the entry holds a reference, and `ManuallyDrop` leaves it there.
        Some(ManuallyDrop::new(unsafe { LeafTable::from_entry(table) }))
    }

    /// Makes the level-2 table that covers the address, if it is not there.
    pub fn prepare(&self, address: VirtAddr) -> Result<(), OutOfMemory> {
        if self.level2(address).is_none() {
            let table = new_table()?;
            write(self.root, address.level1_index(), TableEntry::directory(table));
        }
        Ok(())
    }

    /// Leads the unit to a table by an entry made for it; the unit has none, and
    /// [`Self::prepare`] was called for it.
    pub fn set(&self, address: VirtAddr, table: LeafTable, entry: TableEntry) {
        debug_assert!(self.entry(address).table().is_none(), "a table would be lost");
        debug_assert_eq!(Some(table.address()), entry.table());
        table.into_entry();
        self.write_entry(address, entry);
    }

    /// Takes the unit's table away; processors may use it until the unit is invalidated.
    pub fn take(&self, address: VirtAddr) -> Option<LeafTable> {
        let table = self.entry(address).table()?;
        self.write_entry(address, TableEntry::EMPTY);
        // SAFETY: the entry held a reference and no longer does.
        Some(unsafe { LeafTable::from_entry(table) })
    }

    /// Replaces the unit's entry by one for the same table that allows more or less.
    pub fn narrow(&self, address: VirtAddr, entry: TableEntry) {
        debug_assert_eq!(self.entry(address).table(), entry.table());
        let table = self.level2(address).expect("invariant: the unit has an entry");
        replace(table, address.level2_index(), entry);
    }

    /// Lets programs store to a unit again that was shared with relatives, by a table of which
    /// this directory is the only owner now, if the page at the address may be stored to; whether
    /// that is so.
    pub fn regain(&self, address: VirtAddr) -> bool {
        let Some(level2) = self.level2(address) else { return false };
        let index = address.level2_index();
        let entry = read(level2, index);
        let Some(leads_to) = entry.table().filter(|_| entry.kind() == TableKind::Private) else {
            return false;
        };
        // SAFETY: the entry holds a reference, and `ManuallyDrop` leaves it there.
        let table = ManuallyDrop::new(unsafe { LeafTable::from_entry(leads_to) });
        let is_free = !entry.allows_write()
            && table.is_exclusive()
            && table.entry(address.level3_index()).allows_write();
        if is_free {
            replace(level2, index, TableEntry::own(leads_to));
        }
        is_free
    }

    /// Calls `visit` with the start of each unit that has a table, and its entry.
    pub fn for_each(&self, mut visit: impl FnMut(VirtAddr, TableEntry)) {
        visit_entries(self.root, |high, entry| {
            let Some(level2) = entry.table() else { return };
            visit_entries(level2, |low, entry| visit(unit_at(high, low), entry));
        });
    }

    /// Calls `visit` with each of the directory's own tables: those of the upper two levels.
    pub fn for_each_upper(&self, mut visit: impl FnMut(PhysAddr)) {
        visit(self.root);
        visit_entries(self.root, |_, entry| entry.table().into_iter().for_each(&mut visit));
    }

    /// Gives a child, which has nothing yet, what `choose` says of each unit; stops at a failure.
    ///
    /// Both sides' level-2 tables are found once for all units below them.
    pub fn hand_on(
        &self,
        child: &Self,
        mut choose: impl FnMut(VirtAddr, TableEntry, &Borrowed) -> Result<HandedOn, OutOfMemory>,
    ) -> Result<(), OutOfMemory> {
        let mut outcome = Ok(());
        visit_entries(self.root, |high, entry| {
            let Some(level2) = entry.table() else { return };
            let mut below = None;
            visit_entries(level2, |low, entry| {
                if outcome.is_ok() {
                    outcome = hand_on_unit((level2, low), entry, &mut below, |entry, table| {
                        choose(unit_at(high, low), entry, table)
                    });
                }
            });
            if let Some(table) = below {
                write(child.root, high, TableEntry::directory(table));
            }
        });
        outcome
    }

    /// A way through the units of a range, one after the other.
    pub const fn way(&self) -> Way<'_> {
        Way { directory: self, below: None, noted: None }
    }

    fn level2(&self, address: VirtAddr) -> Option<PhysAddr> {
        read(self.root, address.level1_index()).table()
    }

    fn write_entry(&self, address: VirtAddr, entry: TableEntry) {
        let table = self.level2(address).expect("invariant: the level-2 table was prepared");
        write(table, address.level2_index(), entry);
    }
}

/// A way through units: what is above several of them is looked for once.
pub struct Way<'a> {
    directory: &'a Directory,
    /// The level-2 table of the last unit, and its index on level 1.
    below: Option<(usize, PhysAddr)>,
    /// The block of the last entry, which the level-2 table has noted.
    noted: Option<usize>,
}

impl Way<'_> {
    /// The level-2 table for a unit, if there is one.
    #[inline]
    fn level2(&mut self, unit: VirtAddr) -> Option<PhysAddr> {
        let high = unit.level1_index();
        match self.below {
            Some((index, table)) if index == high => Some(table),
            _ => {
                let table = self.directory.level2(unit)?;
                (self.below, self.noted) = (Some((high, table)), None);
                Some(table)
            }
        }
    }

    /// Leads a unit to a table of an object's, unless it has one; `entry` makes what leads there.
    #[inline]
    pub fn link(
        &mut self,
        unit: VirtAddr,
        table: &LeafTable,
        entry: impl Fn(PhysAddr) -> TableEntry,
    ) -> Result<(), OutOfMemory> {
        let level2 = match self.level2(unit) {
            Some(level2) => level2,
            None => self.make_level2(unit)?,
        };
        let index = unit.level2_index();
        if read(level2, index).table().is_none() {
            let entry = entry(table.share()?.into_entry());
            let block = UpperNote::block(index);
            if self.noted != Some(block) {
                UpperNote::of(level2).mark(index);
                self.noted = Some(block);
            }
            replace(level2, index, entry);
        }
        Ok(())
    }

    #[cold]
    #[inline(never)]
    fn make_level2(&mut self, unit: VirtAddr) -> Result<PhysAddr, OutOfMemory> {
        self.directory.prepare(unit)?;
        Ok(self.level2(unit).expect("invariant: it was just made"))
    }

    /// As [`Directory::take`].
    #[inline]
    pub fn take(&mut self, unit: VirtAddr) -> Option<LeafTable> {
        let (level2, index) = (self.level2(unit)?, unit.level2_index());
        let table = read(level2, index).table()?;
        replace(level2, index, TableEntry::EMPTY);
        // SAFETY: the entry held a reference and no longer does.
        Some(unsafe { LeafTable::from_entry(table) })
    }
}

impl Directory {
    /// Lets go of all tables but the first level, which processors may still be led to.
    pub fn clear(&mut self) {
        visit_entries(self.root, |high, entry| {
            let Some(level2) = entry.table() else { return };
            visit_entries(level2, |low, entry| {
                if let Some(table) = entry.table() {
                    write(level2, low, TableEntry::EMPTY);
                    // SAFETY: the entry held a reference and no longer does.
                    drop(unsafe { LeafTable::from_entry(table) });
                }
            });
            write(self.root, high, TableEntry::EMPTY);
            free_table(level2);
        });
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        self.clear();
        free_table(self.root);
    }
}

/// Leads the child's table `below`, made if it is not there, to what it gets of one unit, whose
/// place in the parent's tables is `place`.
fn hand_on_unit(
    place: (PhysAddr, usize),
    entry: TableEntry,
    below: &mut Option<PhysAddr>,
    choose: impl FnOnce(TableEntry, &Borrowed) -> Result<HandedOn, OutOfMemory>,
) -> Result<(), OutOfMemory> {
    let Some(table) = entry.table() else { return Ok(()) };
    // SAFETY: the entry holds a reference, and `ManuallyDrop` leaves it there.
    let table = ManuallyDrop::new(unsafe { LeafTable::from_entry(table) });
    let handed_on = choose(entry, &table)?;
    if matches!(handed_on, HandedOn::Nothing) {
        return Ok(());
    }
    let level2 = match *below {
        Some(level2) => level2,
        None => *below.insert(new_table_like(place.0)?),
    };
    match handed_on {
        HandedOn::Nothing => {}
        HandedOn::Shared(own, childs) => {
            debug_assert_eq!((own.table(), childs.table()), (entry.table(), entry.table()));
            let reference = table.share()?;
            if own != entry {
                replace(place.0, place.1, own);
            }
            reference.into_entry();
            replace(level2, place.1, childs);
        }
        HandedOn::Own(table) => {
            let entry = TableEntry::own(table.address());
            table.into_entry();
            replace(level2, place.1, entry);
        }
    }
    Ok(())
}

const fn unit_at(high: usize, low: usize) -> VirtAddr {
    VirtAddr::new((high * TABLE_ENTRIES + low) << UNIT_SHIFT)
}

/// A table for one of the upper levels.
fn new_table() -> Result<PhysAddr, OutOfMemory> {
    let table = empty_tables::take()?;
    UpperNote::of(table).clear();
    Ok(table)
}

/// A table that is to have entries in places where the other one has some, and nowhere else.
fn new_table_like(other: PhysAddr) -> Result<PhysAddr, OutOfMemory> {
    let table = empty_tables::take()?;
    UpperNote::of(table).copy(&UpperNote::of(other));
    Ok(table)
}

/// Gives such a table back, whose entries are all empty.
fn free_table(table: PhysAddr) {
    // SAFETY: the directory that held the table goes, and has emptied all of its entries.
    unsafe { empty_tables::give_back(table) };
}

fn visit_entries(table: PhysAddr, mut visit: impl FnMut(usize, TableEntry)) {
    let visit = |index, bits| visit(index, TableEntry::from_bits(bits));
    // SAFETY: only tables of a directory that lives come here.
    unsafe { occupancy::visit_upper(table, UpperNote::of(table).get(), visit) };
}

fn read(table: PhysAddr, index: usize) -> TableEntry {
    // SAFETY: only tables of a directory that lives come here, with an index below 512.
    TableEntry::from_bits(unsafe { arch::ram::read_entry(table, index) })
}

fn write(table: PhysAddr, index: usize, entry: TableEntry) {
    if entry != TableEntry::EMPTY {
        UpperNote::of(table).mark(index);
    }
    replace(table, index, entry);
}

/// As [`write`], in a place that is noted already.
fn replace(table: PhysAddr, index: usize, entry: TableEntry) {
    // SAFETY: as for `read`; the entry leads to a table that the directory holds.
    unsafe { arch::ram::write_entry(table, index, entry.bits()) };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mm::descriptor::Rights;
    use crate::testing::set_up_memory;
    use arch::addr::UNIT_SIZE;
    use std::vec::Vec;

    #[test]
    fn what_is_linked_on_one_way_is_found_again_wherever_it_lies_and_can_be_taken() {
        set_up_memory();
        let (directory, table) = (Directory::new().unwrap(), LeafTable::new().unwrap());
        // Neighbours, ends of blocks of entries, and more than one level-2 table.
        let places = [0, 1, 3, 4, 15, 16, 17, 100, 101, 300, 400, 511, 512, 513, 1023, 5000];
        let units: Vec<_> = places.iter().map(|place| VirtAddr::new(place * UNIT_SIZE)).collect();
        let entry = TableEntry::links(Rights::READ);
        let mut way = directory.way();
        units.iter().for_each(|unit| way.link(*unit, &table, &entry).unwrap());
        let mut found = Vec::new();
        directory.for_each(|unit, entry| {
            assert!(entry.table() == Some(table.address()) && !entry.allows_write());
            found.push(unit.value());
        });
        found.sort_unstable();
        assert_eq!(found, units.iter().map(|unit| unit.value()).collect::<Vec<_>>());
        let mut way = directory.way();
        assert!(units.iter().all(|unit| way.take(*unit).is_some()));
        assert!(units.iter().all(|unit| way.take(*unit).is_none()) && table.is_exclusive());
    }
}
