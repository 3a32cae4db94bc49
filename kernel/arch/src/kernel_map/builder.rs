//! Fills the kernel's tables, with the largest blocks that fit.
//!
//! Entries only ever go from invalid to valid, so the map may be live while it grows: no
//! break-before-make is needed, only a barrier before the new addresses are used.

use super::descriptor::{MemoryKind, block, page, table};
use super::pool::TablePool;
use crate::addr::{PAGE_SIZE, PhysAddr, TABLE_ENTRIES, UNIT_SIZE, VirtAddr};
use crate::ram;
use core::ops::Range;

/// The span of a level-1 entry.
const GIB: usize = TABLE_ENTRIES * UNIT_SIZE;
const VALID: u64 = 1;
const IS_TABLE: u64 = 3;
const ADDRESS: u64 = 0x0000_FFFF_FFFF_F000;

/// Why something can't be mapped.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum MapError {
    /// This address or the physical one is not on a page border.
    Misaligned(VirtAddr),
    /// There is something at this address already.
    Occupied(VirtAddr),
    /// There are no frames left for tables.
    OutOfTables,
}

/// The tables of the kernel's half.
#[derive(Debug)]
pub struct KernelMap {
    root: PhysAddr,
    pool: TablePool,
}

impl KernelMap {
    /// A map of nothing, whose tables come from `pool`.
    pub fn new(mut pool: TablePool) -> Result<Self, MapError> {
        let root = pool.take().ok_or(MapError::OutOfTables)?;
        Ok(Self { root, pool })
    }

    /// The level-1 table.
    pub const fn root(&self) -> PhysAddr {
        self.root
    }

    /// The frames that the map has not used.
    pub fn free_frames(&self) -> Range<PhysAddr> {
        self.pool.free()
    }

    /// Makes physical memory appear at `start` and above.
    pub fn map(
        &mut self,
        start: VirtAddr,
        physical: Range<PhysAddr>,
        kind: MemoryKind,
    ) -> Result<(), MapError> {
        let (mut at, mut from) = (start, physical.start);
        if !at.is_page_start() || !from.is_frame_start() || !physical.end.is_frame_start() {
            return Err(MapError::Misaligned(start));
        }
        while from < physical.end {
            let left = (physical.end.value() - from.value()) as usize;
            let bytes = self.map_largest(at, from, left, kind)?;
            at = at.add(bytes);
            from = from.add(bytes as u64);
        }
        Ok(())
    }

    /// Makes the tables for `bytes` from `start` on, so that pages can come and go there later.
    pub fn prepare(&mut self, start: VirtAddr, bytes: usize) -> Result<(), MapError> {
        for offset in (0..bytes).step_by(UNIT_SIZE) {
            self.level3(start.add(offset))?;
        }
        Ok(())
    }

    /// The entry for a page within a prepared range: its table and index.
    pub fn page_entry(&self, at: VirtAddr) -> Option<(PhysAddr, usize)> {
        let level2 = table_in(read(self.root, at.level1_index()))?;
        let level3 = table_in(read(level2, at.level2_index()))?;
        Some((level3, at.level3_index()))
    }

    fn map_largest(
        &mut self,
        at: VirtAddr,
        from: PhysAddr,
        left: usize,
        kind: MemoryKind,
    ) -> Result<usize, MapError> {
        let fits =
            |size: usize| left >= size && (at.value() | from.value() as usize).is_multiple_of(size);
        if fits(GIB) && read(self.root, at.level1_index()) & VALID == 0 {
            fill(self.root, at.level1_index(), block(from, kind), at)?;
            return Ok(GIB);
        }
        let level2 = self.level2(at)?;
        if fits(UNIT_SIZE) && read(level2, at.level2_index()) & VALID == 0 {
            fill(level2, at.level2_index(), block(from, kind), at)?;
            return Ok(UNIT_SIZE);
        }
        let level3 = self.level3(at)?;
        fill(level3, at.level3_index(), page(from, kind), at)?;
        Ok(PAGE_SIZE)
    }

    fn level2(&mut self, at: VirtAddr) -> Result<PhysAddr, MapError> {
        self.next_level(self.root, at.level1_index(), at)
    }

    fn level3(&mut self, at: VirtAddr) -> Result<PhysAddr, MapError> {
        let level2 = self.level2(at)?;
        self.next_level(level2, at.level2_index(), at)
    }

    fn next_level(
        &mut self,
        parent: PhysAddr,
        index: usize,
        at: VirtAddr,
    ) -> Result<PhysAddr, MapError> {
        let entry = read(parent, index);
        if entry & VALID != 0 {
            return table_in(entry).ok_or(MapError::Occupied(at));
        }
        let new = self.pool.take().ok_or(MapError::OutOfTables)?;
        fill(parent, index, table(new), at)?;
        Ok(new)
    }
}

fn table_in(entry: u64) -> Option<PhysAddr> {
    (entry & IS_TABLE == IS_TABLE).then_some(PhysAddr::new(entry & ADDRESS))
}

