//! Calls by which processes give pages to each other.

use super::{Outcome, invoke, optional};
use abi::Sysno;
use abi::file::OpenFlags;
use abi::offer::{OfferFlags, OfferRecord};
use abi::time::TimeSpec;

/// Offers pages to a process; length 0 cancels.
///
/// # Safety
/// - Nobody relies on a right that is dropped, from now on until the offer has ended.
/// - What is granted is reached as shared memory only.
pub unsafe fn vm_offer(pid: u32, address: usize, length: usize, flags: OfferFlags) -> Outcome<()> {
    let arguments = [u64::from(pid), address as u64, length as u64, u64::from(flags.bits())];
    // SAFETY: the caller's duty.
    unsafe { invoke(Sysno::VmOffer, arguments) }.map(drop)
}

/// Takes what a process has offered at an address of its own; returns where it is, and its length.
pub fn vm_claim(pid: u32, remote: usize) -> Outcome<(usize, usize)> {
    let (mut local, mut length) = (0_u64, 0_u64);
    let places = ((&raw mut local) as u64, (&raw mut length) as u64);
    // SAFETY: the kernel stores two words; the pages appear where nothing is.
    unsafe { invoke(Sysno::VmClaim, [u64::from(pid), remote as u64, places.0, places.1, 0]) }?;
    Ok((local as usize, length as usize))
}

/// Fills the records with all offers that the process (0: this one) has sent and received.
///
/// `Err` is the number that there are if they do not fit.
pub fn vm_list_offers(pid: u32, records: &mut [OfferRecord]) -> Outcome<Result<usize, usize>> {
    let mut count = records.len() as u64;
    let arguments = [records.as_mut_ptr() as u64, (&raw mut count) as u64, u64::from(pid)];
    // SAFETY: the kernel fills at most that many records, and stores their number.
    match unsafe { invoke(Sysno::VmListOffers, arguments) } {
        Ok(_) => Ok(Ok(count as usize)),
        Err(abi::Errno::ERANGE) => Ok(Err(count as usize)),
        Err(errno) => Err(errno),
    }
}

/// Waits for an offer to this process; tells the oldest.
pub fn vm_wait_offer(timeout: Option<&TimeSpec>) -> Outcome<OfferRecord> {
    let mut record = OfferRecord::default();
    let arguments = [(&raw mut record) as u64, optional(timeout)];
    // SAFETY: the kernel reads the time and fills the record.
    unsafe { invoke(Sysno::VmWaitOffer, arguments) }.map(|_| record)
}

/// Waits until an offer of this process is open no longer.
pub fn vm_wait_claim(pid: u32, address: usize, timeout: Option<&TimeSpec>) -> Outcome<()> {
    let arguments = [u64::from(pid), address as u64, optional(timeout)];
    // SAFETY: the kernel only reads the time.
    unsafe { invoke(Sysno::VmWaitClaim, arguments) }.map(drop)
}

/// A descriptor that is ready for reading while an offer to this process is open.
pub fn vm_offer_descriptor(flags: OpenFlags) -> Outcome<i32> {
    // SAFETY: no address is passed.
    unsafe { invoke(Sysno::VmOfferDescriptor, [u64::from(flags.bits())]) }.map(|fd| fd as i32)
}

/// Has the kernel, which is process 0, offer its log; returns by which address.
pub fn vm_offer_log() -> Outcome<usize> {
    // SAFETY: nothing is passed, and nothing changes before the claim.
    unsafe { invoke(Sysno::VmOfferLog, []) }.map(|address| address as usize)
}
