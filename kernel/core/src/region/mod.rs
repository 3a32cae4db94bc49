//! Regions: the one object that holds bytes for programs.
//!
//! `object` is the region itself: its pages and its length. `attributes` is what it is made with,
//! `users` counts open files and views, `seals` says what may be done to it, `record` tells it all.
//! `length` sees to what a length costs: `promise` (memory set aside) and `quota` (charged pages).
//! `names` is the table of names, `arena` hands out addresses that are the same in all processes,
//! `image` makes regions of the image's bytes, `io` copies bytes in and out for the kernel's
//! callers, `departure` tells members of a region that another one has gone.

mod arena;
mod attributes;
mod departure;
mod image;
mod io;
mod length;
pub mod names;
mod object;
mod pages;
mod promise;
pub mod quota;
mod record;
mod seals;
mod users;

pub use arena::CommonAddress;
pub use attributes::{RegionAttributes, RegionSpec};
pub use departure::{DepartureWord, DepartureWords};
pub use object::Region;
pub use seals::Writable;
