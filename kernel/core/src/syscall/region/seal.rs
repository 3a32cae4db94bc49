//! Seals, by the native call and as Linux has them.

use super::super::file::get;
use super::region_of;
use crate::fs::{Fd, OpenFile};
use crate::region::{Purpose, Writable};
use abi::Errno;
use abi::region::{ChangeKind, Seals};

/// Adds seals and tells them all; no seals only ask.
pub fn seal(fd: Fd, seals: u32) -> Result<u64, Errno> {
    let seals = Seals::from_bits(seals).ok_or(Errno::EINVAL)?;
    let (region, writable) = region_of(fd)?;
    if seals.is_empty() {
        return Ok(region.seals().bits().into());
    }
    if writable == Writable::No {
        return Err(Errno::EACCES);
    }
    add_seals(&*get(fd)?, seals.bits())?;
    Ok(region.seals().bits().into())
}

/// `fcntl(F_ADD_SEALS)`.
pub fn add_seals(file: &OpenFile, seals: u32) -> Result<u64, Errno> {
    let region = file.region().map_err(|_| Errno::EINVAL)?;
    let seals = Seals::from_bits(seals).ok_or(Errno::EINVAL)?;
    if region.is_image() {
        return Err(Errno::EINVAL);
    }
    if !file.writes() {
        return Err(Errno::EPERM);
    }
    let _turn = region.turn(Purpose::Write)?;
    let before = region.seals();
    if region.add_seals(seals)? != before {
        region.sync().changes.add(ChangeKind::Sealed, 0, 0);
    }
    Ok(0)
}

/// `fcntl(F_GET_SEALS)`.
pub fn get_seals(file: &OpenFile) -> Result<u64, Errno> {
    let region = file.region().map_err(|_| Errno::EINVAL)?;
    if region.is_image() { Err(Errno::EINVAL) } else { Ok(region.seals().bits().into()) }
}
