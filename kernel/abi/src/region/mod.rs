//! Regions: flags and structures of the native calls.
//!
//! `change` tells what was written, `holding` what a process has of regions, `quota` how much it
//! may have; here is the region itself.

mod change;
mod holding;
mod quota;

pub use change::{ChangeKind, ChangeRecord};
pub use holding::{HandleRecord, Inheritance, ViewRecord};
pub use quota::{QuotaRecord, QuotaScope, UNLIMITED};

use bitflags::bitflags;
use zerocopy::{FromBytes, FromZeros, Immutable, IntoBytes, KnownLayout};

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
        /// The name goes when the last descriptor and the last view have gone.
        const EPHEMERAL = 8;
        /// One descriptor may write at a time; opening a second one fails with `EBUSY`.
        const SINGLE_WRITER = 0x10;
        /// Views may only read; data is changed with `region_write`.
        const VIEWS_READ_ONLY = 0x20;
        /// Every view of the whole region is at one address, the same in all processes.
        const SAME_ADDRESS = 0x40;
        /// Do not set memory aside: a touch may find none. For long regions that stay mostly empty.
        const SPARSE = 0x80;
    }
}

/// Flag of `region_departure_word`: an announced word is to be left alone.
pub const DEPARTURE_WITHDRAW: u32 = 1;

bitflags! {
    /// What can no longer be done to a region; the bits are those of Linux's `F_ADD_SEALS`.
    #[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
    pub struct Seals: u32 {
        /// No more seals.
        const SEAL = 1;
        /// It never gets shorter.
        const SHRINK = 2;
        /// It never gets longer.
        const GROW = 4;
        /// Its bytes never change.
        const WRITE = 8;
        /// No new writable views, and no writes through descriptors; views that exist go on.
        const FUTURE_WRITE = 0x10;
    }
}

bitflags! {
    /// What is true of a region now, in a [`RegionRecord`].
    #[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
    pub struct RegionState: u32 {
        /// Somebody holds its lock.
        const LOCKED = 1;
        /// A process died while it held the lock, and nobody has declared the bytes consistent.
        const DIRTY = 2;
    }
}

/// What `region_create` is asked for. A caller tells its size; later versions only append.
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct RegionRequest {
    /// Length in bytes.
    pub bytes: u64,
    /// The length that it may grow to; 0 for the length rounded up to 2 MiB. Every view of the
    /// whole region has room for it.
    pub maximum: u64,
    /// [`RegionFlags`].
    pub flags: u32,
    /// Permissions, from which the caller's umask is taken away.
    pub mode: u32,
    /// [`Seals`] from the beginning.
    pub seals: u32,
    /// Zero.
    pub reserved: u32,
}

/// One region, as `region_list` and `region_stat` tell it.
#[derive(Clone, Copy, Debug, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct RegionRecord {
    /// The region's number, never used again.
    pub id: u64,
    /// Its exact length in bytes.
    pub length: u64,
    /// The length that it may grow to.
    pub maximum: u64,
    /// Pages that hold memory.
    pub resident_pages: u64,
    /// The number of its last change.
    pub changes: u64,
    /// Times that it was opened.
    pub opens: u64,
    /// Page faults that made one of its pages.
    pub faults: u64,
    /// The address of all views, for a region with one; else 0.
    pub address: u64,
    /// Descriptors that refer to it, in all processes.
    pub descriptors: u32,
    /// Views of it, in all address spaces.
    pub views: u32,
    /// Address spaces that have a view of it, and may only read.
    pub readers: u32,
    /// Address spaces that have a view of it, and may write.
    pub writers: u32,
    /// Descriptors and views together: what keeps an ephemeral region.
    pub users: u32,
    /// Permissions.
    pub mode: u32,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// [`RegionFlags`] that it was created with.
    pub flags: u32,
    /// [`Seals`].
    pub seals: u32,
    /// [`RegionState`].
    pub state: u32,
    /// The process that holds its lock, or 0.
    pub lock_owner: u32,
    /// The user that its pages are charged to.
    pub charged_uid: u32,
    /// Bytes of the name that follow; 0 for a region without a name.
    pub name_length: u32,
    /// The name, which begins with `/`.
    pub name: [u8; 256],
}

impl RegionRecord {
    /// A record without contents, to be filled by the kernel.
    pub fn empty() -> Self {
        Self::new_zeroed()
    }

    /// The name's bytes.
    pub fn name(&self) -> &[u8] {
        let length = (self.name_length as usize).min(self.name.len());
        &self.name[..length]
    }

    /// Puts a name in, cut at 256 bytes.
    pub fn set_name(&mut self, name: &[u8]) {
        let length = name.len().min(self.name.len());
        self.name[..length].copy_from_slice(&name[..length]);
        self.name_length = length as u32;
    }
}

bitflags! {
    /// Flags of `region_lock` and `region_unlock`.
    #[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
    pub struct LockFlags: u32 {
        /// `region_lock`: fail with `EAGAIN` where it would wait.
        const TRY = 1;
        /// `region_unlock`: the bytes are consistent again, after a lock that gave `EOWNERDEAD`.
        const CONSISTENT = 2;
    }
}
