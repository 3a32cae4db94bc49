//! `memcpy`, `memmove`, `memset` and `memcmp`, which the compiler calls.
//!
//! The compiler's own take four instructions for eight bytes; these take ten for 128, and for less
//! than that two copies that overlap, one from either end.

core::arch::global_asm!(include_str!("memory_functions.S"));
