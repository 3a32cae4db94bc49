//! The call `mremap`.

use super::memory::{check_size, space};
use crate::mm::{Destination, MapError, Remap};
use abi::Errno;
use abi::memory::{MREMAP_FIXED, MREMAP_MAYMOVE};
use arch::addr::{PAGE_SIZE, USER_END, VirtAddr};

pub fn mremap(
    old: VirtAddr,
    old_bytes: usize,
    new_bytes: usize,
    flags: u32,
    new: VirtAddr,
) -> Result<u64, Errno> {
    let moves = flags & MREMAP_MAYMOVE != 0;
    let is_fixed = flags & MREMAP_FIXED != 0;
    let whole = |bytes: usize| bytes.checked_next_multiple_of(PAGE_SIZE).ok_or(Errno::EINVAL);
    let is_known = flags & !(MREMAP_MAYMOVE | MREMAP_FIXED) == 0;
    if !is_known || is_fixed && !moves || !old.is_page_start() {
        return Err(Errno::EINVAL);
    }
    let (old_bytes, new_bytes) = (whole(old_bytes)?, whole(new_bytes)?);
    if new_bytes == 0 || old_bytes == 0 && !moves {
        return Err(Errno::EINVAL);
    }
    let old_end = old.value().checked_add(old_bytes).ok_or(Errno::EINVAL)?;
    let destination = if is_fixed {
        let end = new.value().checked_add(new_bytes).filter(|end| *end <= USER_END);
        let end = end.ok_or(Errno::EINVAL)?;
        let overlaps = new.value() < old_end && old.value() < end;
        if !new.is_page_start() || overlaps {
            return Err(Errno::EINVAL);
        }
        Destination::Fixed(new)
    } else if moves {
        Destination::Anywhere
    } else {
        Destination::Here
    };
    let space = space()?;
    if new_bytes > old_bytes {
        check_size(&space, new_bytes - old_bytes)?;
    }
    match space.remap(&Remap { old, old_bytes, new_bytes, destination }) {
        Ok(start) => Ok(start.value() as u64),
        Err(MapError::Unmapped) => Err(Errno::EFAULT),
        Err(error) => Err(error.into()),
    }
}
