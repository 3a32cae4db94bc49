//! A claim on the registers of one device: the one place where an address becomes registers.

use core::fmt;
use core::ops::Deref;
use core::ptr::{NonNull, with_exposed_provenance_mut};

use arm_pl011_uart::UniqueMmioPointer;

/// Registers of type `T` at a mapped address, owned by whoever holds this value.
///
/// `T` consists of tock-registers fields, so each access through it is one volatile, aligned access.
pub struct Mmio<T> {
    registers: NonNull<T>,
}

// SAFETY: the claim is valid on every core, because the kernel's half of the address space is the same on all.
unsafe impl<T> Send for Mmio<T> {}

// SAFETY: a shared claim allows only volatile accesses to single registers, which devices take from any core.
// Drivers whose operations need several accesses in a row take `&mut self`.
unsafe impl<T> Sync for Mmio<T> {}

impl<T> Mmio<T> {
    /// Claims the block of registers at the virtual address `base`.
    ///
    /// # Safety
    ///
    /// - `base` is not zero, is aligned for `T`, and for as long as the kernel runs is mapped readable and writable
    ///   onto a block of that layout: device memory for registers, ordinary memory for a mailbox message buffer.
    /// - No other claim on the same block is in use while this one is, unless both drivers' documentation allows it.
    pub unsafe fn claim(base: usize) -> Self {
        let pointer = with_exposed_provenance_mut(base);
        // SAFETY: the caller promises that `base` is not zero.
        let registers = unsafe { NonNull::new_unchecked(pointer) };
        Self { registers }
    }

    /// The virtual address of the block.
    pub fn address(&self) -> usize {
        self.registers.addr().get()
    }

    /// Hands the claim over to a driver that is written with the safe-mmio crate.
    pub(crate) fn into_unique(self) -> UniqueMmioPointer<'static, T> {
        // SAFETY: `claim` was promised a valid mapping that lasts and that nobody else uses; `self` ends here.
        unsafe { UniqueMmioPointer::new(self.registers) }
    }
}

impl<T> Deref for Mmio<T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: `claim` was promised that a block of type `T` is mapped here for good.
        unsafe { self.registers.as_ref() }
    }
}

impl<T> fmt::Debug for Mmio<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mmio({:#x})", self.address())
    }
}
