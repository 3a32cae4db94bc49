//! What a region is made with, and what of it can be changed: owner, group and mode.

use super::object::Region;
use super::quota::Account;
use crate::fs::permission::{Permissions, Want};
use crate::process::Credentials;
use abi::Errno;
use abi::limits::REGION_BYTES_MAX;
use abi::region::{RegionFlags, Seals};
use arch::addr::UNIT_SIZE;
use core::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// Owner and permissions.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RegionAttributes {
    /// Permission bits, as of a file.
    pub mode: u32,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
}

/// Owner and permissions, which every look-up reads without a lock.
pub(super) struct Attributes {
    mode: AtomicU32,
    /// The user, and in the upper half the group: they change in one step.
    owner: AtomicU64,
}

impl Attributes {
    pub const fn new(attributes: RegionAttributes) -> Self {
        let RegionAttributes { mode, uid, gid } = attributes;
        Self { mode: AtomicU32::new(mode), owner: AtomicU64::new(pair(uid, gid)) }
    }

    fn load(&self) -> RegionAttributes {
        let owner = self.owner.load(Ordering::Relaxed);
        let (uid, gid) = (owner as u32, (owner >> u32::BITS) as u32);
        RegionAttributes { mode: self.mode.load(Ordering::Relaxed), uid, gid }
    }
}

const fn pair(uid: u32, gid: u32) -> u64 {
    uid as u64 | (gid as u64) << u32::BITS
}

/// A region that is asked for.
#[derive(Clone)]
pub struct RegionSpec {
    /// Owner and permissions.
    pub attributes: RegionAttributes,
    /// Its length in bytes.
    pub length: u64,
    /// The length that it may grow to.
    pub maximum: u64,
    /// What it is for as long as it lives.
    pub flags: RegionFlags,
    /// Its seals from the beginning.
    pub seals: Seals,
    /// Whom its pages are charged to; nobody for the bytes of a file system.
    pub account: Option<Account>,
}

impl RegionSpec {
    /// The bytes of a file system's file: no memory is set aside, nobody is charged, and it can't
    /// be sealed.
    pub const fn file(attributes: RegionAttributes, length: u64) -> Self {
        Self {
            attributes,
            length,
            maximum: REGION_BYTES_MAX,
            flags: RegionFlags::SPARSE,
            seals: Seals::SEAL,
            account: None,
        }
    }

    /// A POSIX shared memory object: empty at first, as long as it may get, without flags.
    pub const fn posix(attributes: RegionAttributes, account: Account) -> Self {
        Self {
            attributes,
            length: 0,
            maximum: REGION_BYTES_MAX,
            flags: RegionFlags::empty(),
            seals: Seals::empty(),
            account: Some(account),
        }
    }

    /// The maximum of a region for which none is asked: its length in whole units, one at least.
    pub const fn default_maximum(length: u64) -> u64 {
        let unit = UNIT_SIZE as u64;
        let units = length.div_ceil(unit);
        if units == 0 { unit } else { units.saturating_mul(unit) }
    }

    /// Fails if no region can be so.
    pub fn check(&self) -> Result<(), Errno> {
        if self.length > REGION_BYTES_MAX || self.maximum > REGION_BYTES_MAX {
            return Err(Errno::EFBIG);
        }
        if self.length > self.maximum { Err(Errno::EINVAL) } else { Ok(()) }
    }
}

impl Region {
    /// Owner and permissions.
    pub fn attributes(&self) -> RegionAttributes {
        self.attributes.load()
    }

    /// Changes the permission bits.
    pub fn set_mode(&self, mode: u32) {
        self.attributes.mode.store(mode & 0o7777, Ordering::Relaxed);
    }

    /// Gives the region to somebody else; its pages stay charged to who made it.
    pub fn set_owner(&self, uid: u32, gid: u32) {
        self.attributes.owner.store(pair(uid, gid), Ordering::Relaxed);
    }

    /// Fails with `EACCES` unless the caller may open the region for what it wants.
    pub fn check_access(&self, caller: Credentials, want: Want) -> Result<(), Errno> {
        let RegionAttributes { mode, uid, gid } = self.attributes();
        let permissions = Permissions { mode, uid, gid };
        if permissions.allow(caller, want) {
            return Ok(());
        }
        self.note_refusal(caller);
        Err(Errno::EACCES)
    }
}
