//! What the kernel and the programs agree on: call numbers, errors, flags and structures.
//!
//! Where Linux/AArch64 has a call, its number, its flags and its structures are taken over
//! unchanged (DESIGN: `svc #0`, number in x8, arguments in x0–x5, result or `-errno` in x0).
//! What Linux does not have starts at [`number::FIRST_NATIVE`]. Every constant is pinned here and
//! not taken from a library that follows the compile target, so that a test on an x86-64 host
//! sees the same numbers as the board.
#![no_std]
#![forbid(unsafe_code)]

pub mod capability;
pub mod epoll;
pub mod errno;
pub mod file;
pub mod file_system;
pub mod futex;
pub mod ipc;
pub mod limits;
pub mod log;
pub mod memory;
pub mod message_queue;
pub mod number;
pub mod offer;
pub mod poll;
pub mod process;
pub mod region;
pub mod resource;
pub mod scheduling;
pub mod screen;
pub mod signal;
pub mod socket;
pub mod system;
pub mod terminal;
pub mod time;
pub mod topic;
pub mod trace;

pub use errno::{Errno, decode, encode};
pub use number::Sysno;
