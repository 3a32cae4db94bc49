//! The frames that the kernel's own tables are made of.

use crate::addr::{PAGE_SIZE, PhysAddr};
use crate::ram;
use core::ops::Range;

/// A row of frames that is handed out from its start.
#[derive(Debug)]
pub struct TablePool {
    free: Range<PhysAddr>,
}

impl TablePool {
    /// From RAM that nothing else uses.
    ///
    /// # Safety
    ///
    /// - `frames` begins and ends on frame borders, is RAM, and [`ram::linear`] reaches all of it.
    /// - Nothing else uses it, now or later.
    pub const unsafe fn new(frames: Range<PhysAddr>) -> Self {
        Self { free: frames }
    }

    /// The frames that are not handed out.
    pub fn free(&self) -> Range<PhysAddr> {
        self.free.clone()
    }

    /// A table without entries.
    pub(super) fn take(&mut self) -> Option<PhysAddr> {
        if self.free.start >= self.free.end {
            return None;
        }
        let table = self.free.start;
        self.free.start = table.add(PAGE_SIZE as u64);
        // SAFETY: the frame was promised to `new` and has just been taken out of the pool.
        unsafe { ram::zero_frame(table) };
        Some(table)
    }
}
