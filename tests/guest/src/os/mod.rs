//! System calls, as thin as they can be.

mod call;
mod file;
mod memory;
mod process;
mod record;
pub mod region_sync;
mod time;

pub use call::{Answer, call, ignore, raw};
pub use file::*;
pub use memory::*;
pub use process::*;
pub use record::*;
pub use time::*;
