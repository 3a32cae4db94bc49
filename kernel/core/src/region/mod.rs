//! Regions: the one object that holds bytes for programs.
//!
//! `object` is the region itself, `io` copies bytes in and out for the kernel's callers, `names`
//! is the table of names, `departure` tells members of a region that another one has gone.

mod departure;
mod io;
pub mod names;
mod object;
mod pages;

pub use departure::{DepartureWord, DepartureWords};
pub use object::{Region, RegionAttributes};
