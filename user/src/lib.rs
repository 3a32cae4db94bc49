//! The runtime of Commons' programs: a typed face of the system calls, and what programs share.
//!
//! What needs no system call (`error`, `fuzz`, `hexdump`, `ring`, `shared`, `text`, `tree`, `units`, most of `screen`, and parts of
//! `kernel_log`, `mmf`, `offer`, `posix` and `region`) compiles and is tested on the host as well; everything else exists for the
//! bare-metal target only.
#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod accounts;
pub mod atomic;
pub mod error;
pub mod fuzz;
pub mod hexdump;
pub mod inittab;
pub mod kernel_log;
pub mod life;
pub mod login;
pub mod map;
pub mod mmf;
pub mod offer;
pub mod options;
pub mod posix;
pub mod region;
pub mod ring;
pub mod screen;
pub mod shadow;
pub mod shared;
pub mod table;
pub mod text;
pub mod topic;
pub mod trace;
pub mod tree;
pub mod units;

#[cfg(target_os = "none")]
pub mod banner;
#[cfg(target_os = "none")]
pub mod counter;
#[cfg(target_os = "none")]
mod each;
#[cfg(target_os = "none")]
pub mod env;
#[cfg(target_os = "none")]
pub mod fs;
#[cfg(target_os = "none")]
pub mod heap;
#[cfg(target_os = "none")]
pub mod interrupt;
#[cfg(target_os = "none")]
pub mod io;
#[cfg(target_os = "none")]
mod memory_functions;
#[cfg(target_os = "none")]
pub mod password;
#[cfg(target_os = "none")]
pub mod poll;
#[cfg(target_os = "none")]
pub mod process;
#[cfg(target_os = "none")]
pub mod progress;
#[cfg(target_os = "none")]
pub mod start;
#[cfg(target_os = "none")]
pub mod style;
#[cfg(target_os = "none")]
pub mod surface;
#[cfg(target_os = "none")]
pub mod sync;
#[cfg(target_os = "none")]
pub mod syscall;
#[cfg(target_os = "none")]
pub mod system;
#[cfg(target_os = "none")]
pub mod terminal;
#[cfg(target_os = "none")]
pub mod time;
#[cfg(target_os = "none")]
mod vdso;

#[cfg(target_os = "none")]
pub use each::each;
pub use error::{Error, Result};
