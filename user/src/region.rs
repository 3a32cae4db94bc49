//! Regions: memory that processes hold in common, by name.

use crate::error::{Context, Error, Result};
use crate::fs::OwnedFd;
use crate::shared::SharedMemory;
use crate::syscall::region as call;
use abi::Errno;
pub use abi::memory::Protection;
pub use abi::region::{RegionFlags, RegionRecord, RegionRequest};
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::ptr::NonNull;
use core::sync::atomic::AtomicU32;

/// An open region.
#[derive(Debug)]
pub struct Region {
    fd: OwnedFd,
    name: String,
}

impl Region {
    /// Creates a region of so many bytes, or opens the one of that name as it is.
    pub fn create(name: &str, bytes: u64, flags: RegionFlags, mode: u32) -> Result<Self> {
        let request =
            RegionRequest { bytes, flags: flags.bits(), mode, ..RegionRequest::default() };
        let fd = call::region_create(name, &request).map_err(|errno| failed(errno, name))?;
        Ok(Self { fd: OwnedFd::from_raw(fd), name: name.into() })
    }

    /// Opens a region for reading and writing.
    pub fn open(name: &str) -> Result<Self> {
        Self::open_with(name, RegionFlags::empty())
    }

    /// Opens a region in another way.
    pub fn open_with(name: &str, flags: RegionFlags) -> Result<Self> {
        let fd = call::region_open(name, flags).map_err(|errno| failed(errno, name))?;
        Ok(Self { fd: OwnedFd::from_raw(fd), name: name.into() })
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
        call::region_set_length(self.fd.as_raw(), bytes).context(self.name.as_str())
    }

    /// The region's record.
    pub fn stat(&self) -> Result<RegionRecord> {
        call::region_stat(self.fd.as_raw()).context(self.name.as_str())
    }

    /// Maps all of it.
    pub fn map(&self, rights: Protection) -> Result<View> {
        let length = self.length()?;
        let length = usize::try_from(length)
            .map_err(|_| Error::new(Errno::EOVERFLOW, self.name.as_str()))?;
        let address = call::region_map(self.fd.as_raw(), rights).context(self.name.as_str())?;
        let base = NonNull::new(address as *mut u8)
            .ok_or_else(|| Error::new(Errno::EFAULT, self.name.as_str()))?;
        // SAFETY: the kernel mapped the region there, and it is unmapped when the view is dropped.
        let memory = unsafe { SharedMemory::new(base, length) };
        Ok(View { memory, address })
    }
}

/// A mapped region, until it is dropped; it is reached as [`SharedMemory`].
///
/// Stores through a view that was mapped read-only end the process.
#[derive(Debug)]
pub struct View {
    memory: SharedMemory<'static>,
    address: usize,
}

impl View {
    /// The address in this process.
    pub const fn address(&self) -> usize {
        self.address
    }

    /// The memory, for as long as the view lives.
    pub fn memory(&self) -> SharedMemory<'_> {
        self.memory
    }

    /// The length in bytes, as it was when the region was mapped.
    pub const fn len(&self) -> usize {
        self.memory.len()
    }

    /// Whether the region had no bytes.
    pub const fn is_empty(&self) -> bool {
        self.memory.is_empty()
    }

    /// The 32-bit word at an offset.
    pub fn as_atomic_u32(&self, offset: usize) -> Option<&AtomicU32> {
        self.memory.as_atomic_u32(offset)
    }

    /// Copies bytes out, from an offset; `None` if they are not all there.
    pub fn read(&self, offset: usize, bytes: &mut [u8]) -> Option<()> {
        self.memory.read(offset, bytes)
    }

    /// Copies bytes in, at an offset; `None` if they do not fit.
    pub fn write(&self, offset: usize, bytes: &[u8]) -> Option<()> {
        self.memory.write(offset, bytes)
    }

    /// Keeps the memory mapped until the process ends.
    pub fn leak(self) -> SharedMemory<'static> {
        let memory = self.memory;
        core::mem::forget(self);
        memory
    }
}

impl Drop for View {
    fn drop(&mut self) {
        // SAFETY: references into the memory do not outlive the view.
        let _ = unsafe { call::region_unmap(self.address) };
    }
}

/// Removes a region's name; the memory goes with the last user.
pub fn unlink(name: &str) -> Result<()> {
    call::region_unlink(name).map_err(|errno| failed(errno, name))
}

/// All regions.
pub fn list() -> Result<Vec<RegionRecord>> {
    let mut capacity = 16;
    loop {
        let mut records = vec![RegionRecord::empty(); capacity];
        let count = call::region_list(&mut records).context("region list")?;
        if count <= capacity {
            records.truncate(count);
            return Ok(records);
        }
        capacity = count + 8;
    }
}

/// Has the kernel add 1 to the word, in a shared view, and wake its waiters when this process
/// ends, whatever ends it.
pub fn announce_departure(word: &AtomicU32) -> Result<()> {
    call::region_departure_word(word).context("departure word")
}

fn failed(errno: Errno, name: &str) -> Error {
    let error = Error::new(errno, name);
    match errno {
        Errno::ENOENT => error
            .problem("no such region")
            .advice(format!("create one with: region create {name} 64K")),
        Errno::EEXIST => error.problem("a region of that name exists already"),
        Errno::EINVAL => error.advice("a region's name is / and up to 254 characters without /"),
        _ => error,
    }
}
