//! The core that the code runs on, and its waiting.
//!
//! The kernel runs with interrupts masked. They are taken in programs, and in [`take_interrupts`].

use aarch64_cpu::asm::{self, barrier};
use aarch64_cpu::registers::{Readable, TPIDR_EL1, Writeable};

/// The cores of every supported board.
pub const MAX_CORES: usize = 4;

/// The bits of TPIDR_EL1 that are the number of the core, which its boot leaves there; above them is
/// [`current`], so that neither costs a look into memory.
const CORE_MASK: usize = MAX_CORES - 1;

/// The number of this core: 0 to 3.
#[inline]
pub fn core_id() -> usize {
    TPIDR_EL1.get() as usize & CORE_MASK
}

/// The address that [`set_current`] was last given on this core; 0 at first.
#[inline]
pub fn current() -> usize {
    TPIDR_EL1.get() as usize & !CORE_MASK
}

/// Notes what this core runs, by an address that is a multiple of [`MAX_CORES`].
#[inline]
pub fn set_current(address: usize) {
    debug_assert!(address & CORE_MASK == 0, "{address:#x} is not aligned");
    TPIDR_EL1.set((address | core_id()) as u64);
}

/// Rests until an interrupt is pending, which stays so; may return early.
pub fn wait_for_interrupt() {
    // What this core has written must not wait with it.
    barrier::dsb(barrier::SY);
    asm::wfi();
}

/// Whether interrupts are pending, which are masked.
#[inline]
pub fn has_interrupts() -> bool {
    let pending: u64;
    // SAFETY: a look at a register (ISR_EL1), which changes nothing.
    unsafe {
        core::arch::asm!("mrs {}, isr_el1", out(reg) pending, options(nomem, nostack, preserves_flags));
    }
    pending != 0
}

/// Takes the interrupts that are pending.
pub fn take_interrupts() {
    // SAFETY: the exception handler preserves all registers and uses only the stack below; memory
    // is declared to change.
    unsafe {
        core::arch::asm!("msr daifclr, #2", "isb", "msr daifset, #2", options(nostack));
    }
}

/// Rests for ever, with interrupts masked.
pub fn park() -> ! {
    loop {
        wait_for_interrupt();
    }
}

/// Tells the core that it waits for another one in a loop.
///
/// An emulator that runs one core at a time goes on with the next one then; the hint of the
/// standard library, `isb`, tells it nothing, and it would run the loop for a whole time slice.
#[inline]
pub fn relax() {
    // SAFETY: a hint, which changes nothing.
    unsafe { core::arch::asm!("yield", options(nostack, preserves_flags)) };
}
