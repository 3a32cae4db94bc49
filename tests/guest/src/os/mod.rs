//! System calls, as thin as they can be.

mod call;
mod file;
mod holdings;
mod memory;
mod offer;
mod process;
mod record;
mod region;
pub mod region_sync;
mod signal;
mod thread;
mod time;
mod topic;
mod trace;

pub use call::{Answer, call, die_at_call, ignore, raw};
pub use file::*;
pub use holdings::*;
pub use memory::*;
pub use offer::*;
pub use process::*;
pub use record::*;
pub use region::*;
pub use signal::*;
pub use thread::*;
pub use time::*;
pub use topic::*;
pub use trace::*;
