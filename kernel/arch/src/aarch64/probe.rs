//! Loads that may fail: from a device that may be absent, or along a chain of frames that may be
//! damaged.

use core::arch::global_asm;

global_asm!(
    ".section .text.probe, \"ax\"",
    // fn probe_u32(at: usize, to: *mut u32) -> usize: 0, or 1 after a fault. Clobbers x3.
    ".type probe_u32, %function",
    "probe_u32:",
    "    ldr     w3, [x0]",
    "    str     w3, [x1]",
    "    mov     x0, #0",
    "    ret",
    ".size probe_u32, . - probe_u32",
    // fn probe_u64(at: usize, to: *mut u64) -> usize: as above.
    ".type probe_u64, %function",
    "probe_u64:",
    "    ldr     x3, [x0]",
    "    str     x3, [x1]",
    "    mov     x0, #0",
    "    ret",
    ".size probe_u64, . - probe_u64",
    "probe_end:",
    "    mov     x0, #1",
    "    ret",
);

// SAFETY: the assembly above defines them with these signatures.
unsafe extern "C" {
    fn probe_u32(at: usize, to: *mut u32) -> usize;
    fn probe_u64(at: usize, to: *mut u64) -> usize;
    safe static probe_end: u8;
}

/// Reads a word of a device or of memory; `None` if the access faults.
///
/// On a board an absent device may answer with an asynchronous abort instead, which ends the
/// kernel: this is for places where the emulator lacks what boards have.
pub fn load_u32(at: usize) -> Option<u32> {
    let mut value = 0;
    // SAFETY: `value` is writable; a fault at `at` ends the routine.
    let failed = unsafe { probe_u32(at, &raw mut value) };
    (failed == 0).then_some(value)
}

/// Reads two words of memory; `None` if the access faults.
pub fn load_u64(at: usize) -> Option<u64> {
    let mut value = 0;
    // SAFETY: `value` is writable; a fault at `at` ends the routine.
    let failed = unsafe { probe_u64(at, &raw mut value) };
    (failed == 0).then_some(value)
}

/// Where to go on after a fault at `elr`; `None` if it is not one of ours.
pub(super) fn recovery(elr: u64) -> Option<u64> {
    let (start, end) =
        ((probe_u32 as *const ()).addr() as u64, (&raw const probe_end).addr() as u64);
    (start..end).contains(&elr).then_some(end)
}
