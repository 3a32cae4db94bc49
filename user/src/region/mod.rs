//! Regions: memory that processes hold in common, by name or by a descriptor that is handed on.
//!
//! `options` says how a region is made, `open` is a region that is open, `view` the memory where it
//! is mapped. `change` tells others of changes, `lock` keeps them out, `holding` is what processes
//! have of regions and what children get, `quota` how much may be had.

mod options;

#[cfg(target_os = "none")]
mod change;
#[cfg(target_os = "none")]
mod holding;
#[cfg(target_os = "none")]
mod lock;
#[cfg(target_os = "none")]
mod name;
#[cfg(target_os = "none")]
mod open;
#[cfg(target_os = "none")]
mod quota;
#[cfg(target_os = "none")]
mod view;

pub use abi::memory::Protection;
pub use abi::region::{
    ChangeKind, Inheritance, QuotaScope, RegionFlags, RegionRecord, RegionState, Seals,
};
pub use options::Options;

#[cfg(target_os = "none")]
pub use change::Change;
#[cfg(target_os = "none")]
pub use holding::{Handle, Holding, handles, views};
#[cfg(target_os = "none")]
pub use lock::{Guard, Locked};
#[cfg(target_os = "none")]
pub(crate) use name::all;
#[cfg(target_os = "none")]
pub use name::{exists, list, pages, unlink, wait_for_name};
#[cfg(target_os = "none")]
pub use open::Region;
#[cfg(target_os = "none")]
pub use quota::{Quota, excess, quota, set_quota};
#[cfg(target_os = "none")]
pub use view::{View, announce_departure, withdraw_departure};
