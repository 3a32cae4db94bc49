//! Calls about what a process has of regions, and what its children get.

use super::{Answer, call, fd};
use abi::Sysno;
use abi::memory::Protection;
use abi::region::{HandleRecord, Inheritance, ViewRecord};
use zerocopy::IntoBytes;

/// Says what children get of a descriptor; gives the number of what was said before.
pub fn inherit_handle(region: i32, policy: Inheritance) -> Answer {
    call(Sysno::RegionInheritHandle, [fd(region), policy as u64])
}

/// Says what children get of the view at an address.
pub fn inherit_view(address: u64, policy: Inheritance) -> Answer {
    call(Sysno::RegionInheritView, [address, policy as u64])
}

/// Decides what a child gets of what was to be asked for.
pub fn approve(child: u64, region: i32, rights: Protection) -> Answer {
    call(Sysno::RegionApprove, [child, fd(region), rights.bits().into()])
}

/// The descriptors of a process that lead to regions, as many as fit; gives how many there are.
pub fn handles(process: u64, records: &mut [HandleRecord]) -> Answer {
    let (at, room) = (records.as_mut_bytes().as_mut_ptr() as u64, records.len() as u64);
    call(Sysno::RegionHandles, [process, at, room])
}

/// The views of a process, as many as fit; gives how many there are.
pub fn views(process: u64, records: &mut [ViewRecord]) -> Answer {
    let (at, room) = (records.as_mut_bytes().as_mut_ptr() as u64, records.len() as u64);
    call(Sysno::RegionViews, [process, at, room])
}
