//! Kernel stacks: four frames, mapped in a slot of their own above an unmapped guard.

use super::{memory_map, ram, tlb};
use crate::addr::{PAGE_SIZE, PhysAddr, VirtAddr};
use crate::kernel_map::{MemoryKind, page};
use crate::layout::{IMAGE_SLOTS, STACK_FRAMES, STACK_SLOTS, stack_bottom, stack_top};
use crate::slots::Slots;
use core::mem::ManuallyDrop;

static SLOTS: Slots<{ STACK_SLOTS / 64 }> = Slots::new(IMAGE_SLOTS);

/// All slots for stacks are taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct NoSlot;

/// A mapped kernel stack. Its frames are given to it and taken back with [`Self::into_frames`];
/// dropping it unmaps them, but they are then lost.
#[derive(Debug)]
pub struct KernelStack {
    slot: usize,
    frames: [PhysAddr; STACK_FRAMES],
}

impl KernelStack {
    /// Maps the frames, the lowest first, which nothing else uses until they come back.
    pub fn new(frames: [PhysAddr; STACK_FRAMES]) -> Result<Self, NoSlot> {
        let slot = SLOTS.take().ok_or(NoSlot)?;
        for ((table, index), frame) in memory_map::stack_entries(slot).into_iter().zip(frames) {
            // SAFETY: the entry is this slot's, and no other stack has it; the frame is the caller's.
            unsafe { ram::write_entry(table, index, page(frame, MemoryKind::Data)) };
        }
        tlb::publish();
        Ok(Self { slot, frames })
    }

    /// Unmaps the stack on all cores and gives its frames back.
    pub fn into_frames(self) -> [PhysAddr; STACK_FRAMES] {
        let stack = ManuallyDrop::new(self);
        stack.unmap();
        stack.frames
    }

    /// The address above it: where its pointer begins.
    pub const fn top(&self) -> VirtAddr {
        stack_top(self.slot)
    }

    fn unmap(&self) {
        for (table, index) in memory_map::stack_entries(self.slot) {
            // SAFETY: the entry is this slot's, and nothing runs on the stack any more.
            unsafe { ram::write_entry(table, index, 0) };
        }
        let bottom = stack_bottom(self.slot);
        tlb::flush_kernel_pages((0..STACK_FRAMES).map(|page| bottom.add(page * PAGE_SIZE)));
        SLOTS.give_back(self.slot);
    }
}

impl Drop for KernelStack {
    fn drop(&mut self) {
        self.unmap();
    }
}
