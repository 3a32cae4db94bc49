//! Words that lie anywhere in memory.
//!
//! The compiler takes it that an access must be aligned, and reads a word that may not be byte by
//! byte. The kernel's memory is such that it need not: one load does it.

use core::arch::asm;

/// The word that these bytes are, the first of them lowest.
#[inline(always)]
pub fn load(bytes: &[u8; 8]) -> u64 {
    let word;
    // SAFETY: the reference says that eight bytes can be read there; alignment is not checked.
    unsafe {
        asm!("ldr {}, [{}]", lateout(reg) word, in(reg) bytes, options(pure, readonly, nostack, preserves_flags));
    }
    word
}
