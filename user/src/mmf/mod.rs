//! Mapping objects: named shared memory in the manner of Windows' file mappings, over regions.
//!
//! A first process makes an object with [`create_region`], any later one gets a handle by the name
//! with [`open_region`]; [`create_mapping`] makes its bytes reachable at an address, and
//! [`mmf_read`] and [`mmf_write`] copy them through the kernel, each in one piece. An object goes
//! with the last handle and view, also when a process dies; its memory is set aside when it is
//! made or grown, so that no touch ever fails for want of memory, and it never gets shorter.
//!
//! It is the same kernel object as [`crate::region`]'s and [`crate::posix`]'s: each opens what
//! another has made.

mod flags;

#[cfg(target_os = "none")]
mod copying;
#[cfg(target_os = "none")]
mod inheritance;
#[cfg(target_os = "none")]
mod mapping;
#[cfg(target_os = "none")]
mod object;

pub use abi::region::Inheritance;
pub use flags::{Access, ObjectFlags};

#[cfg(target_os = "none")]
pub use crate::region::Change;
#[cfg(target_os = "none")]
pub use copying::{mmf_read, mmf_write, notify, wait_change};
#[cfg(target_os = "none")]
pub use inheritance::{Decision, Inheritable, approve_child, set_inheritance};
#[cfg(target_os = "none")]
pub use mapping::{View, create_mapping};
#[cfg(target_os = "none")]
pub use object::{
    Handle, Sizes, create_region, create_region_for, file_mapping_dec_ref, grow, open_region,
    sizes, wait_for_name,
};
