//! Copies from and to programs, at addresses that prove nothing.
//!
//! An address is checked to lie in the lower half; whether something is mapped there, the access
//! itself finds out. A fault in it is offered to the kernel, which may map the page or refuse.
//! The accesses have the program's rights, so the kernel can't be made to read what it can't.

use crate::addr::{USER_END, VirtAddr};
use core::arch::global_asm;

pub use crate::user_access::{BadAddress, StringError};

// One after the other: faults are told apart by where they are in the two.
global_asm!(concat!(include_str!("user_memory.S"), include_str!("user_copy.S")));

// SAFETY: the two files define all of them with these signatures.
unsafe extern "C" {
    fn copy_from_user(to: *mut u8, from: usize, bytes: usize) -> usize;
    fn copy_to_user(to: usize, from: *const u8, bytes: usize) -> usize;
    fn try_copy_from_user(to: *mut u8, from: usize, bytes: usize) -> usize;
    fn try_copy_to_user(to: usize, from: *const u8, bytes: usize) -> usize;
    fn zero_user(at: usize, bytes: usize) -> usize;
    fn load_user_u32(at: usize, to: *mut u32) -> usize;
    fn store_user_u32(at: usize, value: u32) -> usize;
    fn compare_exchange_user_u32(at: usize, expected: u32, new: u32, found: *mut u32) -> usize;
    fn copy_string(to: *mut u8, from: usize, bytes: usize, length: *mut usize) -> usize;
    safe static user_access_start: u8;
    safe static user_try_start: u8;
    safe static user_try_long_start: u8;
    safe static user_long_start: u8;
    safe static user_access_end: u8;
    safe static user_access_failed: u8;
    safe static user_long_failed: u8;
}

/// Copies from a program. After an error some of `to` may be overwritten.
pub fn copy_in(to: &mut [u8], from: VirtAddr) -> Result<(), BadAddress> {
    let from = check(from, to.len())?;
    // SAFETY: `to` is writable for its length; `from` is in the lower half, where faults are mended.
    result(unsafe { copy_from_user(to.as_mut_ptr(), from, to.len()) })
}

/// Copies to a program. After an error some bytes may be there.
pub fn copy_out(to: VirtAddr, from: &[u8]) -> Result<(), BadAddress> {
    let to = check(to, from.len())?;
    // SAFETY: `from` is readable for its length; `to` is in the lower half, where faults are mended.
    result(unsafe { copy_to_user(to, from.as_ptr(), from.len()) })
}

/// As [`copy_in`], but fails where a page would have to be brought in: so it may be called with locks
/// held.
pub fn try_copy_in(to: &mut [u8], from: VirtAddr) -> Result<(), BadAddress> {
    let from = check(from, to.len())?;
    // SAFETY: `to` is writable for its length; `from` is in the lower half, where faults end the copy.
    result(unsafe { try_copy_from_user(to.as_mut_ptr(), from, to.len()) })
}

/// As [`copy_out`], but fails where a page would have to be brought in: so it may be called with
/// locks held.
pub fn try_copy_out(to: VirtAddr, from: &[u8]) -> Result<(), BadAddress> {
    let to = check(to, from.len())?;
    // SAFETY: `from` is readable for its length; `to` is in the lower half, where faults end the copy.
    result(unsafe { try_copy_to_user(to, from.as_ptr(), from.len()) })
}

/// Zeroes a program's memory. After an error some of it may be.
pub fn zero_out(to: VirtAddr, bytes: usize) -> Result<(), BadAddress> {
    let to = check(to, bytes)?;
    // SAFETY: `to` is in the lower half, where faults are mended.
    result(unsafe { zero_user(to, bytes) })
}

/// Reads a word; in one access if the address is aligned.
pub fn load_u32(at: VirtAddr) -> Result<u32, BadAddress> {
    let at = check(at, size_of::<u32>())?;
    let mut value = 0;
    // SAFETY: `value` is writable; `at` is in the lower half, where faults are mended.
    result(unsafe { load_user_u32(at, &raw mut value) })?;
    Ok(value)
}

/// Writes a word; in one access if the address is aligned.
pub fn store_u32(at: VirtAddr, value: u32) -> Result<(), BadAddress> {
    let at = check(at, size_of::<u32>())?;
    // SAFETY: `at` is in the lower half, where faults are mended.
    result(unsafe { store_user_u32(at, value) })
}

/// Replaces a word, at an aligned address, in one step if it is as expected; returns what was there.
pub fn compare_exchange_u32(at: VirtAddr, expected: u32, new: u32) -> Result<u32, BadAddress> {
    let at = check(at, size_of::<u32>())?;
    if !at.is_multiple_of(size_of::<u32>()) {
        return Err(BadAddress);
    }
    let mut found = 0;
    // SAFETY: `found` is writable; `at` is aligned and in the lower half, where faults are mended.
    result(unsafe { compare_exchange_user_u32(at, expected, new, &raw mut found) })?;
    Ok(found)
}

/// Copies a string without the NUL that ends it, and returns its length.
pub fn read_string(from: VirtAddr, to: &mut [u8]) -> Result<usize, StringError> {
    let room = USER_END.checked_sub(from.value()).ok_or(BadAddress)?;
    // A string must end before its half of the address space does, and have space for a NUL that
    // would be read if it were there.
    let bytes = to.len().min(room);
    let mut length = 0;
    // SAFETY: `to` is writable for `bytes`, `length` is; `from` is in the lower half for `bytes`.
    let failed = unsafe { copy_string(to.as_mut_ptr(), from.value(), bytes, &raw mut length) };
    result(failed)?;
    match length {
        _ if length < bytes => Ok(length),
        _ if bytes < to.len() => Err(StringError::BadAddress),
        _ => Err(StringError::TooLong),
    }
}

/// What to do about a fault in a routine of this file.
pub(super) struct Recovery {
    /// Where to go on if nothing mends it.
    pub(super) address: u64,
    /// Whether anything may.
    pub(super) is_mendable: bool,
}

/// What to do about a fault at `elr`; `None` if it is not one of ours.
pub(super) fn recovery(elr: u64) -> Option<Recovery> {
    let at = |symbol: &'static u8| core::ptr::from_ref(symbol).addr() as u64;
    if !(at(&user_access_start)..at(&user_access_end)).contains(&elr) {
        return None;
    }
    let is_long = elr >= at(&user_try_long_start);
    Some(Recovery {
        address: at(if is_long { &user_long_failed } else { &user_access_failed }),
        is_mendable: !(at(&user_try_start)..at(&user_long_start)).contains(&elr),
    })
}

#[inline]
fn check(start: VirtAddr, bytes: usize) -> Result<usize, BadAddress> {
    let end = start.value().checked_add(bytes).ok_or(BadAddress)?;
    if end <= USER_END { Ok(start.value()) } else { Err(BadAddress) }
}

#[inline]
const fn result(failed: usize) -> Result<(), BadAddress> {
    if failed == 0 { Ok(()) } else { Err(BadAddress) }
}
