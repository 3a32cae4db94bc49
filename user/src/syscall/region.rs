//! Calls about regions: making, finding, mapping and describing them.

use super::{Outcome, invoke, optional, signed};
use abi::Sysno;
use abi::memory::Protection;
use abi::region::{
    DEPARTURE_WITHDRAW, QuotaRecord, QuotaScope, RegionFlags, RegionRecord, RegionRequest, Seals,
};
use abi::time::TimeSpec;
use core::ptr;
use core::sync::atomic::AtomicU32;

/// Creates a region, or opens the one of that name; a region without a name for an empty one.
pub fn region_create(name: &str, request: &RegionRequest) -> Outcome<i32> {
    let (request, size) = (ptr::from_ref(request) as u64, size_of::<RegionRequest>() as u64);
    let arguments = [name.as_ptr() as u64, name.len() as u64, request, size];
    // SAFETY: the kernel reads the name and the request.
    unsafe { invoke(Sysno::RegionCreate, arguments) }.map(|fd| fd as i32)
}

/// Opens a region.
pub fn region_open(name: &str, flags: RegionFlags) -> Outcome<i32> {
    let arguments = [name.as_ptr() as u64, name.len() as u64, u64::from(flags.bits())];
    // SAFETY: the kernel reads the name.
    unsafe { invoke(Sysno::RegionOpen, arguments) }.map(|fd| fd as i32)
}

/// Sets a region's length.
pub fn region_set_length(fd: i32, bytes: u64) -> Outcome<()> {
    // SAFETY: no address is passed; views are accessed as shared memory only.
    unsafe { invoke(Sysno::RegionSetLength, [signed(fd), bytes]) }.map(drop)
}

/// Maps bytes of a region from an offset, or the whole region where `bytes` is 0, and returns the
/// address.
pub fn region_map(fd: i32, rights: Protection, offset: u64, bytes: u64) -> Outcome<usize> {
    let arguments = [signed(fd), u64::from(rights.bits()), offset, bytes];
    // SAFETY: the kernel chooses addresses that are not in use.
    unsafe { invoke(Sysno::RegionMap, arguments) }.map(|address| address as usize)
}

/// Ends the view that begins at the address.
///
/// # Safety
/// - Nobody uses the view any more.
pub unsafe fn region_unmap(address: usize) -> Outcome<()> {
    // SAFETY: the caller's duty.
    unsafe { invoke(Sysno::RegionUnmap, [address as u64]) }.map(drop)
}

/// Removes a region's name.
pub fn region_unlink(name: &str) -> Outcome<()> {
    // SAFETY: the kernel reads the name.
    unsafe { invoke(Sysno::RegionUnlink, [name.as_ptr() as u64, name.len() as u64]) }.map(drop)
}

/// Fills the records, and returns how many regions there are.
pub fn region_list(records: &mut [RegionRecord]) -> Outcome<usize> {
    let arguments = [records.as_mut_ptr() as u64, records.len() as u64];
    // SAFETY: the kernel fills at most that many records.
    unsafe { invoke(Sysno::RegionList, arguments) }.map(|count| count as usize)
}

/// Reads a region's record.
pub fn region_stat(fd: i32) -> Outcome<RegionRecord> {
    let mut record = RegionRecord::empty();
    let arguments = [signed(fd), ptr::from_mut(&mut record) as u64];
    // SAFETY: the kernel fills one record.
    unsafe { invoke(Sysno::RegionStat, arguments) }.map(|_| record)
}

/// Has the kernel add 1 to the word and wake its waiters when this process ends.
pub fn region_departure_word(word: &AtomicU32) -> Outcome<()> {
    // SAFETY: the word is atomic and in shared memory; the kernel changes it after this process.
    unsafe { invoke(Sysno::RegionDepartureWord, [word.as_ptr() as u64]) }.map(drop)
}

/// Has the kernel leave the word alone when this process ends.
pub fn region_withdraw_departure_word(word: &AtomicU32) -> Outcome<()> {
    let arguments = [word.as_ptr() as u64, u64::from(DEPARTURE_WITHDRAW)];
    // SAFETY: the call changes no memory.
    unsafe { invoke(Sysno::RegionDepartureWord, arguments) }.map(drop)
}

/// Adds seals, and returns all that the region has; none only asks.
pub fn region_seal(fd: i32, seals: Seals) -> Outcome<Seals> {
    // SAFETY: no address is passed.
    unsafe { invoke(Sysno::RegionSeal, [signed(fd), u64::from(seals.bits())]) }
        .map(|seals| Seals::from_bits_truncate(seals as u32))
}

/// Waits until a region of that name exists, at most for the time.
pub fn region_wait_name(name: &str, timeout: Option<&TimeSpec>) -> Outcome<()> {
    let arguments = [name.as_ptr() as u64, name.len() as u64, optional(timeout)];
    // SAFETY: the kernel reads the name and the time.
    unsafe { invoke(Sysno::RegionWaitName, arguments) }.map(drop)
}

/// Ends all of the caller's views of the region, and closes the descriptor.
///
/// # Safety
/// - Nobody in this process uses a view of the region any more.
pub unsafe fn region_leave(fd: i32) -> Outcome<()> {
    // SAFETY: the caller's duty.
    unsafe { invoke(Sysno::RegionLeave, [signed(fd)]) }.map(drop)
}

/// Tells a quota, and sets it where a new one is given.
pub fn region_quota(scope: QuotaScope, number: u32, new: Option<u64>) -> Outcome<QuotaRecord> {
    let mut old = QuotaRecord::default();
    let new = new.map(|limit| QuotaRecord { limit, used: 0 });
    let arguments =
        [scope as u64, u64::from(number), optional(new.as_ref()), ptr::from_mut(&mut old) as u64];
    // SAFETY: the kernel reads one record and fills another.
    unsafe { invoke(Sysno::RegionQuota, arguments) }.map(|_| old)
}
