//! The upper two levels of an address space's tables: its own, never shared.
#![allow(unsafe_code, reason = "the bottom of memory: tables are read and written here")]

use super::descriptor::TableEntry;
use super::frames::{self, FrameUse, OutOfMemory};
use super::table::{LeafTable, empty_table};
use arch::addr::{PhysAddr, TABLE_ENTRIES, UNIT_SHIFT, VirtAddr};
use core::mem::ManuallyDrop;

/// A level-1 table with its level-2 tables.
pub struct Directory {
    root: PhysAddr,
}

/// A level-3 table that a directory leads to.
pub type Borrowed = ManuallyDrop<LeafTable>;

impl Directory {
    /// Without any table.
    pub fn new() -> Result<Self, OutOfMemory> {
        Ok(Self { root: empty_table()? })
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
            let table = empty_table()?;
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
        self.write_entry(address, entry);
    }

    /// Calls `visit` with the start of each unit that has a table, and its entry.
    pub fn for_each(&self, mut visit: impl FnMut(VirtAddr, TableEntry)) {
        for high in 0..TABLE_ENTRIES {
            let Some(level2) = read(self.root, high).table() else { continue };
            for low in 0..TABLE_ENTRIES {
                let entry = read(level2, low);
                if entry.table().is_some() {
                    let unit = (high * TABLE_ENTRIES + low) << UNIT_SHIFT;
                    visit(VirtAddr::new(unit), entry);
                }
            }
        }
    }

    fn level2(&self, address: VirtAddr) -> Option<PhysAddr> {
        read(self.root, address.level1_index()).table()
    }

    fn write_entry(&self, address: VirtAddr, entry: TableEntry) {
        let table = self.level2(address).expect("invariant: the level-2 table was prepared");
        write(table, address.level2_index(), entry);
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        for high in 0..TABLE_ENTRIES {
            let Some(level2) = read(self.root, high).table() else { continue };
            for low in 0..TABLE_ENTRIES {
                if let Some(table) = read(level2, low).table() {
                    // SAFETY: the entry holds a reference, and the level-2 table goes now.
                    drop(unsafe { LeafTable::from_entry(table) });
                }
            }
            frames::free(level2, FrameUse::Table);
        }
        frames::free(self.root, FrameUse::Table);
    }
}

fn read(table: PhysAddr, index: usize) -> TableEntry {
    // SAFETY: only tables of a directory that lives come here, with an index below 512.
    TableEntry::from_bits(unsafe { arch::ram::read_entry(table, index) })
}

fn write(table: PhysAddr, index: usize, entry: TableEntry) {
    // SAFETY: as for `read`; the entry leads to a table that the directory holds.
    unsafe { arch::ram::write_entry(table, index, entry.bits()) };
}
