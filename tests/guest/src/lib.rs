//! Tests that run inside Commons, for what a shell cannot see.
//!
//! `guest SUITE` prints a line `ok NAME` or `FAILED NAME: why` for each check. The program makes its
//! system calls by itself and shares only `abi` with the rest, so that it tests the kernel and not the
//! runtime, can pass what no runtime would, and runs on Linux too (`qemu-aarch64 guest SUITE`), where
//! the expectations that are Linux's can be checked.
#![no_std]

pub mod check;
pub mod commands;
pub mod frames;
pub mod names;
pub mod os;
mod power;
pub mod print;
pub mod random;
pub mod start;
pub mod suites;
pub mod touch;

pub use check::Checks;

/// The program: a suite's name, or a command and its words.
pub fn main() -> i32 {
    let name = start::argument(1).unwrap_or(c"help");
    if let Some(status) = commands::run(name) {
        return status;
    }
    let Some((_, suite)) = suites::ALL.iter().find(|(suite, _)| *suite == name) else {
        say!("usage: guest SUITE");
        for (suite, _) in suites::ALL {
            say!("  {}", print::text(suite));
        }
        return 2;
    };
    let mut checks = Checks::new();
    suite(&mut checks);
    checks.end(name)
}
