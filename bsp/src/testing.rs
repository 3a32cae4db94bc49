//! Fake registers: plain memory in which a test sets what a device would show and reads what a driver wrote.
#![allow(unsafe_code)]

use crate::mmio::Mmio;

/// A block of zeroed 32-bit registers that lives for ever.
#[derive(Clone, Copy)]
pub struct FakeRegisters {
    first: *mut u32,
    count: usize,
}

#[repr(C, align(64))]
struct Block([u32; 1024]);

impl FakeRegisters {
    /// Makes a block of 4 KiB, as large as any device here.
    pub fn new() -> Self {
        let block = Box::leak(Box::new(Block([0; 1024])));
        let first = block.0.as_mut_ptr();
        first.expose_provenance();
        Self { first, count: block.0.len() }
    }

    /// Claims the block as the registers `T`.
    pub fn claim<T>(self) -> Mmio<T> {
        assert!(size_of::<T>() <= self.count * 4 && align_of::<T>() <= 64);
        // SAFETY: the block is leaked memory of sufficient size and alignment, and the tests are single threads.
        unsafe { Mmio::claim(self.first.addr()) }
    }

    /// What stands at byte `offset`.
    pub fn get(self, offset: usize) -> u32 {
        let register = self.register(offset);
        // SAFETY: `register` checked that the offset is within the leaked block.
        unsafe { register.read_volatile() }
    }

    /// Puts `value` at byte `offset`.
    pub fn set(self, offset: usize, value: u32) {
        let register = self.register(offset);
        // SAFETY: `register` checked that the offset is within the leaked block.
        unsafe { register.write_volatile(value) }
    }

    fn register(self, offset: usize) -> *mut u32 {
        assert!(offset.is_multiple_of(4) && offset / 4 < self.count);
        self.first.wrapping_add(offset / 4)
    }
}
