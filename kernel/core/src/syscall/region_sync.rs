//! Commons' own calls by which processes agree about a region's bytes: changes, the lock, whole
//! copies, and waiting for a name.

use super::arguments::{Claim, name, store_if_asked};
use super::file::get;
use super::time::deadline_after;
use crate::fs::Fd;
use crate::fs::permission::Want;
use crate::mm::Access;
use crate::pinned_buffer::PinnedBuffer;
use crate::region::{Condition, Patience, Region, names, wait_name};
use crate::sched;
use crate::user_memory::UserBuffer;
use abi::Errno;
use abi::limits::NAME_MAX;
use abi::region::{ChangeKind, LockFlags};
use alloc::sync::Arc;
use arch::addr::{PAGE_SIZE, VirtAddr};
use heapless::Vec;
use zerocopy::IntoBytes;

/// The region behind a descriptor that may read.
fn readable(fd: Fd) -> Result<Arc<Region>, Errno> {
    let file = get(fd)?;
    let region = file.region()?;
    if file.reads() { Ok(region) } else { Err(Errno::EACCES) }
}

/// The region behind a descriptor that may write.
fn writable(fd: Fd) -> Result<Arc<Region>, Errno> {
    let file = get(fd)?;
    let region = file.region()?;
    if file.writes() { Ok(region) } else { Err(Errno::EACCES) }
}

pub fn read(fd: Fd, offset: u64, to: Claim) -> Result<u64, Errno> {
    let region = readable(fd)?;
    to.check()?;
    let space = super::memory::space()?;
    Ok(region.read_whole(offset, &space, to.address, to.bytes)? as u64)
}

/// Pages that are told of before the words go to the program.
const PAGES_AT_ONCE: usize = 64;

/// Which pages to tell of.
#[derive(Clone, Copy)]
pub struct Pages {
    /// The first one's index.
    pub first: u64,
    /// From one to the next.
    pub stride: u64,
    /// As many, if there are so many.
    pub count: usize,
}

/// By the region's name, for who looks on is none of its users: an ephemeral one may go meanwhile.
pub fn pages(claim: Claim, pages: Pages, to: VirtAddr) -> Result<u64, Errno> {
    let name = name(claim, NAME_MAX + 1)?;
    names::check(&name)?;
    let region = names::open(&name).ok_or(Errno::ENOENT)?;
    region.check_access(sched::current_process().credentials(), Want::READ)?;
    let Pages { first, stride, count } = pages;
    let stride = usize::try_from(stride).ok().filter(|stride| *stride > 0).ok_or(Errno::EINVAL)?;
    let mut index = usize::try_from(first).map_err(|_| Errno::EINVAL)?;
    let end = region.length().div_ceil(PAGE_SIZE as u64) as usize;
    let mut buffer = UserBuffer::user(to, count.min(end).saturating_mul(size_of::<u32>()));
    let mut told = 0;
    while index < end && told < count {
        let mut words: Vec<u32, PAGES_AT_ONCE> = Vec::new();
        while index < end && told + words.len() < count && !words.is_full() {
            // There is room.
            let _ = words.push(region.fingerprint(index));
            index = index.saturating_add(stride);
        }
        buffer.put(words.as_bytes())?;
        told += words.len();
    }
    Ok(told as u64)
}

pub fn write(fd: Fd, offset: u64, from: Claim) -> Result<u64, Errno> {
    let region = writable(fd)?;
    // Also before the data is looked at, so that a length far too long is told as what it is.
    region.check_range(offset, from.bytes as u64)?;
    let space = super::memory::space()?;
    let data = PinnedBuffer::pin(&space, from.address, from.bytes, Access::Read)?;
    region.write_whole(offset, &data)?;
    Ok(from.bytes as u64)
}

pub fn notify(fd: Fd, offset: u64, length: u64) -> Result<u64, Errno> {
    let region = writable(fd)?;
    region.check_range(offset, length)?;
    Ok(region.sync().changes.add(ChangeKind::Notified, offset, length))
}

pub fn wait_change(fd: Fd, seen: u64, timeout: VirtAddr, record: VirtAddr) -> Result<u64, Errno> {
    let region = readable(fd)?;
    let deadline = deadline_after(timeout)?;
    let change = region.sync().changes.wait(seen, deadline)?;
    store_if_asked(record, &change)?;
    Ok(change.number)
}

pub fn lock(fd: Fd, flags: u32, timeout: VirtAddr) -> Result<u64, Errno> {
    let region = readable(fd)?;
    let flags = LockFlags::from_bits(flags).ok_or(Errno::EINVAL)?;
    if !LockFlags::TRY.contains(flags) {
        return Err(Errno::EINVAL);
    }
    let patience = match deadline_after(timeout)? {
        _ if flags.contains(LockFlags::TRY) => Patience::None,
        Some(deadline) => Patience::Until(deadline),
        None => Patience::Endless,
    };
    match region.lock(sched::current_process().pid, patience)? {
        Condition::Consistent => Ok(0),
        Condition::Dirty => Err(Errno::EOWNERDEAD),
    }
}

pub fn unlock(fd: Fd, flags: u32) -> Result<u64, Errno> {
    let region = readable(fd)?;
    let flags = LockFlags::from_bits(flags).ok_or(Errno::EINVAL)?;
    if !LockFlags::CONSISTENT.contains(flags) {
        return Err(Errno::EINVAL);
    }
    let declared = flags.contains(LockFlags::CONSISTENT).then_some(Condition::Consistent);
    region.unlock(sched::current_process().pid, declared)?;
    Ok(0)
}

pub fn wait_name(claim: Claim, timeout: VirtAddr) -> Result<u64, Errno> {
    let name = name(claim, NAME_MAX + 1)?;
    names::check(&name)?;
    wait_name::wait(&name, deadline_after(timeout)?)?;
    Ok(0)
}
