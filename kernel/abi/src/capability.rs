//! Capabilities (capabilities(7)): what `capget` and `capset` take.

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// The version with one record of data.
pub const VERSION_1: u32 = 0x1998_0330;
/// A version with two records.
pub const VERSION_2: u32 = 0x2007_1026;
/// The version of today, with two records.
pub const VERSION_3: u32 = 0x2008_0522;
/// A bit for each capability that there is: 0 (`CAP_CHOWN`) to 40 (`CAP_CHECKPOINT_RESTORE`).
pub const ALL: u64 = (1 << 41) - 1;

/// Whose capabilities, and which records follow.
#[derive(Clone, Copy, Debug, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct CapabilityHeader {
    /// `VERSION_*`.
    pub version: u32,
    /// The process or thread; 0 for the caller.
    pub pid: i32,
}

/// 32 capabilities of each set.
#[derive(
    Clone, Copy, Debug, Default, Eq, FromBytes, Immutable, IntoBytes, KnownLayout, PartialEq,
)]
#[repr(C)]
pub struct CapabilityData {
    /// Those that count.
    pub effective: u32,
    /// Those that may be taken up.
    pub permitted: u32,
    /// Those that stay at exec.
    pub inheritable: u32,
}
