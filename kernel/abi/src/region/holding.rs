//! What a process has of regions: handles (descriptors) and views, and what a child gets of them.

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// What a child of fork gets of a handle or a view.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[repr(u32)]
pub enum Inheritance {
    /// The same.
    #[default]
    Share = 0,
    /// The same, but it may only read.
    ShareReadOnly = 1,
    /// A view: a copy as of the fork, of its own. A handle: as `Share`.
    Copy = 2,
    /// Nothing.
    None = 3,
    /// Nothing until the parent decides with `region_approve`.
    Ask = 4,
}

impl Inheritance {
    /// The policy with this number.
    pub const fn from_number(number: u32) -> Option<Self> {
        match number {
            0 => Some(Self::Share),
            1 => Some(Self::ShareReadOnly),
            2 => Some(Self::Copy),
            3 => Some(Self::None),
            4 => Some(Self::Ask),
            _ => None,
        }
    }
}

/// A descriptor that leads to a region, as `region_handles` tells it.
#[derive(Clone, Copy, Debug, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct HandleRecord {
    /// The region's number.
    pub region: u64,
    /// Its length in bytes.
    pub length: u64,
    /// The descriptor.
    pub fd: u32,
    /// [`crate::memory::Protection`] bits that the descriptor can give.
    pub rights: u32,
    /// [`Inheritance`].
    pub inheritance: u32,
    /// Bytes of the name; 0 for a region without a name.
    pub name_length: u32,
    /// The region's name.
    pub name: [u8; 256],
}

/// A view, as `region_views` tells it: of a region, of a file or of private memory.
#[derive(Clone, Copy, Debug, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct ViewRecord {
    /// The first address.
    pub start: u64,
    /// Bytes of addresses.
    pub bytes: u64,
    /// The offset in the region of the first byte.
    pub offset: u64,
    /// The region's number; 0 for private memory.
    pub region: u64,
    /// Pages that the process reaches without a fault.
    pub resident_pages: u64,
    /// 2 MiB units that are linked to the region's own tables.
    pub linked_units: u32,
    /// [`crate::memory::Protection`] bits now.
    pub protection: u32,
    /// [`crate::memory::Protection`] bits that it may ever have.
    pub maximum: u32,
    /// 1 if stores reach the region, 0 if they stay with the process.
    pub shared: u32,
    /// [`Inheritance`].
    pub inheritance: u32,
    /// Bytes of the name; 0 where there is none.
    pub name_length: u32,
    /// The region's name.
    pub name: [u8; 256],
}
