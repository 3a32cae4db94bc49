//! Mapped memory: `mmap` and what is done with its ranges.
//!
//! What these functions give is an address, as POSIX has it; [`crate::region::View`] is memory with
//! an owner and bounds.

use super::Outcome;
use crate::syscall::memory as call;
use abi::Errno;
use abi::memory::{MapFlags, Protection};
use core::ptr::NonNull;

/// `msync`: begin to write back.
pub const MS_ASYNC: u32 = 1;
/// `msync`: other views are to see the object's contents.
pub const MS_INVALIDATE: u32 = 2;
/// `msync`: write back before returning.
pub const MS_SYNC: u32 = 4;

/// `mmap`: maps `length` bytes of an object from an offset, with `SHARED` or `PRIVATE`, at an
/// address of the kernel's choice, near a hint, or with `FIXED` at the address; `FIXED_NO_REPLACE`
/// fails with `EEXIST` where something is. `ANONYMOUS` takes no object and ignores `fd`. A touch of
/// a page behind the object's end is `SIGBUS`.
///
/// # Errors
/// - `EACCES`: the descriptor does not read, or `SHARED` and `WRITE` and it does not write, or the
///   region's views may only read.
/// - `EAGAIN`: does not happen, as memory is not locked by `mlockall`.
/// - `EBADF`: not a descriptor.
/// - `EINVAL`: neither or both of `SHARED` and `PRIVATE`, a length of 0, an offset or a fixed
///   address that is no multiple of the page size.
/// - `EMFILE`: not given; too many views are `ENOMEM`.
/// - `ENODEV`: the descriptor's file cannot be mapped.
/// - `ENOMEM`: no room in the address space, or no memory for tables; the fixed range is not user
///   space.
/// - `ENOTSUP` (`EOPNOTSUPP`): the combination of rights is not supported.
/// - `ENXIO`: does not happen: addresses behind the object's end are allowed, as on Linux.
/// - `EOVERFLOW`: the offset and length reach too far.
/// - `EEXIST`: `FIXED_NO_REPLACE`, and something is there; or a region with one address for all
///   is mapped already.
/// - `EPERM` (Linux): a seal forbids writing.
///
/// # Safety
/// - With `FIXED`, nobody uses what is in the range any more.
pub unsafe fn mmap(
    address: usize,
    length: usize,
    protection: Protection,
    flags: MapFlags,
    fd: i32,
    offset: i64,
) -> Outcome<NonNull<u8>> {
    // SAFETY: the caller's duty.
    let address = unsafe { call::mmap(address, length, protection, flags, fd, offset) }?;
    NonNull::new(address as *mut u8).ok_or(Errno::ENOMEM)
}

/// `munmap`: ends whatever is mapped in the pages of a range.
///
/// # Errors
/// - `EINVAL`: the address is no multiple of the page size, the length is 0, or the range is not
///   user space.
/// - `ENOMEM` (Linux): cutting a view in two is one view too many.
///
/// # Safety
/// - Nobody uses the range any more.
pub unsafe fn munmap(address: usize, length: usize) -> Outcome<()> {
    // SAFETY: the caller's duty.
    unsafe { call::munmap(address, length) }
}

/// `mprotect`: changes what may be done with the pages of a range.
///
/// # Errors
/// - `EACCES`: a right that the view's object does not give.
/// - `EAGAIN`: does not happen, as memory is charged when it is promised or touched.
/// - `EINVAL`: the address is no multiple of the page size, or an unknown right.
/// - `ENOMEM`: something in the range is not mapped.
/// - `ENOTSUP` (`EOPNOTSUPP`): the combination of rights is not supported.
///
/// # Safety
/// - Nobody relies on a right that is taken away.
pub unsafe fn mprotect(address: usize, length: usize, protection: Protection) -> Outcome<()> {
    // SAFETY: the caller's duty.
    unsafe { call::mprotect(address, length, protection) }
}

/// `msync`: writes a range back to its object; a region's pages are the object, so this only checks.
///
/// # Errors
/// - `EBUSY`: does not happen, as no page is locked against invalidation.
/// - `EINVAL`: unknown flags or both `MS_ASYNC` and `MS_SYNC`, or the address is no multiple of the
///   page size.
/// - `ENOMEM`: something in the range is not mapped.
pub fn msync(address: usize, length: usize, flags: u32) -> Outcome<()> {
    call::msync(address, length, flags)
}

/// `mlock`: makes every page of a range present; Commons never takes one away.
///
/// # Errors
/// - `EAGAIN`: not given; what cannot be made present is `ENOMEM`.
/// - `EINVAL`: the address is no multiple of the page size; Linux and Commons round it down.
/// - `ENOMEM`: something in the range is not mapped, or no memory is left.
/// - `EPERM`: does not happen: everybody may.
pub fn mlock(address: usize, length: usize) -> Outcome<()> {
    call::mlock(address, length)
}

/// `munlock`: undoes `mlock`; the pages stay present.
///
/// # Errors
/// - `EINVAL`, `ENOMEM`: as for [`mlock`]. `EPERM`: does not happen.
pub fn munlock(address: usize, length: usize) -> Outcome<()> {
    call::munlock(address, length)
}
