//! Calls about what is in a region: copies, changes, the lock.

use super::{Outcome, invoke, optional, signed};
use abi::Sysno;
use abi::region::{ChangeRecord, LockFlags};
use abi::time::TimeSpec;
use core::ptr;

/// Copies bytes out in one piece; fewer at the region's end.
pub fn region_read(fd: i32, offset: u64, bytes: &mut [u8]) -> Outcome<usize> {
    let arguments = [signed(fd), offset, bytes.as_mut_ptr() as u64, bytes.len() as u64];
    // SAFETY: the kernel writes at most the buffer's length.
    unsafe { invoke(Sysno::RegionRead, arguments) }.map(|count| count as usize)
}

/// Asks of each `stride`th page from `first` on what it has; fewer words at the region's end.
pub fn region_pages(name: &str, first: u64, stride: u64, words: &mut [u32]) -> Outcome<usize> {
    let (to, count) = (words.as_mut_ptr() as u64, words.len() as u64);
    let arguments = [name.as_ptr() as u64, name.len() as u64, first, stride, to, count];
    // SAFETY: the kernel reads the name and writes at most so many words.
    unsafe { invoke(Sysno::RegionPages, arguments) }.map(|count| count as usize)
}

/// Copies all of the bytes in, in one piece.
pub fn region_write(fd: i32, offset: u64, bytes: &[u8]) -> Outcome<usize> {
    let arguments = [signed(fd), offset, bytes.as_ptr() as u64, bytes.len() as u64];
    // SAFETY: the kernel reads the buffer; views are accessed as shared memory only.
    unsafe { invoke(Sysno::RegionWrite, arguments) }.map(|count| count as usize)
}

/// Tells those who wait that bytes have changed, and returns the change's number.
pub fn region_notify(fd: i32, offset: u64, length: u64) -> Outcome<u64> {
    // SAFETY: no address is passed.
    unsafe { invoke(Sysno::RegionNotify, [signed(fd), offset, length]) }
}

/// Waits for a change later than number `seen`, at most for the time.
pub fn region_wait_change(fd: i32, seen: u64, timeout: Option<&TimeSpec>) -> Outcome<ChangeRecord> {
    let mut record = ChangeRecord::default();
    let arguments = [signed(fd), seen, optional(timeout), ptr::from_mut(&mut record) as u64];
    // SAFETY: the kernel reads the time and fills one record.
    unsafe { invoke(Sysno::RegionWaitChange, arguments) }.map(|_| record)
}

/// Takes the region's lock, waiting at most for the time; `EOWNERDEAD` has taken it too.
pub fn region_lock(fd: i32, flags: LockFlags, timeout: Option<&TimeSpec>) -> Outcome<()> {
    let arguments = [signed(fd), u64::from(flags.bits()), optional(timeout)];
    // SAFETY: the kernel reads the time.
    unsafe { invoke(Sysno::RegionLock, arguments) }.map(drop)
}

/// Gives the region's lock back.
pub fn region_unlock(fd: i32, flags: LockFlags) -> Outcome<()> {
    // SAFETY: no address is passed.
    unsafe { invoke(Sysno::RegionUnlock, [signed(fd), u64::from(flags.bits())]) }.map(drop)
}
