//! Regions: flags of the native calls and the record of `region_list`.

use bitflags::bitflags;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

bitflags! {
    /// Flags of `region_create` and `region_open`.
    #[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
    pub struct RegionFlags: u32 {
        /// Fail with `EEXIST` if a region of that name exists.
        const EXCLUSIVE = 1;
        /// A descriptor that cannot write; creation ignores it.
        const READ_ONLY = 2;
        /// Close the descriptor at exec.
        const CLOSE_ON_EXEC = 4;
    }
}

/// One region, as `region_list` and `region_stat` tell it.
#[derive(Clone, Copy, Debug, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct RegionRecord {
    /// The region's number, never used again.
    pub id: u64,
    /// Its exact length in bytes.
    pub length: u64,
    /// Pages that hold memory.
    pub resident_pages: u64,
    /// Descriptors that refer to it, in all processes.
    pub descriptors: u32,
    /// Views of it, in all address spaces.
    pub views: u32,
    /// Processes that have a descriptor or a view.
    pub users: u32,
    /// Permissions.
    pub mode: u32,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// Bytes of the name that follow; 0 for a region without a name.
    pub name_length: u32,
    /// Zero.
    pub reserved: u32,
    /// The name, which begins with `/`.
    pub name: [u8; 256],
}

impl RegionRecord {
    /// A record without contents, to be filled by the kernel.
    pub const fn empty() -> Self {
        Self {
            id: 0,
            length: 0,
            resident_pages: 0,
            descriptors: 0,
            views: 0,
            users: 0,
            mode: 0,
            uid: 0,
            gid: 0,
            name_length: 0,
            reserved: 0,
            name: [0; 256],
        }
    }

    /// The name's bytes.
    pub fn name(&self) -> &[u8] {
        let length = (self.name_length as usize).min(self.name.len());
        &self.name[..length]
    }
}
