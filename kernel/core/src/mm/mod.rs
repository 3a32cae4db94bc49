//! Memory: frames, translation tables, address spaces.
//!
//! `frames` hands out physical memory, `frame` and `table` are counted handles to it, `space` is
//! what a process sees. A level-3 table is an object that several address spaces and a region
//! can share (docs/memory.md).

mod absent;
mod ahead;
mod asid;
pub mod check;
mod chunks;
mod descriptor;
mod directory;
mod empty_tables;
mod ending;
mod fault;
mod forget;
mod fork;
mod frame;
pub mod frames;
mod gather;
mod handover;
pub mod heap;
mod inherit;
mod kernel_stack;
mod layout;
mod leave;
mod link;
mod listing;
mod map_error;
mod map_request;
mod object;
mod occupancy;
mod placement;
mod prefault;
mod program_break;
mod protect;
pub mod reclaim;
mod references;
pub mod refusals;
mod remap;
mod residency;
mod separate;
mod sharing;
mod space;
mod table;
mod unmap;
mod view;
mod views;

pub use descriptor::{Ownership, Rights};
pub use fault::{Access, FaultError};
pub use frame::Frame;
pub use frames::{FrameUse, OutOfMemory};
pub use handover::{Granted, Handover};
pub use kernel_stack::Stack;
pub use layout::{Layout, Slides};
pub use listing::{Purpose, Shown, ViewDescription};
pub use map_error::MapError;
pub use map_request::{Keeping, MapRequest, Placement};
pub use object::{MemoryObject, PageError, ViewAccess, VisitTables};
pub use placement::{COMMONS, USER_START};
pub use remap::{Destination, Remap};
pub use separate::{LoosePages, Tables};
pub use sharing::{Sharers, SpaceKey};
pub use space::{AddressSpace, Location};
pub use table::LeafTable;
pub use view::{Attachment, Backing, Sharing, View};
