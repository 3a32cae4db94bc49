//! Calls by which processes give pages to each other.

use super::{Answer, call};
use abi::file::OpenFlags;
use abi::offer::OfferRecord;
use abi::time::TimeSpec;
use abi::{Errno, Sysno};
use core::time::Duration;
use zerocopy::IntoBytes;

/// Offers pages to a process; length 0 cancels.
pub fn offer(process: u64, address: u64, length: u64, flags: u64) -> Answer {
    call(Sysno::VmOffer, [process, address, length, flags])
}

/// Takes what a process has offered; gives where it is and how long.
pub fn claim(process: u64, remote: u64) -> Answer<(u64, u64)> {
    let (mut local, mut length) = (0_u64, 0_u64);
    let places = ((&raw mut local) as u64, (&raw mut length) as u64);
    call(Sysno::VmClaim, [process, remote, places.0, places.1, 0])?;
    Ok((local, length))
}

/// Fills the records with the caller's offers; gives what the call did and the count after it.
pub fn list_offers(records: &mut [OfferRecord]) -> (Answer, u64) {
    let mut count = records.len() as u64;
    let place = (&raw mut count) as u64;
    let at = records.as_mut_bytes().as_mut_ptr() as u64;
    (call(Sysno::VmListOffers, [at, place, 0]), count)
}

/// Waits some nanoseconds for an offer to the caller.
pub fn wait_offer(patience: u64) -> Answer<OfferRecord> {
    let time = TimeSpec::from_duration(Duration::from_nanos(patience));
    let mut record = OfferRecord::default();
    let at = record.as_mut_bytes().as_mut_ptr() as u64;
    call(Sysno::VmWaitOffer, [at, time.as_bytes().as_ptr() as u64])?;
    Ok(record)
}

/// Waits some nanoseconds until an offer of the caller has ended.
pub fn wait_claim(process: u64, address: u64, patience: u64) -> Answer {
    let time = TimeSpec::from_duration(Duration::from_nanos(patience));
    call(Sysno::VmWaitClaim, [process, address, time.as_bytes().as_ptr() as u64])
}

/// Waits for an offer and takes it.
pub fn take_offer(patience: u64) -> Answer<(u64, u64)> {
    let record = wait_offer(patience)?;
    claim(record.pid.into(), record.address)
}

/// Whether a call has failed with this error.
pub fn fails<T>(answer: Answer<T>, errno: Errno) -> bool {
    answer.err() == Some(errno)
}

/// A descriptor that tells of offers to the caller.
pub fn offer_descriptor(flags: OpenFlags) -> Answer<i32> {
    call(Sysno::VmOfferDescriptor, [u64::from(flags.bits())]).map(|fd| fd as i32)
}

/// Has the kernel offer its log; gives by which address.
pub fn offer_log() -> Answer {
    call(Sysno::VmOfferLog, [])
}
