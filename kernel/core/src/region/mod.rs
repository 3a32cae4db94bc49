//! Regions: the one object that holds bytes for programs.
//!
//! `object` is the region itself: its pages. `attributes` is what it is made with, `users` counts
//! open files and views, `seals` says what may be done to it, `record` tells it all,
//! `refusal` logs who was not let in.
//! `length` sees to what a length costs: `promise` (memory set aside) and `quota` (charged pages);
//! `resize` changes it.
//! `names` are the names (`name_table` finds one), `arena` hands out addresses that are the same in all processes,
//! `image` makes regions of the image's bytes, `io` copies bytes in and out for the kernel's
//! callers, `paging` is for those whose bytes are kept elsewhere, `departure` tells members of a region that another one
//! has gone, `fingerprint` whether a page changes.
//!
//! Processes agree about a region's bytes by its `changes`, its `lock` (`lock_table` is the state
//! of all locks), and whole copies (`transfer`), which take `turns`; `wait_name` waits for a name.

mod arena;
mod attributes;
mod changes;
mod check;
mod clear;
mod departure;
mod fingerprint;
mod given;
mod image;
mod io;
mod length;
mod lock;
mod lock_table;
mod name_table;
pub mod names;
mod object;
mod pages;
mod paging;
mod promise;
pub mod quota;
mod record;
mod refusal;
mod resize;
mod seals;
mod synchronisation;
mod transfer;
mod turns;
mod users;
mod viewers;
pub mod wait_name;

pub use arena::CommonAddress;
pub use attributes::{RegionAttributes, RegionSpec};
pub use check::check;
pub use departure::{DepartureWord, DepartureWords};
pub use lock::{Condition, LockError, Patience, holder_ended};
pub use object::Region;
pub use paging::{Dropped, Pager};
pub use record::tell_name;
pub use seals::Writable;
pub use turns::{Purpose, Turn, Turns};
