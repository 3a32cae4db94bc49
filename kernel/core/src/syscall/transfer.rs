//! Calls that move bytes between files and a program's memory, or between files.

use super::arguments::{Claim, load, store};
use super::file::get;
use crate::fs::{Fd, OpenFile};
use crate::sched;
use crate::user_memory::{UserBuffer, UserData, Vector};
use abi::Errno;
use abi::file::{IoVector, OpenFlags, S_IFDIR, S_IFIFO, S_IFMT, S_IFSOCK};
use alloc::vec::Vec;
use arch::addr::VirtAddr;

/// Parts of one `readv` or `writev`.
const VECTOR_MAX: u64 = 1024;
/// The most that one call transfers, as on Linux.
pub const TRANSFER_MAX: usize = 0x7FFF_F000;
/// What `sendfile` moves at a time.
const PART: usize = 16_384;
/// `preadv2`, `pwritev2`: flags that change nothing for files in memory (HIPRI, DSYNC, SYNC).
const RWF_HARMLESS: u32 = 7;

/// A program's buffer, as far as it fits in one call.
pub fn buffer(claim: Claim) -> Result<UserBuffer<'static>, Errno> {
    claim.check()?;
    Ok(UserBuffer::user(claim.address, claim.bytes.min(TRANSFER_MAX)))
}

/// A program's data, as far as they fit in one call.
pub fn data(claim: Claim) -> Result<UserData<'static>, Errno> {
    claim.check()?;
    Ok(UserData::user(claim.address, claim.bytes.min(TRANSFER_MAX)))
}

/// The parts that a call's vector names, as far as they fit in one call.
pub fn vector(at: VirtAddr, count: u64) -> Result<Vector, Errno> {
    if count > VECTOR_MAX {
        return Err(Errno::EINVAL);
    }
    let mut parts = Vec::new();
    parts.try_reserve_exact(count as usize).map_err(|_| Errno::ENOMEM)?;
    let mut total = 0;
    for index in 0..count as usize {
        let entry: IoVector = load(at.add(index * size_of::<IoVector>()))?;
        if i64::try_from(entry.length).is_err() {
            return Err(Errno::EINVAL);
        }
        let address = VirtAddr::new(entry.base as usize);
        Claim { address, bytes: entry.length as usize }.check()?;
        let bytes = (entry.length as usize).min(TRANSFER_MAX - total);
        parts.push((address, bytes));
        total += bytes;
    }
    Ok(Vector::new(parts))
}

/// An offset that a call gives, which is not negative.
pub fn offset_of(number: i64) -> Result<u64, Errno> {
    u64::try_from(number).map_err(|_| Errno::EINVAL)
}

pub fn read(fd: Fd, claim: Claim) -> Result<u64, Errno> {
    Ok(get(fd)?.read(&mut buffer(claim)?)? as u64)
}

pub fn write(fd: Fd, claim: Claim) -> Result<u64, Errno> {
    Ok(get(fd)?.write(&mut data(claim)?)? as u64)
}

pub fn pread64(fd: Fd, claim: Claim, offset: i64) -> Result<u64, Errno> {
    let offset = offset_of(offset)?;
    Ok(get(fd)?.read_at(offset, &mut buffer(claim)?)? as u64)
}

pub fn pwrite64(fd: Fd, claim: Claim, offset: i64) -> Result<u64, Errno> {
    let offset = offset_of(offset)?;
    Ok(get(fd)?.write_at(offset, &mut data(claim)?)? as u64)
}

pub fn readv(fd: Fd, at: VirtAddr, count: u64) -> Result<u64, Errno> {
    let file = get(fd)?;
    check_access(file.reads())?;
    Ok(file.read(&mut UserBuffer::Vector(vector(at, count)?))? as u64)
}

pub fn writev(fd: Fd, at: VirtAddr, count: u64) -> Result<u64, Errno> {
    let file = get(fd)?;
    check_access(file.writes())?;
    Ok(file.write(&mut UserData::Vector(vector(at, count)?))? as u64)
}

