//! memcpy, memmove and memset, which the compiler calls for copies and fills: those that come with
//! it move 8 bytes at a time.

core::arch::global_asm!(include_str!("memory_functions.S"));
