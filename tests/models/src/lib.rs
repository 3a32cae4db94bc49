//! The lock-free protocols of the kernel and of programs, explored in all interleavings within bounds.
//!
//! The files that run on the board are compiled here once more. They take their atomics from `crate::atomic`, which
//! is loom's here, so a load may give any value that Rust's memory model allows and not only what this machine would.
//! What they need besides (threads that wait, locks, memory) stands in for the kernel's in the modules below.
//! `docs/memory-order.md` says what each protocol promises, and what loom does not see.

// The explored files' own tests run in their crates; here they are not compiled.
#![cfg(not(test))]
#![allow(
    clippy::new_without_default,
    clippy::len_without_is_empty,
    reason = "what is private in its own crate is public here"
)]

extern crate alloc;
// The explored files name these crates; what they need of them is below.
extern crate self as abi;
extern crate self as arch;
extern crate self as spin;

pub mod atomic;
mod book;
mod kernel;
mod locks;
pub mod run;
mod sleeping;
mod user;

pub use kernel::*;
pub use locks::{mutex, sync};
pub use real_abi::*;
pub use run::Model;
pub use sleeping::{Gate, futex};
pub use user::*;

/// What the log's ring has on the board is too much to go around it.
pub mod log {
    /// As on the board.
    pub const LOG_HEADER_BYTES: usize = 64;
    /// Fewer.
    pub const LOG_RING_BYTES: usize = 2;
}

/// Threads, which a model starts here.
pub mod thread {
    pub use loom::thread::JoinHandle;

    /// Starts one.
    pub fn spawn<T: 'static>(code: impl FnOnce() -> T + 'static) -> JoinHandle<T> {
        crate::book::share();
        loom::thread::spawn(code)
    }
}

fn begin_run() {
    book::begin();
    sleeping::begin();
}

fn end_run() {
    sleeping::end();
    book::end();
}

/// After a run that has failed, whose objects nobody can look at any more.
fn forget_run() {
    sleeping::forget();
    book::forget();
}
