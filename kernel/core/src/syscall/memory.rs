//! Calls about memory.

use super::arguments::{Arguments, Claim, store};
use crate::fs;
use crate::fs::Fd;
use crate::mm::{
    AddressSpace, FaultError, Keeping, MapRequest, MemoryObject, Placement, Sharing, Shown, reclaim,
};
use crate::region::quota::Account;
use crate::region::{CommonAddress, Region, RegionAttributes, RegionSpec, Writable};
use crate::sched::{self, CurrentSpace};
use abi::Errno;
use abi::memory::{
    MADV_DODUMP, MADV_DOFORK, MADV_DONTNEED, MADV_FREE, MADV_KEEPONFORK, MADV_MERGEABLE,
    MADV_NORMAL, MADV_PAGEOUT, MapFlags, Protection,
};
use abi::resource::{RLIMIT_AS, RLIMIT_MEMLOCK, UNLIMITED};
use alloc::sync::Arc;
use arch::addr::{PAGE_SIZE, PageRange, USER_END, VirtAddr};

/// Flags of `msync`: ASYNC, INVALIDATE, SYNC.
const MS_ASYNC: u32 = 1;
const MS_SYNC: u32 = 4;
const MS_ALL: u32 = 7;
/// `mprotect`: atomic operations will be used; they always can.
const PROT_SEM: u32 = 8;
/// `mlock2`: only what is there already.
const MLOCK_ONFAULT: u32 = 1;
/// Flags of `mlockall`: CURRENT, FUTURE, ONFAULT.
const MCL_CURRENT: u32 = 1;
const MCL_FUTURE: u32 = 2;
const MCL_ALL: u32 = 7;

pub fn space() -> Result<CurrentSpace, Errno> {
    sched::current_space().ok_or(Errno::ESRCH)
}

pub fn brk(address: VirtAddr) -> Result<u64, Errno> {
    let space = space()?;
    let now = space.move_break(VirtAddr::new(0));
    let more = address.value().saturating_sub(now.value());
    if more > 0 && check_size(&space, more).is_err() {
        return Ok(now.value() as u64);
    }
    Ok(space.move_break(address).value() as u64)
}

/// Whether the caller's limit of bytes that it sees has room for so many more.
pub(super) fn check_size(space: &AddressSpace, more: usize) -> Result<(), Errno> {
    let limit = sched::current_process().limit(RLIMIT_AS);
    let fits = limit == UNLIMITED
        || space.usage().0.checked_add(more as u64).is_some_and(|bytes| bytes <= limit);
    if fits { Ok(()) } else { Err(Errno::ENOMEM) }
}

