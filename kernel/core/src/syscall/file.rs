//! Calls about descriptors and open files as a whole.

use super::arguments::{Claim, store};
use super::transfer::buffer;
use crate::fs::{self, CloseOnExec, Fd, NewOwner, OpenFile, locks};
use crate::process::Files;
use crate::sched;
use abi::Errno;
use abi::file::{CLOSE_RANGE_CLOEXEC, CLOSE_RANGE_UNSHARE, OpenFlags};
use alloc::sync::Arc;
use arch::addr::VirtAddr;

/// The open file behind a descriptor of the caller's; `EBADF` for one that is only a place in the
/// tree.
pub fn get(fd: Fd) -> Result<Arc<OpenFile>, Errno> {
    let file = get_any(fd)?;
    if file.is_path() { Err(Errno::EBADF) } else { Ok(file) }
}

/// As [`get`], also for a place in the tree.
pub fn get_any(fd: Fd) -> Result<Arc<OpenFile>, Errno> {
    sched::current_process().files.lock().descriptors.get(fd).cloned()
}

pub(super) fn with_files<T>(change: impl FnOnce(&mut Files) -> T) -> T {
    change(&mut sched::current_process().files.lock())
}

pub const fn close_on_exec(is_set: Option<()>) -> CloseOnExec {
    match is_set {
        Some(()) => CloseOnExec::Yes,
        None => CloseOnExec::No,
    }
}

fn close_from_flags(flags: OpenFlags) -> CloseOnExec {
    close_on_exec(flags.contains(OpenFlags::CLOSE_ON_EXEC).then_some(()))
}

/// Gives a file the lowest free descriptor.
pub fn insert(file: Arc<OpenFile>, flags: OpenFlags) -> Result<u64, Errno> {
    let fd = with_files(|files| files.descriptors.insert(file, close_from_flags(flags)))?;
    Ok(fd.0.into())
}

pub fn dup(fd: Fd) -> Result<u64, Errno> {
    insert(get_any(fd)?, OpenFlags::empty())
}

pub fn dup3(old: Fd, new: Fd, flags: u32) -> Result<u64, Errno> {
    let flags = OpenFlags::from_bits(flags).ok_or(Errno::EINVAL)?;
    if !(flags - OpenFlags::CLOSE_ON_EXEC).is_empty() || old == new {
        return Err(Errno::EINVAL);
    }
    let file = get_any(old)?;
    let replaced =
        with_files(|files| files.descriptors.insert_at(new, file, close_from_flags(flags)))?;
    if let Some(replaced) = replaced {
        locks::descriptor_closed(sched::current_process().pid, &replaced);
    }
    Ok(new.0.into())
}

pub fn ftruncate(fd: Fd, length: i64) -> Result<u64, Errno> {
    let file = get(fd)?;
    file.set_length(u64::try_from(length).map_err(|_| Errno::EINVAL)?)?;
    Ok(0)
}

pub fn fchmod(fd: Fd, mode: u32) -> Result<u64, Errno> {
    get(fd)?.set_mode(mode, sched::current_process().credentials())?;
    Ok(0)
}

pub fn fchown(fd: Fd, uid: u32, gid: u32) -> Result<u64, Errno> {
    let owner = NewOwner::from_numbers(uid, gid);
    get(fd)?.set_owner(owner, sched::current_process().credentials())?;
    Ok(0)
}

pub fn close(fd: Fd) -> Result<u64, Errno> {
    let process = sched::current_process();
    // Letting go of the file may take locks: not under the table's.
    let closed = process.files.lock().descriptors.remove(fd)?;
    locks::descriptor_closed(process.pid, closed.file());
    Ok(0)
}

pub fn close_range(first: u32, last: u32, flags: u32) -> Result<u64, Errno> {
    if first > last || flags & !(CLOSE_RANGE_CLOEXEC | CLOSE_RANGE_UNSHARE) != 0 {
        return Err(Errno::EINVAL);
    }
    let mut next = Fd(first);
    while let Some(fd) = with_files(|files| files.descriptors.first_from(next)) {
        if fd.0 > last {
            break;
        }
        if flags & CLOSE_RANGE_CLOEXEC == 0 {
            close(fd)?;
        } else {
            with_files(|files| files.descriptors.set_close_on_exec(fd, CloseOnExec::Yes))?;
        }
        next = Fd(fd.0 + 1);
    }
    Ok(0)
}

pub fn pipe2(fds: VirtAddr, flags: u32) -> Result<u64, Errno> {
    let flags = OpenFlags::from_bits(flags).ok_or(Errno::EINVAL)?;
    if !(flags - OpenFlags::CLOSE_ON_EXEC - OpenFlags::NON_BLOCKING).is_empty() {
        return Err(Errno::EINVAL);
    }
    let (read_end, write_end) = fs::pipe::create(flags)?;
    insert_pair([read_end, write_end], flags, fds)
}

/// Gives two files descriptors and stores those; none is left if that fails.
pub fn insert_pair(
    [one, other]: [Arc<OpenFile>; 2],
    flags: OpenFlags,
    fds: VirtAddr,
) -> Result<u64, Errno> {
    let close = close_from_flags(flags);
    let first = with_files(|files| files.descriptors.insert(one, close))?;
    let outcome = with_files(|files| files.descriptors.insert(other, close)).and_then(|second| {
        match store(fds, &[first.0, second.0]) {
            Ok(()) => Ok(0),
            Err(error) => {
                self::close(second)?;
                Err(error)
            }
        }
    });
    if outcome.is_err() {
        self::close(first)?;
    }
    outcome
}

pub fn getdents64(fd: Fd, claim: Claim) -> Result<u64, Errno> {
    Ok(get(fd)?.read_directory(&mut buffer(claim)?)? as u64)
}

pub fn lseek(fd: Fd, offset: i64, whence: u32) -> Result<u64, Errno> {
    get(fd)?.seek(offset, whence)
}

pub fn fstat(fd: Fd, to: VirtAddr) -> Result<u64, Errno> {
    store(to, &get_any(fd)?.stat())?;
    Ok(0)
}
