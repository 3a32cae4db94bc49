//! The kernel's own translation tables, as data: what is where, with which rights.
//!
//! This only writes tables, through [`crate::ram`], so it works in the simulation as on a board.
//! `memory_map` decides what goes in, and switches to it.

mod builder;
mod descriptor;
mod pool;

pub use builder::{KernelMap, MapError};
pub use descriptor::{
    DEVICE_MEMORY_INDEX, MAIR, MemoryKind, NORMAL_MEMORY_INDEX, block, page, table,
};
pub use pool::TablePool;