pub fn mmap(a: Arguments<'_>) -> Result<u64, Errno> {
    // Bits that mean nothing here are ignored, as on Linux.
    let protection = Protection::from_bits_truncate(a.u32(2));
    let flags = MapFlags::from_bits_truncate(a.u32(3));
    let sharing = sharing_of(flags, a.u32(3))?;
    let bytes = a.size(1).checked_next_multiple_of(PAGE_SIZE).ok_or(Errno::ENOMEM)?;
    if bytes == 0 {
        return Err(Errno::EINVAL);
    }
    let mut anywhere = Placement::Anywhere;
    let is_fresh =
        flags.contains(MapFlags::ANONYMOUS) || is_fresh_memory(a.fd(4), protection, sharing)?;
    let (object, maximum) = if is_fresh {
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
        if let (Some(address), Sharing::Shared, 0) = (region.common_address(), sharing, offset) {
            anywhere = common_placement(address, bytes)?;
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
        anywhere
    };
    let space = space()?;
    check_size(&space, bytes)?;
    let start = space.map(MapRequest { placement, bytes, protection, maximum, object })?;
    if flags.contains(MapFlags::POPULATE)
        && let Some(range) = PageRange::from_bytes(start, bytes)
    {
        // As far as memory goes: the mapping is made, whatever comes of this.
        let _ = space.prefault(range);
    }
    Ok(start.value() as u64)
}

/// The kind of mapping that the lowest bits tell: 3 stands for a shared one that has only flags that
/// are known.
fn sharing_of(flags: MapFlags, bits: u32) -> Result<Sharing, Errno> {
    match (flags.contains(MapFlags::SHARED), flags.contains(MapFlags::PRIVATE)) {
        (true, true) if MapFlags::from_bits(bits).is_none() => Err(Errno::EOPNOTSUPP),
        (true, _) => Ok(Sharing::Shared),
        (false, true) => Ok(Sharing::Private),
        (false, false) => Err(Errno::EINVAL),
    }
}

/// Whether the descriptor is that of `/dev/zero`: mapped, it is memory of the program's own.
fn is_fresh_memory(fd: Fd, protection: Protection, sharing: Sharing) -> Result<bool, Errno> {
    let file = super::file::get(fd)?;
    if !file.node().maps_fresh_memory() {
        return Ok(false);
    }
    let writes_through = sharing == Sharing::Shared && protection.contains(Protection::WRITE);
    if !file.reads() || writes_through && !file.writes() {
        return Err(Errno::EACCES);
    }
    Ok(true)
}

type Object = Option<(Arc<dyn MemoryObject>, u64, Sharing)>;

/// Shared memory without a file is a region without a name.
fn anonymous(sharing: Sharing, bytes: usize) -> Result<Object, Errno> {
    if sharing == Sharing::Private {
        return Ok(None);
    }
    let credentials = sched::current_process().credentials();
    let attributes = RegionAttributes { mode: 0o600, uid: credentials.uid, gid: credentials.gid };
    let account = Some(Account::of_caller(credentials.uid));
    let spec = RegionSpec { account, ..RegionSpec::file(attributes, bytes as u64) };
    let region = reclaim::with_room(|| Region::new(spec.clone())).map_err(|_| Errno::ENOMEM)?;
    Ok(Some((region, 0, sharing)))
}

/// The region behind a descriptor, and the most that a view of it may ever allow.
fn mapped_file(
    fd: Fd,
    protection: Protection,
    sharing: Sharing,
) -> Result<(Arc<Region>, Protection), Errno> {
    let file = super::file::get(fd)?;
    let region = file.mapping()?;
    if !file.reads() {
        return Err(Errno::EACCES);
    }
    let descriptor = if file.writes() { Writable::Yes } else { Writable::No };
    let maximum = region.view_maximum(descriptor, sharing, protection)?;
    Ok((region, maximum))
}

/// Where a shared view from a region's start goes that has one address in all processes.
fn common_placement(address: &CommonAddress, bytes: usize) -> Result<Placement, Errno> {
    if bytes > address.bytes() {
        return Err(Errno::ENOMEM);
    }
    Ok(Placement::FixedNoReplace(address.start()))
}

pub fn munmap(address: VirtAddr, bytes: usize) -> Result<u64, Errno> {
    space()?.unmap(untagged(address), bytes)?;
    Ok(0)
}

pub fn mprotect(address: VirtAddr, bytes: usize, protection: u32) -> Result<u64, Errno> {
    let protection = Protection::from_bits(protection & !PROT_SEM).ok_or(Errno::EINVAL)?;
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
    let range = PageRange::from_bytes(address, bytes).ok_or(Errno::ENOMEM)?;
    let space = space()?;
    if !space.is_mapped(range) {
        return Err(Errno::ENOMEM);
    }
    // What lies in memory has nowhere to go, and what is to go later goes by itself.
    if flags & MS_SYNC != 0 {
        synchronise(&space, range)?;
    }
    Ok(0)
}

/// Brings to the card what views in the range show of its files.
fn synchronise(space: &AddressSpace, range: PageRange) -> Result<(), Errno> {
    let mut at = range.start();
    while let Some(found) = space.describe_from(at).filter(|it| it.range.start() < range.end()) {
        if let Shown::Object { object, sharing: Sharing::Shared, .. } = &found.shown {
            fs::synchronise_region(object.id())?;
        }
        at = found.range.end();
    }
    Ok(())
}

pub fn madvise(address: VirtAddr, bytes: usize, advice: u32) -> Result<u64, Errno> {
    if !address.is_page_start() {
        return Err(Errno::EINVAL);
    }
    if !is_advice(advice) {
        return Err(Errno::EINVAL);
    }
    if bytes == 0 {
        return Ok(0);
    }
    let space = space()?;
    if advice == MADV_DONTNEED {
        space.discard(address, bytes)?;
    }
    let range = PageRange::from_bytes(address, bytes).ok_or(Errno::ENOMEM)?;
    if space.is_mapped(range) { Ok(0) } else { Err(Errno::ENOMEM) }
}

/// Whether it is advice that can be taken, or left: what a child sees can't be changed by it.
const fn is_advice(advice: u32) -> bool {
    matches!(
        advice,
        MADV_NORMAL..=MADV_DONTNEED
            | MADV_FREE
            | MADV_DOFORK
            | MADV_MERGEABLE..=MADV_DODUMP
            | MADV_KEEPONFORK..=MADV_PAGEOUT
    )
}

/// Tells of each page whether it is in memory, a byte for each.
pub fn mincore(address: VirtAddr, bytes: usize, to: VirtAddr) -> Result<u64, Errno> {
    if !address.is_page_start() {
        return Err(Errno::EINVAL);
    }
    if bytes == 0 {
        return Ok(0);
    }
    let range = PageRange::from_bytes(address, bytes).ok_or(Errno::ENOMEM)?;
    Claim { address: to, bytes: range.bytes() / PAGE_SIZE }.check()?;
    let space = space()?;
    for (index, page) in range.iter().enumerate() {
        let is_resident = space.is_resident(page).ok_or(Errno::ENOMEM)?;
        store(to.add(index), &u8::from(is_resident))?;
        sched::rest()?;
    }
    Ok(0)
}

/// The pages that hold any byte of a range; `None` for a range without bytes.
fn pages_of(address: VirtAddr, bytes: usize) -> Result<Option<PageRange>, Errno> {
    if bytes == 0 {
        return Ok(None);
    }
    let end = address.value().checked_add(bytes).ok_or(Errno::EINVAL)?;
    let start = address.page_start();
    PageRange::from_bytes(start, end - start.value()).map(Some).ok_or(Errno::ENOMEM)
}

/// Makes the pages of a range at once. They stay: nothing takes memory away from a process but pages
/// of files on the card, whose regions are told.
pub fn mlock(address: VirtAddr, bytes: usize) -> Result<u64, Errno> {
    let Some(range) = pages_of(address, bytes)? else { return Ok(0) };
    check_lock(range.bytes() as u64)?;
    let space = space()?;
    if !space.is_mapped(range) {
        return Err(Errno::ENOMEM);
    }
    space.hold_pages(range);
    match space.prefault(range) {
        Ok(()) => Ok(0),
        Err(FaultError::OutOfMemory) => Err(Errno::EAGAIN),
        Err(_) => Err(Errno::ENOMEM),
    }
}

/// As `mlock`. What is to be locked when it is first used stays from then on.
pub fn mlock2(address: VirtAddr, bytes: usize, flags: u32) -> Result<u64, Errno> {
    match flags {
        0 => mlock(address, bytes),
        MLOCK_ONFAULT => {
            if let Some(range) = pages_of(address, bytes)? {
                space()?.hold_pages(range);
            }
            munlock(address, bytes)
        }
        _ => Err(Errno::EINVAL),
    }
}

pub fn munlock(address: VirtAddr, bytes: usize) -> Result<u64, Errno> {
    let Some(range) = pages_of(address, bytes)? else { return Ok(0) };
    if space()?.is_mapped(range) { Ok(0) } else { Err(Errno::ENOMEM) }
}

/// Whether the caller may lock so many bytes at once: what it has locked before is not counted.
fn check_lock(bytes: u64) -> Result<(), Errno> {
    let process = sched::current_process();
    if process.credentials().is_root() {
        return Ok(());
    }
    match process.limit(RLIMIT_MEMLOCK) {
        0 => Err(Errno::EPERM),
        limit if bytes > limit => Err(Errno::ENOMEM),
        _ => Ok(()),
    }
}

/// Pages stay once they are made, so there is nothing to lock but what the flags and limits say.
pub fn mlockall(flags: u32) -> Result<u64, Errno> {
    if flags & !MCL_ALL != 0 || flags & (MCL_CURRENT | MCL_FUTURE) == 0 {
        return Err(Errno::EINVAL);
    }
    let bytes = if flags & MCL_CURRENT == 0 { 0 } else { space()?.usage().0 };
    check_lock(bytes)?;
    let all = PageRange::from_bounds(VirtAddr::new(0), VirtAddr::new(USER_END));
    let space = space()?;
    space.set_new_views(if flags & MCL_FUTURE == 0 { Keeping::Usual } else { Keeping::Held });
    if let Some(all) = all.filter(|_| flags & MCL_CURRENT != 0) {
        space.hold_pages(all);
    }
    Ok(0)
}

/// What regions have been asked to keep they keep as long as anybody shows them.
pub fn munlockall() -> Result<u64, Errno> {
    space()?.set_new_views(Keeping::Usual);
    Ok(0)
}

/// `munmap` accepts an address with a tag in its top byte, as Linux does.
const fn untagged(address: VirtAddr) -> VirtAddr {
    VirtAddr::new(address.value() & 0x00FF_FFFF_FFFF_FFFF)
}
