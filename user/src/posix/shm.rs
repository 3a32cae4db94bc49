//! Shared memory objects: `shm_open`, `shm_unlink`, and `ftruncate` and `fstat` on them.

use super::Outcome;
use super::name::{missing, object_path};
use crate::fs::OwnedFd;
use crate::syscall::file as call;
use abi::Errno;
use abi::file::{OpenFlags, Stat};

/// What `shm_open` may be asked for beside the access mode.
const FLAGS: OpenFlags = OpenFlags::CREATE
    .union(OpenFlags::EXCLUSIVE)
    .union(OpenFlags::TRUNCATE)
    .union(OpenFlags::CLOSE_ON_EXEC)
    .union(OpenFlags::NO_FOLLOW)
    .union(OpenFlags::NON_BLOCKING)
    .union(OpenFlags::LARGE_FILE);

/// `shm_open`: opens the shared memory object of a name for reading (no flag, `O_RDONLY`) or for
/// both (`READ_WRITE`), with `CREATE`, `EXCLUSIVE` and `TRUNCATE` as `open` has them. The
/// descriptor is closed at exec. `mode` counts when the object is created, without the umask's bits;
/// a new object has length 0 and belongs to the caller.
///
/// # Errors
/// - `EACCES`: the object exists and its mode denies this, or `TRUNCATE` is denied.
/// - `EEXIST`: `CREATE` and `EXCLUSIVE`, and the name exists.
/// - `EINTR`: a signal came; Commons' call does not wait, so this does not happen.
/// - `EINVAL`: not a name (see [`object_path`]), or another flag or access mode, such as `O_WRONLY`,
///   which POSIX does not have here.
/// - `EMFILE`: the process has no descriptor left.
/// - `ENAMETOOLONG`: more than 255 bytes behind the `/`.
/// - `ENFILE`: the system has no open file left.
/// - `ENOENT`: no `CREATE`, and no object of that name.
/// - `ENOSPC`: no memory, or no quota, for a new object.
/// - `EBUSY` (Commons): a region with a single writer has its writer.
pub fn shm_open(name: impl AsRef<[u8]>, flags: OpenFlags, mode: u32) -> Outcome<OwnedFd> {
    let access = flags.difference(FLAGS);
    if !access.is_empty() && access != OpenFlags::READ_WRITE {
        return Err(Errno::EINVAL);
    }
    let path = object_path(name)?;
    let flags = flags | OpenFlags::CLOSE_ON_EXEC | OpenFlags::NO_FOLLOW;
    call::openat(&path, flags, mode & 0o7777).map(OwnedFd::from_raw)
}

/// `shm_unlink`: removes a name, which is free at once; the memory goes with the last descriptor
/// and view.
///
/// # Errors
/// - `EACCES`: the caller is neither the object's owner nor root.
/// - `ENAMETOOLONG`: more than 255 bytes behind the `/`.
/// - `ENOENT`: no object of that name, or not a name.
pub fn shm_unlink(name: impl AsRef<[u8]>) -> Outcome<()> {
    let path = object_path(name).map_err(missing)?;
    call::unlinkat(&path, 0).map_err(denied)
}

/// The directory's sticky bit denies with `EPERM`, which the pages of the objects do not have.
pub(super) const fn denied(errno: Errno) -> Errno {
    match errno {
        Errno::EPERM => Errno::EACCES,
        errno => errno,
    }
}

/// `ftruncate`: sets an object's length. What is added reads as zeroes; what is cut off is `SIGBUS`
/// in every view.
///
/// # Errors
/// - `EBADF`: not a descriptor. `EINVAL`: not open for writing, a negative length, or nothing that
///   has a length.
/// - `EFBIG`: longer than it may ever grow.
/// - `EINTR`: does not happen, as nothing waits. `EIO`: does not happen, as nothing is transferred.
/// - `ENOSPC` (Commons): no memory, or no quota; the length is as before.
/// - `EPERM` (Linux): a seal forbids it.
/// - `EROFS`: does not happen for these objects.
pub fn ftruncate(fd: i32, length: i64) -> Outcome<()> {
    // A negative length stays one in the register.
    call::ftruncate(fd, length as u64)
}

/// `fstat`: for an object, at least its mode, owner, group and length.
///
/// # Errors
/// - `EBADF`: not a descriptor.
/// - `EIO`: does not happen. `EOVERFLOW`: does not happen, as the lengths are 64 bits wide.
pub fn fstat(fd: i32) -> Outcome<Stat> {
    call::fstat(fd)
}
