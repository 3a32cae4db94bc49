//! Calls about memory and futexes.

use super::{Outcome, invoke, optional};
use abi::Sysno;
use abi::futex::{
    FUTEX_BITSET_MATCH_ANY, FUTEX_CLOCK_REALTIME, FUTEX_WAIT, FUTEX_WAIT_BITSET, FUTEX_WAKE,
};
use abi::memory::{MapFlags, Protection};
use abi::time::TimeSpec;
use core::sync::atomic::AtomicU32;

/// Moves the end of the data segment, and returns where it is.
///
/// # Safety
/// - Nobody uses the memory between a lower new end and the old one.
pub unsafe fn brk(address: usize) -> Outcome<usize> {
    // SAFETY: the caller's duty.
    unsafe { invoke(Sysno::Brk, [address as u64]) }.map(|end| end as usize)
}

/// Maps zeroed private memory at an address of the kernel's choice.
pub fn map_anonymous(length: usize, protection: Protection) -> Outcome<usize> {
    map_zeroed(length, protection, MapFlags::empty())
}

/// As [`map_anonymous`], with all pages there already, as far as there is memory.
pub fn map_present(length: usize, protection: Protection) -> Outcome<usize> {
    map_zeroed(length, protection, MapFlags::POPULATE)
}

fn map_zeroed(length: usize, protection: Protection, more: MapFlags) -> Outcome<usize> {
    let flags = MapFlags::PRIVATE | MapFlags::ANONYMOUS | more;
    let arguments = [
        0,
        length as u64,
        u64::from(protection.bits()),
        u64::from(flags.bits()),
        super::signed(-1),
        0,
    ];
    // SAFETY: without `FIXED` the kernel chooses addresses that are not in use.
    unsafe { invoke(Sysno::Mmap, arguments) }.map(|address| address as usize)
}

/// Maps an object or zeroed memory, and returns the address.
///
/// # Safety
/// - With `FIXED`, nobody uses what is at the addresses any more.
pub unsafe fn mmap(
    address: usize,
    length: usize,
    protection: Protection,
    flags: MapFlags,
    fd: i32,
    offset: i64,
) -> Outcome<usize> {
    let arguments = [
        address as u64,
        length as u64,
        u64::from(protection.bits()),
        u64::from(flags.bits()),
        super::signed(fd),
        offset as u64,
    ];
    // SAFETY: the caller's duty; without `FIXED` the kernel chooses addresses that are not in use.
    unsafe { invoke(Sysno::Mmap, arguments) }.map(|address| address as usize)
}

/// Changes what may be done with a range.
///
/// # Safety
/// - Nobody relies on a right that is taken away.
pub unsafe fn mprotect(address: usize, length: usize, protection: Protection) -> Outcome<()> {
    let arguments = [address as u64, length as u64, u64::from(protection.bits())];
    // SAFETY: the caller's duty.
    unsafe { invoke(Sysno::Mprotect, arguments) }.map(drop)
}

/// Writes a range back to its object.
pub fn msync(address: usize, length: usize, flags: u32) -> Outcome<()> {
    // SAFETY: the contents stay as they are.
    unsafe { invoke(Sysno::Msync, [address as u64, length as u64, u64::from(flags)]) }.map(drop)
}

/// Makes all pages of a range present.
pub fn mlock(address: usize, length: usize) -> Outcome<()> {
    // SAFETY: the contents stay as they are.
    unsafe { invoke(Sysno::Mlock, [address as u64, length as u64]) }.map(drop)
}

/// Undoes `mlock`.
pub fn munlock(address: usize, length: usize) -> Outcome<()> {
    // SAFETY: the contents stay as they are.
    unsafe { invoke(Sysno::Munlock, [address as u64, length as u64]) }.map(drop)
}

/// Ends the mapping of a range.
///
/// # Safety
/// - Nobody uses the range any more.
pub unsafe fn munmap(address: usize, length: usize) -> Outcome<()> {
    // SAFETY: the caller's duty.
    unsafe { invoke(Sysno::Munmap, [address as u64, length as u64]) }.map(drop)
}

/// Tells what is to become of a range's contents, which are nobody's but private memory's own.
pub fn madvise(address: usize, length: usize, advice: u32) -> Outcome<()> {
    // SAFETY: pages that are thrown away read as zeroes, and callers hold them as shared memory.
    unsafe { invoke(Sysno::Madvise, [address as u64, length as u64, u64::from(advice)]) }.map(drop)
}

/// Sleeps while the word has the expected value.
pub fn futex_wait(word: &AtomicU32, expected: u32, timeout: Option<&TimeSpec>) -> Outcome<()> {
    let arguments =
        [word.as_ptr() as u64, u64::from(FUTEX_WAIT), u64::from(expected), optional(timeout), 0, 0];
    // SAFETY: the kernel only reads the word and the time.
    unsafe { invoke(Sysno::Futex, arguments) }.map(drop)
}

/// The clock of a deadline.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum FutexClock {
    /// Time since boot.
    Monotonic,
    /// Wall-clock time.
    RealTime,
}

/// Sleeps while the word at an address has the expected value, at most until a time.
pub fn futex_wait_until(
    word: *const u32,
    expected: u32,
    clock: FutexClock,
    until: Option<&TimeSpec>,
) -> Outcome<()> {
    let operation = match clock {
        FutexClock::Monotonic => FUTEX_WAIT_BITSET,
        FutexClock::RealTime => FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME,
    };
    let arguments = [
        word as u64,
        u64::from(operation),
        u64::from(expected),
        optional(until),
        0,
        u64::from(FUTEX_BITSET_MATCH_ANY),
    ];
    // SAFETY: the kernel only reads the word, which it checks, and the time.
    unsafe { invoke(Sysno::Futex, arguments) }.map(drop)
}

/// Wakes up to `count` sleepers, and returns how many.
pub fn futex_wake(word: &AtomicU32, count: u32) -> Outcome<u32> {
    futex_wake_at(word.as_ptr(), count)
}

/// Wakes up to `count` of those who sleep on the word at an address, and returns how many.
pub fn futex_wake_at(word: *const u32, count: u32) -> Outcome<u32> {
    // The kernel takes the count as a signed number.
    let count = u64::from(count.min(i32::MAX as u32));
    let arguments = [word as u64, u64::from(FUTEX_WAKE), count, 0, 0, 0];
    // SAFETY: the kernel does not change memory.
    unsafe { invoke(Sysno::Futex, arguments) }.map(|woken| woken as u32)
}
