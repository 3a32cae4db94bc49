//! The shell: the program that talks to the user.
//!
//! It runs on Commons only. On a build machine this file is an empty program, so that the library
//! beside it can be tested there.
#![cfg_attr(target_os = "none", no_std, no_main)]
#![forbid(unsafe_code)]

#[cfg(target_os = "none")]
extern crate alloc;

#[cfg(target_os = "none")]
mod program;

#[cfg(not(target_os = "none"))]
fn main() {
    eprintln!("shell: this program runs on Commons only (build it for aarch64-unknown-none)");
}
