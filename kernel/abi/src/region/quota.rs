//! Quotas: how many pages of regions somebody may have.

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// A limit that does not limit.
pub const UNLIMITED: u64 = u64::MAX;

/// What a quota is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u32)]
pub enum QuotaScope {
    /// Any one region; the number is 0.
    Region = 0,
    /// The regions that the process with this number has created.
    Process = 1,
    /// The regions that this user has created.
    User = 2,
    /// What a new process may have, unless it gets a quota of its own; the number is 0.
    ProcessDefault = 3,
    /// What a user other than root may have who has no quota of his own; the number is 0.
    UserDefault = 4,
}

impl QuotaScope {
    /// The scope with this number.
    pub const fn from_number(number: u32) -> Option<Self> {
        match number {
            0 => Some(Self::Region),
            1 => Some(Self::Process),
            2 => Some(Self::User),
            3 => Some(Self::ProcessDefault),
            4 => Some(Self::UserDefault),
            _ => None,
        }
    }
}

/// A quota and what of it is used, in pages.
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct QuotaRecord {
    /// Pages at most; [`UNLIMITED`] for no limit.
    pub limit: u64,
    /// Pages charged; for a region, those of the longest.
    pub used: u64,
}
