//! `memcpy`, `memmove`, `memset` and `memcmp`, which the compiler calls for values that are moved.
//!
//! The compiler's own take four instructions for every eight bytes: these take one and a half.

core::arch::global_asm!(include_str!("memory_functions.S"));
