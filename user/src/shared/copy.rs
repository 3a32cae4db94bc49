//! Copying bytes between shared and other memory, and filling shared memory.
//!
//! The loop is the processor's: other processes may change the shared side meanwhile, which would
//! be undefined for Rust's own copies. Each byte is as it was at some moment of the copy; nothing
//! more is promised.

/// Copies so many bytes.
///
/// # Safety
/// - Both ranges are mapped, the first for writing, and do not overlap; one that is no shared memory
///   belongs to the caller.
#[cfg(target_arch = "aarch64")]
pub(super) unsafe fn copy(to: *mut u8, from: *const u8, length: usize) {
    // SAFETY: it loads and stores `length` bytes, 128 at a time and then what is left by the bits of
    // its number; the ranges are the caller's duty.
    unsafe {
        core::arch::asm!(
            "subs {n}, {n}, #128",
            "b.lo 3f",
            "2:",
            "ldp q0, q1, [{from}], #32",
            "ldp q2, q3, [{from}], #32",
            "ldp q4, q5, [{from}], #32",
            "ldp q6, q7, [{from}], #32",
            "stp q0, q1, [{to}], #32",
            "stp q2, q3, [{to}], #32",
            "stp q4, q5, [{to}], #32",
            "stp q6, q7, [{to}], #32",
            "subs {n}, {n}, #128",
            "b.hs 2b",
            "3:",
            "tbz {n}, #6, 10f",
            "ldp q0, q1, [{from}], #32",
            "ldp q2, q3, [{from}], #32",
            "stp q0, q1, [{to}], #32",
            "stp q2, q3, [{to}], #32",
            "10:",
            "tbz {n}, #5, 4f",
            "ldp q0, q1, [{from}], #32",
            "stp q0, q1, [{to}], #32",
            "4:",
            "tbz {n}, #4, 5f",
            "ldr q0, [{from}], #16",
            "str q0, [{to}], #16",
            "5:",
            "tbz {n}, #3, 6f",
            "ldr {word}, [{from}], #8",
            "str {word}, [{to}], #8",
            "6:",
            "tbz {n}, #2, 7f",
            "ldr {word:w}, [{from}], #4",
            "str {word:w}, [{to}], #4",
            "7:",
            "tbz {n}, #1, 8f",
            "ldrh {word:w}, [{from}], #2",
            "strh {word:w}, [{to}], #2",
            "8:",
            "tbz {n}, #0, 9f",
            "ldrb {word:w}, [{from}]",
            "strb {word:w}, [{to}]",
            "9:",
            n = inout(reg) length => _,
            from = inout(reg) from => _,
            to = inout(reg) to => _,
            word = out(reg) _,
            out("v0") _, out("v1") _, out("v2") _, out("v3") _,
            out("v4") _, out("v5") _, out("v6") _, out("v7") _,
            options(nostack),
        );
    }
}

/// As above, for the tests on other machines.
///
/// # Safety
/// - As above.
#[cfg(not(target_arch = "aarch64"))]
pub(super) unsafe fn copy(to: *mut u8, from: *const u8, length: usize) {
    for index in 0..length {
        let (to, from) = (to.wrapping_add(index), from.wrapping_add(index));
        // SAFETY: the byte is within the range.
        let byte = unsafe { from.read_volatile() };
        // SAFETY: the byte is within the range.
        unsafe { to.write_volatile(byte) };
    }
}

/// Stores a word so many times.
///
/// # Safety
/// - The words' bytes are mapped for writing; they need no alignment.
#[cfg(target_arch = "aarch64")]
pub(super) unsafe fn fill(to: *mut u8, word: u32, count: usize) {
    // SAFETY: it stores `count` words, 32 at a time and then what is left by the bits of its number; the range is the
    // caller's duty.
    unsafe {
        core::arch::asm!(
            "dup v0.4s, {word:w}",
            "subs {n}, {n}, #32",
            "b.lo 3f",
            "2:",
            "stp q0, q0, [{to}], #32",
            "stp q0, q0, [{to}], #32",
            "stp q0, q0, [{to}], #32",
            "stp q0, q0, [{to}], #32",
            "subs {n}, {n}, #32",
            "b.hs 2b",
            "3:",
            "tbz {n}, #4, 4f",
            "stp q0, q0, [{to}], #32",
            "stp q0, q0, [{to}], #32",
            "4:",
            "tbz {n}, #3, 5f",
            "stp q0, q0, [{to}], #32",
            "5:",
            "tbz {n}, #2, 6f",
            "str q0, [{to}], #16",
            "6:",
            "tbz {n}, #1, 7f",
            "str d0, [{to}], #8",
            "7:",
            "tbz {n}, #0, 8f",
            "str s0, [{to}]",
            "8:",
            n = inout(reg) count => _,
            to = inout(reg) to => _,
            word = in(reg) word,
            out("v0") _,
            options(nostack),
        );
    }
}

/// As above, for the tests on other machines.
///
/// # Safety
/// - As above.
#[cfg(not(target_arch = "aarch64"))]
pub(super) unsafe fn fill(to: *mut u8, word: u32, count: usize) {
    for index in 0..count {
        let to = to.wrapping_add(index * size_of::<u32>()).cast::<u32>();
        // SAFETY: the word is within the range.
        unsafe { to.write_unaligned(word) };
    }
}
