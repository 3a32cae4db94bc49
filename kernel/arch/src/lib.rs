//! The processor: everything that only AArch64 has, and nothing that a program would call policy.
//!
//! There are two implementations of one set of names. `aarch64` runs on the boards; `host`
//! simulates what the kernel's logic needs, so that the logic is tested on the machine that builds
//! it. What is only computation (`addr`, `fault`, `image`, `kernel_map`, `layout`, `rate`, `slots`)
//! is common to both and tested here.
//!
//! | module | what it is |
//! |---|---|
//! | `cpu`, `clock`, `random` | the core it runs on, its counter and timer |
//! | `ram`, `tlb`, `space` | frames through the linear map, translations, the user half |
//! | `context`, `trap` | kernel stacks, switching threads, the way from and to programs |
//! | `user_memory` | copies from and to programs that survive bad addresses |
//! | `word` | words at any address |
//! | `vdso` | code that programs run in user mode |
//! | `upcall` | what this crate calls in the kernel above it |
//!
//! On a board there are also `boot`, `backtrace`, `cache`, `cores`, `memory_map` and `probe`,
//! which only the kernel's binary uses.
#![cfg_attr(target_os = "none", no_std)]

pub mod addr;
mod fault;
mod frame;
pub mod image;
pub mod kernel_map;
pub mod layout;
pub mod rate;
mod slots;
mod user_access;
mod user_state;
mod vdso_layout;

#[cfg(target_os = "none")]
mod aarch64;
#[cfg(target_os = "none")]
pub use aarch64::{
    backtrace, boot, cache, clock, context, cores, cpu, memory_map, probe, ram, random, space, tlb,
    trap, upcall, user_memory, vdso, word,
};

#[cfg(not(target_os = "none"))]
mod host;
#[cfg(not(target_os = "none"))]
pub use host::{
    cache, clock, context, cpu, ram, random, space, tlb, trap, upcall, user_memory, vdso, word,
};
