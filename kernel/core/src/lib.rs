//! The kernel's logic: memory, regions, processes, files, system calls.
//!
//! Layers: `syscall` → `offer`, `process`, `ipc`, `region`, `fs` → `sched` → `mm` → the crate `arch`. No
//! register and no address of a device is named here, so all of it compiles and most of it is
//! tested on the host. `unsafe` is allowed only in `mm`'s lowest files and in the switch of stacks.
#![cfg_attr(not(test), no_std)]
#![deny(unsafe_code)]

extern crate alloc;

pub mod atomic;
pub mod board;
pub mod boot;
mod bytes;
pub mod check;
pub mod day;
pub mod fs;
pub mod ipc;
pub mod kernel_log;
pub mod light;
pub mod mm;
pub mod offer;
pub mod pinned_buffer;
pub mod poll;
pub mod process;
pub mod program;
mod rare;
pub mod region;
mod room;
pub mod sched;
pub mod screen;
mod small_map;
pub mod sync;
pub mod syscall;
#[cfg(test)]
mod testing;
pub mod topic;
pub mod trap;
pub mod user_memory;
pub mod watch;
