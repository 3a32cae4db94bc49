//! The Commons kernel: the image that a board boots.
//!
//! `start` is the boot as a list; `board` joins the drivers to the kernel's logic, and alone names
//! them; `upcalls` is what the processor's exceptions lead to.
#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(target_os = "none")]
extern crate alloc;

mod board;
#[cfg(target_os = "none")]
mod console_log;
#[cfg(target_os = "none")]
mod heap;
#[cfg(target_os = "none")]
mod panic;
#[cfg(target_os = "none")]
mod start;
#[cfg(target_os = "none")]
mod upcalls;

/// On the host there is nothing to boot.
#[cfg(not(target_os = "none"))]
fn main() {
    eprintln!("the kernel runs on a Raspberry Pi or in QEMU: make run");
}
