//! Views: showing a region, and ending what shows it.

use super::super::file::{close, get};
use super::super::memory::space;
use super::region_of;
use crate::fs::Fd;
use crate::mm::{Backing, MapRequest, Placement, Sharing};
use crate::region::{DepartureWord, Region};
use crate::sched;
use abi::Errno;
use abi::limits::REGION_BYTES_MAX;
use abi::memory::Protection;
use abi::region::DEPARTURE_WITHDRAW;
use alloc::sync::Arc;
use arch::addr::{PAGE_SIZE, UNIT_SIZE, USER_END, VirtAddr};

pub fn map(fd: Fd, rights: u32, offset: u64, bytes: usize) -> Result<u64, Errno> {
    let protection = Protection::from_bits(rights).ok_or(Errno::EINVAL)?;
    if !get(fd)?.reads() {
        return Err(Errno::EACCES);
    }
    let (region, writable) = region_of(fd)?;
    let maximum = region.view_maximum(writable, Sharing::Shared, protection)?;
    let (placement, bytes) = if bytes == 0 {
        whole(&region, offset)?
    } else {
        (Placement::Anywhere, part(&region, offset, bytes)?)
    };
    let object = Some((region as Arc<_>, offset, Sharing::Shared));
    let request = MapRequest { placement, bytes, protection, maximum, object };
    Ok(space()?.map(request)?.value() as u64)
}

/// A view of the whole region has room for the maximum, so that what the region grows by appears
/// in it. It begins on a unit's border and reaches to one, so that its tables are linked.
///
/// Where the maximum is only that of all regions, addresses are not spent on it.
fn whole(region: &Region, offset: u64) -> Result<(Placement, usize), Errno> {
    if offset != 0 {
        return Err(Errno::EINVAL);
    }
    if let Some(address) = region.common_address() {
        return Ok((Placement::FixedNoReplace(address.start()), address.bytes()));
    }
    let length = match region.maximum() {
        REGION_BYTES_MAX => region.length(),
        maximum => maximum,
    };
    let length = usize::try_from(length.max(1)).map_err(|_| Errno::ENOMEM)?;
    if length > USER_END {
        return Err(Errno::ENOMEM);
    }
    Ok((Placement::Anywhere, length.next_multiple_of(UNIT_SIZE)))
}

/// The bytes of a view of a part, which lies within what the region may grow to.
fn part(region: &Region, offset: u64, bytes: usize) -> Result<usize, Errno> {
    let page = PAGE_SIZE as u64;
    let end = offset.checked_add(bytes as u64).ok_or(Errno::EINVAL)?;
    if !offset.is_multiple_of(page) || end > region.maximum().next_multiple_of(page) {
        return Err(Errno::EINVAL);
    }
    Ok(bytes.next_multiple_of(PAGE_SIZE))
}

pub fn unmap(address: VirtAddr) -> Result<u64, Errno> {
    space()?.unmap_view(address)?;
    Ok(0)
}

pub fn leave(fd: Fd) -> Result<u64, Errno> {
    let (region, _) = region_of(fd)?;
    space()?.unmap_object(region.id())?;
    drop(region);
    close(fd)
}

pub fn departure_word(address: VirtAddr, flags: u32) -> Result<u64, Errno> {
    if !address.value().is_multiple_of(4) || flags & !DEPARTURE_WITHDRAW != 0 {
        return Err(Errno::EINVAL);
    }
    let process = sched::current_process();
    let space = process.space().ok_or(Errno::ESRCH)?;
    let (_, view) = space.view_at(address).ok_or(Errno::EFAULT)?;
    let Backing::Object { attachment, base, sharing: Sharing::Shared } = view.backing else {
        return Err(Errno::EINVAL);
    };
    if !view.protection.contains(Protection::WRITE) {
        return Err(Errno::EACCES);
    }
    let object: Arc<dyn core::any::Any + Send + Sync> = attachment.object.clone();
    let region = object.downcast::<Region>().map_err(|_| Errno::EINVAL)?;
    let offset = address.value().wrapping_sub(base) as u64;
    let word = DepartureWord::new(region, offset)?;
    if flags & DEPARTURE_WITHDRAW != 0 {
        // What comes back may be the last reference to the region.
        let withdrawn = process.remove_departure_word(&word);
        return withdrawn.map(|_| 0).ok_or(Errno::ENOENT);
    }
    process.add_departure_word(word)?;
    Ok(0)
}
