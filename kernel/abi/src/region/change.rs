//! Changes of a region, as `region_wait_change` tells them.

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// What happened to the region.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u32)]
pub enum ChangeKind {
    /// A process said so (`region_notify`).
    Notified = 0,
    /// `region_write` changed bytes.
    Written = 1,
    /// It became longer.
    Grown = 2,
    /// It became shorter.
    Shrunk = 3,
    /// It was sealed.
    Sealed = 4,
}

impl ChangeKind {
    /// The kind with this number.
    pub const fn from_number(number: u32) -> Option<Self> {
        match number {
            0 => Some(Self::Notified),
            1 => Some(Self::Written),
            2 => Some(Self::Grown),
            3 => Some(Self::Shrunk),
            4 => Some(Self::Sealed),
            _ => None,
        }
    }
}

/// One change.
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct ChangeRecord {
    /// The change's number; the first is 1. Numbers between the last one seen and this one belong
    /// to changes that are no longer remembered.
    pub number: u64,
    /// The first byte that changed; the new length for a change of length.
    pub offset: u64,
    /// Bytes that changed; 0 where that is not known.
    pub length: u64,
    /// The process that made it.
    pub pid: u32,
    /// [`ChangeKind`].
    pub kind: u32,
}
