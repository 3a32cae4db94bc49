//! Cache maintenance for what sees memory past the caches: devices, and cores that start.

use aarch64_cpu::asm::barrier;
use core::arch::asm;

/// The smallest line of any supported core.
const LINE: usize = 64;

/// Writes the lines of `bytes` at the virtual address `start` back to memory and drops them.
///
/// `dc civac` and not `dc cvac`: on Cortex-A53 an eviction can overtake the latter (erratum 855873).
pub fn clean_and_invalidate(start: usize, bytes: usize) {
    // What was written before is in the lines by the time they are cleaned.
    barrier::dmb(barrier::SY);
    for line in ((start & !(LINE - 1))..start + bytes).step_by(LINE) {
        // SAFETY: writing back changes no contents; an address without a translation is a fault in
        // the kernel, not undefined behaviour.
        unsafe { asm!("dc civac, {}", in(reg) line, options(nostack)) };
    }
    barrier::dsb(barrier::SY);
}
