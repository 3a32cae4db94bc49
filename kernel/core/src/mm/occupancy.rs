//! Which parts of a table are in use, so that nobody looks through the rest.
//!
//! A process uses a few entries of tables that have 512: copying, taking down and emptying one would
//! cost a look at each. The word that counts the references to a frame has room for a note beside
//! them: of a level-3 table, one bit for every 64 entries. The levels above have one owner and no
//! count: their note names up to four blocks of four entries, and has a bit for every 16 entries where
//! these are not enough. What is noted may have an entry, what is not has none.
#![allow(unsafe_code, reason = "the bottom of memory: tables are read here")]

use super::frames;
use crate::atomic::{AtomicU32, Ordering, fence};
use arch::addr::{PhysAddr, TABLE_ENTRIES};
use core::ops::Range;

/// Entries that are looked at together.
const STEP: usize = 4;

/// The note of a level-3 table, in the upper bits of its count.
pub struct LeafNote(&'static AtomicU32);

/// The note of a table on the levels above.
pub struct UpperNote(&'static AtomicU32);

const LEAF_GROUP: usize = 64;
const UPPER_GROUP: usize = 16;
const LEAF_SHIFT: u32 = 24;
const REFERENCES: u32 = (1 << LEAF_SHIFT) - 1;
/// References that a level-3 table has at most; what is above is for those who find out too late.
const REFERENCES_MAX: u32 = 1 << (LEAF_SHIFT - 1);

impl LeafNote {
    /// Entries that have a bit of the note in common.
    pub const GROUP: usize = LEAF_GROUP;

    /// Of the level-3 table in this frame.
    #[inline]
    pub fn of(table: PhysAddr) -> Self {
        Self(frames::count_of(table))
    }

    /// Notes that there may be an entry.
    #[inline]
    pub fn mark(&self, index: usize) {
        self.mark_all(1 << (index % TABLE_ENTRIES / LEAF_GROUP));
    }

    /// Notes that there may be entries in these groups.
    #[inline]
    pub fn mark_all(&self, groups: u32) {
        let bits = groups << LEAF_SHIFT;
        if self.0.load(Ordering::Relaxed) & bits != bits {
            self.0.fetch_or(bits, Ordering::Relaxed);
        }
    }

    /// Notes that there may be entries in a row of places.
    #[inline]
    pub fn mark_row(&self, row: Range<usize>) {
        if !row.is_empty() {
            let (first, last) = (row.start / LEAF_GROUP, (row.end - 1) / LEAF_GROUP);
            self.mark_all((2 << last) - (1 << first));
        }
    }

    /// The groups in which there may be entries.
    #[inline]
    pub fn groups(&self) -> u32 {
        self.0.load(Ordering::Relaxed) >> LEAF_SHIFT
    }

    /// How many references there are.
    pub fn references(&self) -> u32 {
        self.0.load(Ordering::Relaxed) & REFERENCES
    }

    /// Counts one more reference, unless there are too many.
    #[inline]
    pub fn try_add(&self) -> bool {
        let is_full = self.0.fetch_add(1, Ordering::Relaxed) & REFERENCES >= REFERENCES_MAX;
        if is_full {
            self.0.fetch_sub(1, Ordering::Relaxed);
        }
        !is_full
    }

    /// Counts one reference less; whether it was the last.
    #[inline]
    pub fn remove(&self) -> bool {
        let is_last = self.0.fetch_sub(1, Ordering::Release) & REFERENCES == 1;
        if is_last {
            fence(Ordering::Acquire);
        }
        is_last
    }

    /// Whether there is one reference.
    #[inline]
    pub fn is_exclusive(&self) -> bool {
        let is_exclusive = self.0.load(Ordering::Relaxed) & REFERENCES == 1;
        fence(Ordering::Acquire);
        is_exclusive
    }
}

/// In a note of the levels above: bits stand for groups, the last of them for two.
const MANY: u32 = 1 << 31;
const LAST_GROUP: usize = 30;
/// Otherwise the number of blocks, and below it the blocks, seven bits each.
const BLOCKS_SHIFT: u32 = 28;
const BLOCKS_MAX: u32 = 4;
const BLOCK_BITS: u32 = 7;

impl UpperNote {
    /// Of the table in this frame, whose owner keeps others from changing it meanwhile.
    #[inline]
    pub fn of(table: PhysAddr) -> Self {
        Self(frames::count_of(table))
    }

    /// The block of an entry: where one of its entries is noted, all of them are.
    #[inline]
    pub const fn block(index: usize) -> usize {
        index % TABLE_ENTRIES / STEP
    }

    /// The table has no entries.
    pub fn clear(&self) {
        self.0.store(0, Ordering::Relaxed);
    }

    /// Takes over what is noted of another table, which has entries in the same places or in more.
    pub fn copy(&self, other: &Self) {
        self.0.store(other.get(), Ordering::Relaxed);
    }

    /// Notes that there may be an entry.
    #[inline]
    pub fn mark(&self, index: usize) {
        self.0.store(with_index(self.get(), index % TABLE_ENTRIES), Ordering::Relaxed);
    }

    /// What is noted.
    #[inline]
    pub fn get(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }
}

/// The note, with a place where there may be an entry.
fn with_index(note: u32, index: usize) -> u32 {
    if note & MANY != 0 {
        return note | group_of(index);
    }
    let block = (index / STEP) as u32;
    if blocks(note).any(|noted| noted == block) {
        return note;
    }
    let count = note >> BLOCKS_SHIFT;
    if count == BLOCKS_MAX {
        let groups = blocks(note).fold(0, |all, block| all | group_of(block as usize * STEP));
        return MANY | groups | group_of(index);
    }
    (note | block << (count * BLOCK_BITS)) + (1 << BLOCKS_SHIFT)
}

/// The blocks that a note names.
fn blocks(note: u32) -> impl Iterator<Item = u32> {
    let count = note >> BLOCKS_SHIFT;
    (0..count).map(move |place| note >> (place * BLOCK_BITS) & ((1 << BLOCK_BITS) - 1))
}

fn group_of(index: usize) -> u32 {
    1 << (index / UPPER_GROUP).min(LAST_GROUP)
}

/// Calls `visit` with the index and the bits of every entry that is not 0 of a level-3 table.
///
/// # Safety
///
/// - The frame holds a level-3 table.
#[inline]
pub unsafe fn visit_leaf(table: PhysAddr, groups: u32, visit: impl FnMut(usize, u64)) {
    // SAFETY: the caller's promise.
    unsafe { visit_groups(table, groups, LEAF_GROUP, visit) };
}

/// The same for a table on the levels above, of which this is noted.
///
/// # Safety
///
/// - The frame holds a table.
#[inline]
pub unsafe fn visit_upper(table: PhysAddr, note: u32, mut visit: impl FnMut(usize, u64)) {
    let is_many = note & MANY != 0;
    let named = if is_many { 0 } else { note };
    for block in blocks(named) {
        // SAFETY: the caller's promise.
        unsafe { visit_block(table, block as usize * STEP, &mut visit) };
    }
    if !is_many {
        return;
    }
    // SAFETY: the caller's promise.
    unsafe { visit_groups(table, note & !MANY, UPPER_GROUP, &mut visit) };
    if note & 1 << LAST_GROUP != 0 {
        for first in (TABLE_ENTRIES - UPPER_GROUP..TABLE_ENTRIES).step_by(STEP) {
            // SAFETY: the caller's promise.
            unsafe { visit_block(table, first, &mut visit) };
        }
    }
}

/// # Safety
///
/// - The frame holds a table.
#[inline]
unsafe fn visit_groups(
    table: PhysAddr,
    mut groups: u32,
    size: usize,
    mut visit: impl FnMut(usize, u64),
) {
    while groups != 0 {
        let start = groups.trailing_zeros() as usize * size;
        groups &= groups - 1;
        for first in (start..start + size).step_by(STEP) {
            // SAFETY: the caller's promise.
            unsafe { visit_block(table, first, &mut visit) };
        }
    }
}

/// # Safety
///
/// - The frame holds a table.
#[inline]
unsafe fn visit_block(table: PhysAddr, first: usize, mut visit: impl FnMut(usize, u64)) {
    // SAFETY: the caller's promise; the index is below 512, as every block is.
    let read = |offset: usize| unsafe { arch::ram::read_entry(table, first + offset) };
    if (0..STEP).fold(0, |all, offset| all | read(offset)) == 0 {
        return;
    }
    for offset in 0..STEP {
        let entry = read(offset);
        if entry != 0 {
            visit(first + offset, entry);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mm::Frame;
    use crate::testing::set_up_memory;
    use proptest::prelude::*;
    use std::vec::Vec;

    proptest! {
        #[test]
        fn every_entry_that_was_noted_is_visited_once_and_nothing_else(
            places in prop::collection::btree_set(0..TABLE_ENTRIES, 0..40),
            more in prop::collection::vec(0..TABLE_ENTRIES, 0..6),
        ) {
            set_up_memory();
            let frame = Frame::zeroed().unwrap();
            let table = frame.address();
            let note = more.iter().chain(&places).fold(0, |note, index| with_index(note, *index));
            for index in &places {
                // SAFETY: the frame is the test's own, and the index below 512.
                unsafe { arch::ram::write_entry(table, *index, 8 + *index as u64) };
            }
            let mut found = Vec::new();
            // SAFETY: the frame holds what was just written.
            unsafe { visit_upper(table, note, |index, bits| found.push((index, bits))) };
            found.sort_unstable();
            let expected: Vec<_> = places.iter().map(|index| (*index, 8 + *index as u64)).collect();
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn a_few_blocks_are_named_and_looked_at_alone() {
        let note = [2, 3, 511, 256, 0, 129].iter().fold(0, |note, index| with_index(note, *index));
        assert_eq!(blocks(note).collect::<Vec<_>>(), [0, 127, 64, 32]);
        let full = with_index(note, 4);
        assert_eq!(full, MANY | 1 | 1 << LAST_GROUP | 1 << 16 | 1 << 8);
    }
}
