//! Calls about what processes have of regions, and what children get.

use super::{Outcome, invoke, signed};
use abi::memory::Protection;
use abi::region::{HandleRecord, Inheritance, ViewRecord};
use abi::{Errno, Sysno};

/// Sets what children get of a descriptor, and returns what it was.
pub fn region_inherit_handle(fd: i32, inheritance: Inheritance) -> Outcome<Inheritance> {
    // SAFETY: no address is passed.
    unsafe { invoke(Sysno::RegionInheritHandle, [signed(fd), inheritance as u64]) }.and_then(policy)
}

/// Sets what children get of the view at an address, and returns what it was.
pub fn region_inherit_view(address: usize, inheritance: Inheritance) -> Outcome<Inheritance> {
    // SAFETY: this process's memory stays as it is.
    unsafe { invoke(Sysno::RegionInheritView, [address as u64, inheritance as u64]) }
        .and_then(policy)
}

fn policy(number: u64) -> Outcome<Inheritance> {
    Inheritance::from_number(number as u32).ok_or(Errno::EINVAL)
}

/// Decides what a child gets of the region; no rights deny.
pub fn region_approve(pid: u32, fd: i32, rights: Protection) -> Outcome<()> {
    let arguments = [u64::from(pid), signed(fd), u64::from(rights.bits())];
    // SAFETY: this process's memory stays as it is.
    unsafe { invoke(Sysno::RegionApprove, arguments) }.map(drop)
}

/// Fills the records, and returns how many descriptors of regions the process (0: this one) has.
pub fn region_handles(pid: u32, records: &mut [HandleRecord]) -> Outcome<usize> {
    let arguments = [u64::from(pid), records.as_mut_ptr() as u64, records.len() as u64];
    // SAFETY: the kernel fills at most that many records.
    unsafe { invoke(Sysno::RegionHandles, arguments) }.map(|count| count as usize)
}

/// Fills the records, and returns how many views the process (0: this one) has.
pub fn region_views(pid: u32, records: &mut [ViewRecord]) -> Outcome<usize> {
    let arguments = [u64::from(pid), records.as_mut_ptr() as u64, records.len() as u64];
    // SAFETY: the kernel fills at most that many records.
    unsafe { invoke(Sysno::RegionViews, arguments) }.map(|count| count as usize)
}
