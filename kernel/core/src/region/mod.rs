//! Regions: the one object that holds bytes for programs.
//!
//! `object` is the region itself, `io` copies bytes in and out for the kernel's callers, `names`
//! is the table of names, `departure` tells members of a region that another one has gone.
//!
//! Processes agree about a region's bytes by its `changes`, its `lock` (`lock_table` is the state
//! of all locks), and whole copies (`transfer`), which take `turns`; `wait_name` waits for a name.

mod changes;
mod departure;
mod io;
mod lock;
mod lock_table;
pub mod names;
mod object;
mod pages;
mod synchronisation;
mod transfer;
mod turns;
pub mod wait_name;

pub use departure::{DepartureWord, DepartureWords};
pub use lock::{Condition, LockError, Patience, holder_ended};
pub use object::{Region, RegionAttributes};
pub use turns::{Purpose, Turn};
