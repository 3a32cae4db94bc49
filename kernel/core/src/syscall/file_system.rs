//! Calls about files' contents and records as a whole: length, times, room, `statx`, syncing.

use super::arguments::{PathBuffer, load, store};
use super::file::{get, get_any};
use super::file_path::{Place, Target, stat_at};
use crate::fs::{self, Fd, FileSystem, Follow, TimesWanted};
use crate::sched;
use abi::Errno;
use abi::file::{
    AT_FDCWD, AT_SYMLINK_NOFOLLOW, FALLOC_KEEP_SIZE, FALLOC_PUNCH_HOLE, FALLOC_ZERO_RANGE,
    OpenFlags, S_IFDIR, S_IFIFO, S_IFMT, S_IFREG, SYNC_FILE_RANGE_FLAGS,
};
use abi::file_system::{AT_STATX_SYNC_TYPE, STATX_RESERVED, Statx};
use abi::time::TimeSpec;
use arch::addr::VirtAddr;

pub fn statfs(address: VirtAddr, to: VirtAddr) -> Result<u64, Errno> {
    let mut buffer = PathBuffer::new();
    let place = Place::new(Fd(AT_FDCWD as u32), address, &mut buffer)?;
    let node = fs::namespace().find(&place.context(), place.path, Follow::Yes)?;
    store(to, &fs::statistics::of(&*node)?)?;
    Ok(0)
}

pub fn fstatfs(fd: Fd, to: VirtAddr) -> Result<u64, Errno> {
    store(to, &fs::statistics::of(&**get_any(fd)?.node())?)?;
    Ok(0)
}

pub fn statx(
    directory: Fd,
    address: VirtAddr,
    flags: u32,
    mask: u32,
    to: VirtAddr,
) -> Result<u64, Errno> {
    let how_fresh = flags & AT_STATX_SYNC_TYPE;
    if mask & STATX_RESERVED != 0 || how_fresh == AT_STATX_SYNC_TYPE {
        return Err(Errno::EINVAL);
    }
    let stat = stat_at(directory, address, flags & !AT_STATX_SYNC_TYPE)?;
    store(to, &Statx::from(stat))?;
    Ok(0)
}

pub fn truncate(address: VirtAddr, length: i64) -> Result<u64, Errno> {
    let length = u64::try_from(length).map_err(|_| Errno::EINVAL)?;
    let mut buffer = PathBuffer::new();
    let place = Place::new(Fd(AT_FDCWD as u32), address, &mut buffer)?;
    let node = fs::namespace().find(&place.context(), place.path, Follow::Yes)?;
    match node.permissions().mode & S_IFMT {
        S_IFREG => {}
        S_IFDIR => return Err(Errno::EISDIR),
        _ => return Err(Errno::EINVAL),
    }
    // An open file for that long: who runs the program or has the region sealed is asked, too.
    let file = fs::namespace().open(&place.context(), place.path, OpenFlags::WRITE_ONLY, 0)?;
    file.set_length(length)?;
    Ok(0)
}

/// Bytes are written when they are written.
pub fn sync_file_range(fd: Fd, offset: i64, count: i64, flags: u32) -> Result<u64, Errno> {
    let is_whole = offset >= 0 && count >= 0 && offset.checked_add(count).is_some();
    if flags & !SYNC_FILE_RANGE_FLAGS != 0 || !is_whole {
        return Err(Errno::EINVAL);
    }
    match get(fd)?.node().permissions().mode & S_IFMT {
        S_IFREG | S_IFDIR => Ok(0),
        _ => Err(Errno::ESPIPE),
    }
}

/// All memory of a file is made when it is written to: only the length counts, and zeroes.
pub fn fallocate(fd: Fd, mode: u32, offset: i64, length: i64) -> Result<u64, Errno> {
    let file = get(fd)?;
    if offset < 0 || length <= 0 {
        return Err(Errno::EINVAL);
    }
    let keeps = mode & FALLOC_KEEP_SIZE != 0;
    let clears = mode & (FALLOC_PUNCH_HOLE | FALLOC_ZERO_RANGE);
    let is_known = mode & !(FALLOC_KEEP_SIZE | FALLOC_PUNCH_HOLE | FALLOC_ZERO_RANGE) == 0;
    let is_hole = clears == FALLOC_PUNCH_HOLE;
    if !is_known || clears == FALLOC_PUNCH_HOLE | FALLOC_ZERO_RANGE || is_hole && !keeps {
        return Err(Errno::EOPNOTSUPP);
    }
    if !file.writes() {
        return Err(Errno::EBADF);
    }
    match file.node().permissions().mode & S_IFMT {
        S_IFREG => {}
        S_IFIFO => return Err(Errno::ESPIPE),
        _ => return Err(Errno::ENODEV),
    }
    let end = offset.checked_add(length).ok_or(Errno::EFBIG)? as u64;
    if clears != 0 {
        let region = file.region().map_err(|_| Errno::EOPNOTSUPP)?;
        region.clear(offset as u64, end.min(file.node().length()))?;
    }
    if end > file.node().length() && !keeps {
        file.set_length(end)?;
    }
    Ok(0)
}

/// What lies in memory outlasts nothing: only files on the card have anything to be written.
pub fn fsync(fd: Fd) -> Result<u64, Errno> {
    let file = get(fd)?;
    match file.node().permissions().mode & S_IFMT {
        S_IFREG | S_IFDIR => file.node().synchronise().map(|()| 0),
        _ => Err(Errno::EINVAL),
    }
}

pub fn syncfs(fd: Fd) -> Result<u64, Errno> {
    match get(fd)?.node().identity().file_system {
        FileSystem::Card => fs::sync().map(|()| 0),
        _ => Ok(0),
    }
}

/// As on Linux, errors are told to those who ask for a file.
pub fn sync() -> Result<u64, Errno> {
    let _ = fs::sync();
    Ok(0)
}

pub fn utimensat(
    directory: Fd,
    address: VirtAddr,
    times: VirtAddr,
    flags: u32,
) -> Result<u64, Errno> {
    let wanted = match times.value() {
        0 => TimesWanted::NOW,
        _ => TimesWanted::new(load::<[TimeSpec; 2]>(times)?)?,
    };
    // As on Linux, nothing else is looked at then.
    if wanted.changes_nothing() {
        return Ok(0);
    }
    let known = AT_SYMLINK_NOFOLLOW | abi::file::AT_EMPTY_PATH;
    if flags & !known != 0 {
        return Err(Errno::EINVAL);
    }
    let caller = sched::current_process().credentials();
    // No path at all means the descriptor: this is how `futimens` calls.
    if address.value() == 0 {
        if flags != 0 {
            return Err(Errno::EINVAL);
        }
        if directory.0 as i32 == AT_FDCWD {
            return Err(Errno::EFAULT);
        }
        get(directory)?.set_times(wanted, caller)?;
    } else {
        wanted.apply(
            &Target::new(directory, address, flags, &mut PathBuffer::new())?.node()?,
            caller,
        )?;
    }
    Ok(0)
}
