//! The processor's counter, which programs read without a system call.
//!
//! It goes up in steps that are longer than an instruction (16 ns in the emulator), so what is
//! short is measured many times over.

use core::arch::asm;

/// The counter now, after everything before this has been done.
pub fn read() -> u64 {
    let ticks: u64;
    // SAFETY: the kernel lets programs read the counter, which changes nothing.
    unsafe { asm!("isb", "mrs {}, cntvct_el0", out(reg) ticks, options(nostack)) };
    ticks
}

/// How often it goes up in a second.
pub fn frequency() -> u64 {
    let hertz: u64;
    // SAFETY: the register may be read at any level, which changes nothing.
    unsafe { asm!("mrs {}, cntfrq_el0", out(reg) hertz, options(nostack, nomem)) };
    hertz
}

/// Counts as nanoseconds.
pub fn nanoseconds(ticks: u64) -> u64 {
    (u128::from(ticks) * 1_000_000_000 / u128::from(frequency().max(1))) as u64
}
