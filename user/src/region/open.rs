//! An open region: opened or made by name, copied from and to, mapped, grown, sealed.

use super::name::failed;
use super::quota::excess;
use super::view::View;
use super::{Options, Protection, RegionFlags, RegionRecord, Seals};
use crate::error::{Context, Error, Result};
use crate::fs::OwnedFd;
use crate::syscall::{file, region as call, region_data as data};
use abi::Errno;
use alloc::string::String;

/// What errors call a region without a name.
const NAMELESS: &str = "region without a name";

/// An open region.
#[derive(Debug)]
pub struct Region {
    fd: OwnedFd,
    name: String,
}

impl Options {
    /// Creates the region, or opens the one of that name as it is.
    pub fn create(&self, name: &str) -> Result<Region> {
        if name.is_empty() {
            return Err(failed(Errno::EINVAL, name));
        }
        let fd = call::region_create(name, self.request()).map_err(|errno| failed(errno, name))?;
        Ok(Region { fd: OwnedFd::from_raw(fd), name: name.into() })
    }

    /// Creates a region without a name, which others get by fork or by its descriptor.
    pub fn anonymous(&self) -> Result<Region> {
        let fd = call::region_create("", self.request()).context(NAMELESS)?;
        Ok(Region { fd: OwnedFd::from_raw(fd), name: NAMELESS.into() })
    }
}

impl Region {
    /// How a new region is to be.
    pub const fn options() -> Options {
        Options::new()
    }

    /// Opens a region for reading and writing.
    pub fn open(name: &str) -> Result<Self> {
        Self::open_with(name, RegionFlags::empty())
    }

    /// Opens a region for reading only.
    pub fn open_read_only(name: &str) -> Result<Self> {
        Self::open_with(name, RegionFlags::READ_ONLY)
    }

    /// Opens a region in another way.
    pub fn open_with(name: &str, flags: RegionFlags) -> Result<Self> {
        let fd = call::region_open(name, flags).map_err(|errno| failed(errno, name))?;
        Ok(Self { fd: OwnedFd::from_raw(fd), name: name.into() })
    }

    /// The region behind a descriptor, such as one that was inherited.
    pub fn from_fd(fd: OwnedFd) -> Result<Self> {
        let record = call::region_stat(fd.as_raw()).context(alloc::format!("{fd:?}"))?;
        let name = match record.name() {
            [] => NAMELESS.into(),
            name => String::from_utf8_lossy(name).into_owned(),
        };
        Ok(Self { fd, name })
    }

    /// The descriptor's number.
    pub const fn as_raw(&self) -> i32 {
        self.fd.as_raw()
    }

    /// The descriptor.
    pub fn into_fd(self) -> OwnedFd {
        self.fd
    }

    /// The name that it was opened by.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The length in bytes.
    pub fn length(&self) -> Result<u64> {
        Ok(self.stat()?.length)
    }

    /// Makes it longer or shorter; every view sees that.
    pub fn set_length(&self, bytes: u64) -> Result<()> {
        let outcome = call::region_set_length(self.as_raw(), bytes);
        outcome.map_err(|errno| match errno {
            Errno::EFBIG => self
                .error(errno)
                .problem("that is longer than it may grow")
                .advice("the maximum is chosen when a region is created; region stat shows it"),
            Errno::EPERM => self.error(errno).problem("a seal forbids that"),
            Errno::EDQUOT => {
                let before = self.length().unwrap_or(0);
                failed(errno, &self.name).problem(excess(bytes, bytes.saturating_sub(before)))
            }
            errno => failed(errno, &self.name),
        })
    }

    /// The region's record.
    pub fn stat(&self) -> Result<RegionRecord> {
        self.told(call::region_stat(self.as_raw()))
    }

    /// Sets who may open it; its owner and root can.
    pub fn set_mode(&self, mode: u32) -> Result<()> {
        self.told(file::fchmod(self.as_raw(), mode))
    }

    /// Gives it another owner and group; root can.
    pub fn set_owner(&self, uid: u32, gid: u32) -> Result<()> {
        self.told(file::fchown(self.as_raw(), uid, gid))
    }

    /// Maps all of it; the view has room for what it grows by.
    pub fn map(&self, rights: Protection) -> Result<View> {
        View::whole(self, rights)
    }

    /// Maps bytes from an offset, which is a multiple of the page size.
    pub fn map_part(&self, rights: Protection, offset: u64, bytes: usize) -> Result<View> {
        View::part(self, rights, offset, bytes)
    }

    /// Copies bytes out from an offset, without being torn by a [`write`](Self::write): fewer than
    /// asked for at the end, and none behind it.
    pub fn read(&self, offset: u64, bytes: &mut [u8]) -> Result<usize> {
        self.told(data::region_read(self.as_raw(), offset, bytes))
    }

    /// Copies all of the bytes in at an offset, in one piece for all who [`read`](Self::read);
    /// fails with `ERANGE` and writes nothing where they would cross the end.
    pub fn write(&self, offset: u64, bytes: &[u8]) -> Result<()> {
        self.told(data::region_write(self.as_raw(), offset, bytes)).map(drop)
    }

    /// Forbids something for ever, and returns all that is forbidden.
    pub fn seal(&self, seals: Seals) -> Result<Seals> {
        self.told(call::region_seal(self.as_raw(), seals))
    }

    /// What is forbidden.
    pub fn seals(&self) -> Result<Seals> {
        self.seal(Seals::empty())
    }

    /// Ends all of this process's views of the region and closes this descriptor.
    ///
    /// Dropping the views and then the region does the same and needs no `unsafe`.
    ///
    /// # Safety
    /// - No view of the region is used any more in this process, and none is dropped later.
    pub unsafe fn leave(self) -> Result<()> {
        // SAFETY: the caller's duty.
        let outcome = unsafe { call::region_leave(self.as_raw()) };
        let outcome = self.told(outcome);
        if outcome.is_ok() {
            // The call has closed it.
            let _ = self.fd.into_raw();
        }
        outcome
    }

    pub(super) fn error(&self, errno: Errno) -> Error {
        Error::new(errno, self.name.as_str())
    }

    pub(super) fn told<T>(&self, outcome: core::result::Result<T, Errno>) -> Result<T> {
        outcome.context(self.name.as_str())
    }
}
