//! Calls about regions.

use super::{Outcome, invoke, signed};
use abi::Sysno;
use abi::memory::Protection;
use abi::region::{RegionFlags, RegionRecord, RegionRequest};
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

/// Maps a whole region, and returns the address.
pub fn region_map(fd: i32, rights: Protection) -> Outcome<usize> {
    // SAFETY: the kernel chooses addresses that are not in use.
    unsafe { invoke(Sysno::RegionMap, [signed(fd), u64::from(rights.bits()), 0, 0]) }
        .map(|address| address as usize)
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
