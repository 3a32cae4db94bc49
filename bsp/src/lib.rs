//! Drivers for the devices of the Raspberry Pi boards, and the facts of those boards.
//!
//! Drivers hold no policy: no buffers, no locks, no logging, no allocation, no kernel types and no globals.
//! One device is one file. Each driver is made from an [`Mmio`] claim on its register block, the only unsafe step;
//! everything after it is safe. Methods that take `&self` may run on several cores at once; those that take
//! `&mut self` change shared device state and want a lock around the driver.
//!
//! Nothing here is chosen at compile time: [`board::Board`] says at run time what the machine is and where its
//! devices are.
#![cfg_attr(not(test), no_std)]
#![deny(unsafe_code)]

mod barrier;
pub mod board;
pub mod device_tree;
pub mod gpio;
pub mod interrupts;
pub mod led;
pub mod mailbox;
#[allow(unsafe_code)]
pub mod mmio;
pub mod pl011;
pub mod power;
pub mod revision;
pub mod rng;
pub mod sdhci;
#[allow(unsafe_code)]
pub mod semihosting;
pub mod soc;
pub mod spin_table;
#[cfg(test)]
mod testing;

pub use mmio::Mmio;