pub fn preadv(fd: Fd, at: VirtAddr, count: u64, offset: i64) -> Result<u64, Errno> {
    let offset = offset_of(offset)?;
    let file = get(fd)?;
    check_access(file.reads())?;
    Ok(file.read_at(offset, &mut UserBuffer::Vector(vector(at, count)?))? as u64)
}

pub fn pwritev(fd: Fd, at: VirtAddr, count: u64, offset: i64) -> Result<u64, Errno> {
    let offset = offset_of(offset)?;
    let file = get(fd)?;
    check_access(file.writes())?;
    Ok(file.write_at(offset, &mut UserData::Vector(vector(at, count)?))? as u64)
}

/// As `preadv`; an offset of -1 is where the file's own offset is.
pub fn preadv2(fd: Fd, at: VirtAddr, count: u64, offset: i64, flags: u32) -> Result<u64, Errno> {
    if flags & !RWF_HARMLESS != 0 {
        return Err(Errno::EOPNOTSUPP);
    }
    if offset == -1 { readv(fd, at, count) } else { preadv(fd, at, count, offset) }
}

/// As `pwritev`; an offset of -1 is where the file's own offset is.
pub fn pwritev2(fd: Fd, at: VirtAddr, count: u64, offset: i64, flags: u32) -> Result<u64, Errno> {
    if flags & !RWF_HARMLESS != 0 {
        return Err(Errno::EOPNOTSUPP);
    }
    if offset == -1 { writev(fd, at, count) } else { pwritev(fd, at, count, offset) }
}

/// The access mode is looked at before the vector.
const fn check_access(is_allowed: bool) -> Result<(), Errno> {
    if is_allowed { Ok(()) } else { Err(Errno::EBADF) }
}

/// Copies from one file to another; `place` holds the offset, or is 0 for the file's own.
pub fn sendfile(to: Fd, from: Fd, place: VirtAddr, count: usize) -> Result<u64, Errno> {
    let (from, to) = (get(from)?, get(to)?);
    check_access(from.reads() && to.writes())?;
    let kind = from.node().permissions().mode & S_IFMT;
    if to.status_flags().contains(OpenFlags::APPEND) || !is_source(kind) {
        return Err(if kind == S_IFIFO && place.value() != 0 {
            Errno::ESPIPE
        } else {
            Errno::EINVAL
        });
    }
    let start = match place.value() {
        0 => from.offset()?,
        _ => offset_of(load(place)?)?,
    };
    let put = |_, bytes: &[u8]| to.write(&mut UserData::kernel(bytes));
    let outcome = copy(&from, start, count.min(TRANSFER_MAX), put);
    let done = *outcome.as_ref().unwrap_or(&0) as u64;
    match place.value() {
        0 => from.set_offset(start + done)?,
        _ => store(place, &(start + done))?,
    }
    outcome.map(|done| done as u64)
}

const fn is_source(kind: u32) -> bool {
    !matches!(kind, S_IFDIR | S_IFIFO | S_IFSOCK)
}

/// Copies until that is all, or something stands in the way; what was copied before counts.
///
/// `put` gets how many bytes it has got already, and the next ones.
pub fn copy(
    from: &OpenFile,
    start: u64,
    count: usize,
    mut put: impl FnMut(usize, &[u8]) -> Result<usize, Errno>,
) -> Result<usize, Errno> {
    let mut part = Vec::new();
    part.try_reserve_exact(count.min(PART)).map_err(|_| Errno::ENOMEM)?;
    part.resize(count.min(PART), 0);
    let mut done = 0;
    while done < count {
        let wanted = part.len().min(count - done);
        let step = sched::rest()
            .and_then(|()| {
                from.read_at(start + done as u64, &mut UserBuffer::kernel(&mut part[..wanted]))
            })
            .and_then(|length| {
                let written = if length == 0 { 0 } else { put(done, &part[..length])? };
                Ok((length, written))
            });
        match step {
            Ok((length, written)) => {
                done += written;
                if written < length || length == 0 {
                    break;
                }
            }
            Err(error) if done == 0 => return Err(error),
            Err(_) => break,
        }
    }
    Ok(done)
}
