//! A view: where a region, or a part of it, is mapped.
//!
//! A view of a whole region has room for all that the region may grow to, at the same addresses.
//! The kernel shows growth there at once; `update` tells the view how far it may reach now.

use super::open::Region;
use super::{Inheritance, Protection};
use crate::error::{Context, Error, Result};
use crate::shared::SharedMemory;
use crate::syscall::{memory, region as call, region_holding as holding};
use abi::Errno;
use abi::limits::REGION_BYTES_MAX;
use abi::memory::MapFlags;
use core::ptr::NonNull;
use core::sync::atomic::AtomicU32;

/// The most that a view can have.
const LONGEST: u64 = isize::MAX as u64;

/// What one table of the translation reaches, and views are linked by.
const UNIT_BYTES: u64 = 2 * 1024 * 1024;

/// Mapped memory of a region, until it is dropped; it is reached as [`SharedMemory`].
///
/// Stores through a view that was mapped read-only end the process, and so do touches of what was
/// cut off the region since.
#[derive(Debug)]
pub struct View {
    memory: SharedMemory<'static>,
    /// Where it begins in the region.
    offset: u64,
    /// Bytes of addresses from the view's beginning that are the region's.
    room: u64,
    region: u64,
}

impl View {
    /// Maps the whole region.
    pub(super) fn whole(region: &Region, rights: Protection) -> Result<Self> {
        let record = region.stat()?;
        let (address, room) = if record.maximum < REGION_BYTES_MAX {
            let address = call::region_map(region.as_raw(), rights, 0, 0);
            (region.told(address)?, record.maximum.max(record.length))
        } else {
            Self::mapped_as_long_as_it_is(region, rights, record.length)?
        };
        Self::at(region, address, 0, room, record.id)?.with_length(region, record.length)
    }

    /// Maps a part.
    pub(super) fn part(
        region: &Region,
        rights: Protection,
        offset: u64,
        bytes: usize,
    ) -> Result<Self> {
        if bytes == 0 {
            // The call takes that for the whole.
            return Err(region.error(Errno::EINVAL).problem("a view needs at least one byte"));
        }
        let record = region.stat()?;
        let bytes = bytes as u64;
        let address = region.told(call::region_map(region.as_raw(), rights, offset, bytes))?;
        Self::at(region, address, offset, bytes, record.id)?.with_length(region, bytes)
    }

    /// Maps a region that has no maximum: the kernel keeps room for its length only, which others
    /// may change before it looks. So the room is asked for.
    fn mapped_as_long_as_it_is(
        region: &Region,
        rights: Protection,
        length: u64,
    ) -> Result<(usize, u64)> {
        let room =
            length.max(1).checked_next_multiple_of(UNIT_BYTES).filter(|room| *room <= LONGEST);
        let room = room.ok_or_else(|| region.error(Errno::EOVERFLOW))?;
        // SAFETY: without `FIXED` the kernel chooses addresses that are not in use.
        let address =
            unsafe { memory::mmap(0, room as usize, rights, MapFlags::SHARED, region.as_raw(), 0) };
        Ok((region.told(address)?, room))
    }

    fn at(region: &Region, address: usize, offset: u64, room: u64, number: u64) -> Result<Self> {
        let base = NonNull::new(address as *mut u8).ok_or_else(|| region.error(Errno::EFAULT))?;
        // SAFETY: no bytes are reached yet.
        let memory = unsafe { SharedMemory::new(base, 0) };
        Ok(Self { memory, offset, room, region: number })
    }

    /// The view with so many bytes that are reached.
    fn with_length(mut self, region: &Region, bytes: u64) -> Result<Self> {
        self.set_length(bytes).ok_or_else(|| region.error(Errno::EOVERFLOW))?;
        Ok(self)
    }

    fn set_length(&mut self, bytes: u64) -> Option<()> {
        let length = usize::try_from(bytes.min(self.room).min(LONGEST)).ok()?;
        // SAFETY: the kernel has set these addresses aside for the region, and they are unmapped
        // when the view is dropped; a touch behind the region's end is a fault and nothing else.
        self.memory = unsafe { SharedMemory::new(self.memory.base(), length) };
        Some(())
    }

    /// Reaches as far as the region does now, within the room that the view has, and returns the
    /// length. A part ends where it was mapped to, or with the region.
    pub fn update(&mut self, region: &Region) -> Result<usize> {
        let record = region.stat()?;
        if record.id != self.region {
            return Err(region.error(Errno::EINVAL).problem("the view is of another region"));
        }
        self.set_length(record.length.saturating_sub(self.offset))
            .ok_or_else(|| region.error(Errno::EOVERFLOW))?;
        Ok(self.len())
    }

    /// The address in this process.
    pub fn address(&self) -> usize {
        self.memory.base().as_ptr() as usize
    }

    /// Where in the region it begins.
    pub const fn offset(&self) -> u64 {
        self.offset
    }

    /// The number of the region.
    pub const fn region(&self) -> u64 {
        self.region
    }

    /// The memory, for as long as the view lives.
    pub fn memory(&self) -> SharedMemory<'_> {
        self.memory
    }

    /// The length in bytes, as it was when the region was mapped or last asked for.
    pub const fn len(&self) -> usize {
        self.memory.len()
    }

    /// Whether there are no bytes.
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

    /// Sets what children get of this view, and returns what it was.
    pub fn set_inheritance(&self, inheritance: Inheritance) -> Result<Inheritance> {
        holding::region_inherit_view(self.address(), inheritance).map_err(|errno| self.error(errno))
    }

    /// Keeps the memory mapped until the process ends.
    pub fn leak(self) -> SharedMemory<'static> {
        let memory = self.memory;
        core::mem::forget(self);
        memory
    }

    fn error(&self, errno: Errno) -> Error {
        Error::new(errno, alloc::format!("view at {:#x}", self.address()))
    }
}

impl Drop for View {
    fn drop(&mut self) {
        // SAFETY: references into the memory do not outlive the view.
        let _ = unsafe { call::region_unmap(self.address()) };
    }
}

/// Has the kernel add 1 to the word, in a shared view, and wake its waiters when this process
/// ends, whatever ends it.
pub fn announce_departure(word: &AtomicU32) -> Result<()> {
    call::region_departure_word(word).context("departure word")
}

/// Takes an announcement back, so that the word is left alone.
pub fn withdraw_departure(word: &AtomicU32) -> Result<()> {
    call::region_withdraw_departure_word(word).context("departure word")
}
