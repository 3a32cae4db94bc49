//! From the kernel's entry to the program's `main`, and what happens at its end.
//!
//! The kernel starts a program as Linux does: sp points at argc, then argv, NULL, the environment,
//! NULL, the auxiliary vector. There are no registers to take over and FP/SIMD is on.

use crate::error::Error;
use crate::{env, io, process, syscall};
use core::arch::global_asm;
use core::panic::PanicInfo;

/// The exit status of a program that panicked.
pub const PANIC_STATUS: i32 = 101;

/// Makes a function the program's `main`; it may return a status, `()` or a `Result`.
#[macro_export]
macro_rules! entry {
    ($main:path) => {
        #[unsafe(no_mangle)]
        extern "Rust" fn program_main() -> i32 {
            $crate::start::Termination::status($main())
        }
    };
}

unsafe extern "Rust" {
    safe fn program_main() -> i32;
}

// In: sp as above, 16-byte aligned. Out: nothing. A zero frame pointer ends backtraces.
global_asm!(
    ".globl _start",
    ".section .text._start, \"ax\"",
    ".type _start, @function",
    "_start:",
    "mov x29, #0",
    "mov x30, #0",
    "mov x0, sp",
    "b {start}",
    ".size _start, . - _start",
    ".text",
    start = sym start,
);

/// The first Rust function of every program.
extern "C" fn start(stack: *const usize) -> ! {
    // SAFETY: `_start` passes the stack pointer as the kernel set it, and calls this only once.
    unsafe { env::initialise(stack) };
    process::exit(program_main())
}

/// What `main` may return.
pub trait Termination {
    /// The exit status; a failure is told on standard error first.
    fn status(self) -> i32;
}

impl Termination for i32 {
    fn status(self) -> i32 {
        self
    }
}

impl Termination for () {
    fn status(self) -> i32 {
        0
    }
}

impl<T: Termination> Termination for Result<T, Error> {
    fn status(self) -> i32 {
        match self {
            Ok(value) => value.status(),
            Err(error) => {
                // What was printed before the failure is read before it.
                let _ = io::flush();
                crate::eprintln!("{}: {error}", env::program_name());
                1
            }
        }
    }
}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    // Neither the heap nor buffered output, which may be what failed.
    crate::eprintln!("{}: {info}", env::program_name());
    syscall::process::exit_group(PANIC_STATUS)
}
