//! Calls about memory.

use super::arguments::Arguments;
use crate::fs::Fd;
use crate::mm::{AddressSpace, MapRequest, MemoryObject, Placement, Sharing};
use crate::region::{Region, RegionAttributes};
use crate::sched;
use abi::Errno;
use abi::memory::{MADV_DONTNEED, MapFlags, Protection};
use alloc::sync::Arc;
use arch::addr::{PAGE_SIZE, PageRange, VirtAddr};

/// Flags of `msync`: ASYNC, INVALIDATE, SYNC.
const MS_ASYNC: u32 = 1;
const MS_SYNC: u32 = 4;
const MS_ALL: u32 = 7;

pub fn space() -> Result<Arc<AddressSpace>, Errno> {
    sched::current_process().space().ok_or(Errno::ESRCH)
}

pub fn brk(address: VirtAddr) -> Result<u64, Errno> {
    Ok(space()?.move_break(address).value() as u64)
}

pub fn mmap(a: &Arguments) -> Result<u64, Errno> {
    let protection = Protection::from_bits(a.u32(2)).ok_or(Errno::EINVAL)?;
    let flags = MapFlags::from_bits_truncate(a.u32(3));
    let sharing = match (flags.contains(MapFlags::SHARED), flags.contains(MapFlags::PRIVATE)) {
        (true, false) => Sharing::Shared,
        (false, true) => Sharing::Private,
        _ => return Err(Errno::EINVAL),
    };
    let bytes = a.size(1).checked_next_multiple_of(PAGE_SIZE).ok_or(Errno::ENOMEM)?;
    if bytes == 0 {
        return Err(Errno::EINVAL);
    }
    let (object, maximum) = if flags.contains(MapFlags::ANONYMOUS) {
        (anonymous(sharing, bytes)?, Protection::all())
    } else {
        let (region, maximum) = mapped_file(a.fd(4), protection, sharing)?;
        let offset = a.u64(5);
        if !offset.is_multiple_of(PAGE_SIZE as u64) {
            return Err(Errno::EINVAL);
        }
        if offset.checked_add(bytes as u64).is_none_or(|end| end > i64::MAX as u64) {
            return Err(Errno::EOVERFLOW);
        }
        (Some((region as Arc<dyn MemoryObject>, offset, sharing)), maximum)
    };
    let address = a.address(0);
    let placement = if flags.contains(MapFlags::FIXED_NO_REPLACE) {
        Placement::FixedNoReplace(address)
    } else if flags.contains(MapFlags::FIXED) {
        Placement::Fixed(address)
    } else if address.value() != 0 {
        Placement::Hint(address)
    } else {
        Placement::Anywhere
    };
    let space = space()?;
    let start = space.map(MapRequest { placement, bytes, protection, maximum, object })?;
    if flags.contains(MapFlags::POPULATE) {
        populate(&space, start, bytes, protection);
    }
    Ok(start.value() as u64)
}

type Object = Option<(Arc<dyn MemoryObject>, u64, Sharing)>;

/// Shared memory without a file is a region without a name.
fn anonymous(sharing: Sharing, bytes: usize) -> Result<Object, Errno> {
    if sharing == Sharing::Private {
        return Ok(None);
    }
    let credentials = sched::current_process().credentials();
    let attributes = RegionAttributes { mode: 0o600, uid: credentials.uid, gid: credentials.gid };
    let region = Region::create(attributes, bytes as u64).map_err(|_| Errno::ENOMEM)?;
    Ok(Some((region, 0, sharing)))
}

/// The region behind a descriptor, and the most that a view of it may ever allow.
fn mapped_file(
    fd: Fd,
    protection: Protection,
    sharing: Sharing,
) -> Result<(Arc<Region>, Protection), Errno> {
    let file = super::file::get(fd)?;
    let region = file.region()?;
    if !file.reads() {
        return Err(Errno::EACCES);
    }
    let mut maximum = Protection::all();
    if sharing == Sharing::Shared && !file.writes() {
        maximum.remove(Protection::WRITE);
    }
    if !maximum.contains(protection) {
        return Err(Errno::EACCES);
    }
    Ok((region, maximum))
}

/// Fills pages ahead of their first touch, as far as memory goes.
fn populate(space: &AddressSpace, start: VirtAddr, bytes: usize, protection: Protection) {
    use crate::mm::Access;
    let access = if protection.contains(Protection::WRITE) { Access::Write } else { Access::Read };
    let Some(range) = PageRange::from_bytes(start, bytes) else { return };
    for page in range.iter() {
        if space.fault(page, access).is_err() {
            return;
        }
    }
}

pub fn munmap(address: VirtAddr, bytes: usize) -> Result<u64, Errno> {
    space()?.unmap(untagged(address), bytes)?;
    Ok(0)
}

pub fn mprotect(address: VirtAddr, bytes: usize, protection: u32) -> Result<u64, Errno> {
    let protection = Protection::from_bits(protection).ok_or(Errno::EINVAL)?;
    if bytes == 0 && address.is_page_start() {
        return Ok(0);
    }
    if address.is_page_start() && PageRange::from_bytes(address, bytes).is_none() {
        return Err(Errno::ENOMEM);
    }
    space()?.protect(address, bytes, protection)?;
    Ok(0)
}

pub fn msync(address: VirtAddr, bytes: usize, flags: u32) -> Result<u64, Errno> {
    let both = MS_ASYNC | MS_SYNC;
    if flags & !MS_ALL != 0 || flags & both == both || !address.is_page_start() {
        return Err(Errno::EINVAL);
    }
    if bytes == 0 {
        return Ok(0);
    }
    // Views of a region are the region's own pages: there is nothing to write back.
    let range = PageRange::from_bytes(address, bytes).ok_or(Errno::ENOMEM)?;
    if space()?.is_mapped(range) { Ok(0) } else { Err(Errno::ENOMEM) }
}

pub fn madvise(address: VirtAddr, bytes: usize, advice: u32) -> Result<u64, Errno> {
    if !address.is_page_start() {
        return Err(Errno::EINVAL);
    }
    if bytes == 0 {
        return Ok(0);
    }
    if advice == MADV_DONTNEED {
        space()?.discard(address, bytes)?;
    }
    Ok(0)
}

/// `munmap` accepts an address with a tag in its top byte, as Linux does.
const fn untagged(address: VirtAddr) -> VirtAddr {
    VirtAddr::new(address.value() & 0x00FF_FFFF_FFFF_FFFF)
}