fn read(table: PhysAddr, index: usize) -> u64 {
    // SAFETY: `table` came from the pool or from an entry that this builder wrote; the index comes
    // from an address and is below 512.
    unsafe { ram::read_entry(table, index) }
}

fn fill(table: PhysAddr, index: usize, entry: u64, at: VirtAddr) -> Result<(), MapError> {
    if read(table, index) & VALID != 0 {
        return Err(MapError::Occupied(at));
    }
    // SAFETY: as in `read`; the entry was invalid, and what it maps was the caller's to map.
    unsafe { ram::write_entry(table, index, entry) };
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::{LINEAR_BASE, STACK_AREA};

    /// What an address is mapped to: the physical address and the size of the block.
    fn look_up(map: &KernelMap, at: usize) -> Option<(u64, usize)> {
        let at = VirtAddr::new(at);
        let levels = [(at.level1_index(), GIB), (at.level2_index(), UNIT_SIZE)];
        let mut table = map.root();
        for (index, size) in levels {
            let entry = read(table, index);
            match table_in(entry) {
                Some(next) => table = next,
                None if entry & VALID == 0 => return None,
                None => return Some((entry & ADDRESS & !(size as u64 - 1), size)),
            }
        }
        let entry = read(table, at.level3_index());
        (entry & VALID != 0).then_some((entry & ADDRESS, PAGE_SIZE))
    }

    fn map_with_tables(frames: usize) -> KernelMap {
        let row = ram::claim(frames);
        // SAFETY: `claim` gave these frames of the simulated RAM to this test alone.
        KernelMap::new(unsafe { TablePool::new(row) }).expect("room for the root")
    }

    fn range(start: u64, end: u64) -> Range<PhysAddr> {
        PhysAddr::new(start)..PhysAddr::new(end)
    }

    #[test]
    fn ram_is_mapped_with_the_largest_blocks_that_fit() {
        let mut map = map_with_tables(8);
        let start = VirtAddr::new(LINEAR_BASE + 0x3FFF_F000);
        map.map(start, range(0x3FFF_F000, 0x8020_1000), MemoryKind::Data).expect("fits");
        let found = |physical: usize| look_up(&map, LINEAR_BASE + physical);
        assert_eq!(found(0x3FFF_F000), Some((0x3FFF_F000, PAGE_SIZE)));
        assert_eq!(found(0x4000_0000), Some((0x4000_0000, GIB)));
        assert_eq!(found(0x8000_0000), Some((0x8000_0000, UNIT_SIZE)));
        assert_eq!(found(0x8020_0000), Some((0x8020_0000, PAGE_SIZE)));
        assert_eq!(found(0x8020_1000), None);
        assert_eq!(found(0x3FFF_E000), None);
    }

    #[test]
    fn what_is_mapped_is_not_mapped_over() {
        let mut map = map_with_tables(4);
        let at = VirtAddr::new(LINEAR_BASE + 0x1000);
        map.map(at, range(0x1000, 0x2000), MemoryKind::Text).expect("fits");
        let again = map.map(at, range(0x1000, 0x2000), MemoryKind::Data);
        assert_eq!(again, Err(MapError::Occupied(at)));
    }

    #[test]
    fn a_block_goes_around_pages_that_are_there_already() {
        let mut map = map_with_tables(4);
        let page = VirtAddr::new(LINEAR_BASE + 0x1000);
        map.map(page, range(0x1000, 0x2000), MemoryKind::Text).expect("fits");
        let rest = VirtAddr::new(LINEAR_BASE + 0x2000);
        map.map(rest, range(0x2000, 0x40_0000), MemoryKind::Data).expect("fits");
        assert_eq!(look_up(&map, LINEAR_BASE + 0x2000), Some((0x2000, PAGE_SIZE)));
        assert_eq!(look_up(&map, LINEAR_BASE + 0x20_0000), Some((0x20_0000, UNIT_SIZE)));
    }

    #[test]
    fn a_prepared_range_has_an_entry_for_each_page_and_needs_no_more_tables() {
        let mut map = map_with_tables(4);
        map.prepare(VirtAddr::new(STACK_AREA), 2 * UNIT_SIZE).expect("fits");
        assert_eq!(map.free_frames().start, map.free_frames().end);
        let last = VirtAddr::new(STACK_AREA + 2 * UNIT_SIZE - PAGE_SIZE);
        assert_eq!(map.page_entry(last).map(|(_, index)| index), Some(511));
        assert_eq!(map.page_entry(last.add(PAGE_SIZE)), None);
        assert_eq!(look_up(&map, STACK_AREA), None);
    }

    #[test]
    fn running_out_of_tables_is_an_error() {
        let mut map = map_with_tables(2);
        let at = VirtAddr::new(LINEAR_BASE);
        assert_eq!(map.map(at, range(0, 0x1000), MemoryKind::Data), Err(MapError::OutOfTables));
    }

    #[test]
    fn borders_within_pages_are_refused() {
        let mut map = map_with_tables(4);
        let at = VirtAddr::new(LINEAR_BASE);
        let odd = map.map(at, range(0, 0x1001), MemoryKind::Data);
        assert_eq!(odd, Err(MapError::Misaligned(at)));
    }
}
