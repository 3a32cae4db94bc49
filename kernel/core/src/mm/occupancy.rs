//! Which parts of a table are in use, so that nobody looks through the rest.
//!
//! A process uses a few entries of tables that have 512: copying, taking down and emptying one would
//! cost a look at each. The word that counts the references to a frame has room for a note beside
//! them: of a level-3 table, one bit for every 64 entries; of the levels above, which have one owner
//! and no count, one for every 16. A bit says that there may be an entry, a missing one that there is
//! none.
#![allow(unsafe_code, reason = "the bottom of memory: tables are read here")]

use super::frames;
use arch::addr::{PhysAddr, TABLE_ENTRIES};
use core::ops::Range;
use core::sync::atomic::{AtomicU32, Ordering, fence};

/// Entries that are looked at together.
const STEP: usize = 4;

/// The note of a level-3 table, in the upper bits of its count.
pub struct LeafNote(&'static AtomicU32);

/// The note of a table on the levels above.
pub struct UpperNote(&'static AtomicU32);

const LEAF_GROUP: usize = 64;
const UPPER_GROUP: usize = TABLE_ENTRIES / 32;
const LEAF_SHIFT: u32 = 24;
const REFERENCES: u32 = (1 << LEAF_SHIFT) - 1;
/// References that a level-3 table has at most; what is above is for those who find out too late.
const REFERENCES_MAX: u32 = 1 << (LEAF_SHIFT - 1);

impl LeafNote {
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

impl UpperNote {
    /// Of the table in this frame, whose owner keeps others from changing it meanwhile.
    #[inline]
    pub fn of(table: PhysAddr) -> Self {
        Self(frames::count_of(table))
    }

    /// The table has no entries.
    pub fn clear(&self) {
        self.0.store(0, Ordering::Relaxed);
    }

    /// Notes that there may be an entry.
    #[inline]
    pub fn mark(&self, index: usize) {
        let note = self.0.load(Ordering::Relaxed);
        self.0.store(note | 1 << (index % TABLE_ENTRIES / UPPER_GROUP), Ordering::Relaxed);
    }

    /// The groups in which there may be entries.
    #[inline]
    pub fn groups(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }
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

/// The same for a table on the levels above.
///
/// # Safety
///
/// - The frame holds a table.
#[inline]
pub unsafe fn visit_upper(table: PhysAddr, groups: u32, visit: impl FnMut(usize, u64)) {
    // SAFETY: the caller's promise.
    unsafe { visit_groups(table, groups, UPPER_GROUP, visit) };
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
            // SAFETY: the caller's promise; the index is below 512 as every group is.
            let read = |offset: usize| unsafe { arch::ram::read_entry(table, first + offset) };
            if (0..STEP).fold(0, |all, offset| all | read(offset)) == 0 {
                continue;
            }
            for offset in 0..STEP {
                let entry = read(offset);
                if entry != 0 {
                    visit(first + offset, entry);
                }
            }
        }
    }
}
