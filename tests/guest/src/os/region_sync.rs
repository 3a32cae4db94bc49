//! Native calls of regions, as the suites about their synchronisation need them.

use super::{Answer, call, fd};
use abi::Sysno;
use abi::region::{ChangeRecord, LockFlags, RegionFlags, RegionRecord, RegionRequest};
use abi::time::TimeSpec;
use core::time::Duration;
use zerocopy::IntoBytes;

/// Makes a region, or opens it if it is there.
pub fn create(name: &[u8], bytes: u64) -> Answer<i32> {
    let request = RegionRequest { bytes, mode: 0o666, ..RegionRequest::default() };
    let request_at = request.as_bytes().as_ptr() as u64;
    let (at, length) = (name.as_ptr() as u64, name.len() as u64);
    let arguments = [at, length, request_at, size_of_val(&request) as u64];
    call(Sysno::RegionCreate, arguments).map(|fd| fd as i32)
}

/// Opens a region.
pub fn open(name: &[u8], flags: RegionFlags) -> Answer<i32> {
    let arguments = [name.as_ptr() as u64, name.len() as u64, flags.bits().into()];
    call(Sysno::RegionOpen, arguments).map(|fd| fd as i32)
}

/// Takes a region's name away.
pub fn unlink(name: &[u8]) -> Answer {
    call(Sysno::RegionUnlink, [name.as_ptr() as u64, name.len() as u64])
}

/// A view of the whole region, to read and write.
pub fn map(region: i32) -> Answer {
    call(Sysno::RegionMap, [fd(region), super::READ_WRITE.bits().into(), 0, 0])
}

/// Ends a view.
pub fn unmap(address: u64) -> Answer {
    call(Sysno::RegionUnmap, [address])
}

/// Sets a region's length.
pub fn set_length(region: i32, bytes: u64) -> Answer {
    call(Sysno::RegionSetLength, [fd(region), bytes])
}

/// A region's record; one without contents if there is none.
pub fn stat(region: i32) -> RegionRecord {
    let mut record = RegionRecord::empty();
    let address = record.as_mut_bytes().as_mut_ptr() as u64;
    super::ignore(call(Sysno::RegionStat, [fd(region), address]));
    record
}

/// Copies out of a region to an address.
pub fn read(region: i32, offset: u64, to: u64, length: u64) -> Answer {
    call(Sysno::RegionRead, [fd(region), offset, to, length])
}

/// Copies into a region from an address.
pub fn write(region: i32, offset: u64, from: u64, length: u64) -> Answer {
    call(Sysno::RegionWrite, [fd(region), offset, from, length])
}

/// Tells that bytes have changed.
pub fn notify(region: i32, offset: u64, length: u64) -> Answer {
    call(Sysno::RegionNotify, [fd(region), offset, length])
}

/// Calls with the address of a time, or null for none.
fn with_timeout(patience: Option<u64>, make: impl FnOnce(u64) -> Answer) -> Answer {
    let time =
        patience.map(|nanoseconds| TimeSpec::from_duration(Duration::from_nanos(nanoseconds)));
    make(time.as_ref().map_or(0, |time| time.as_bytes().as_ptr() as u64))
}

/// Waits for a change later than `seen`.
pub fn wait_change(region: i32, seen: u64, patience: Option<u64>) -> Answer<ChangeRecord> {
    let mut record = ChangeRecord::default();
    let to = record.as_mut_bytes().as_mut_ptr() as u64;
    with_timeout(patience, |timeout| call(Sysno::RegionWaitChange, [fd(region), seen, timeout, to]))
        .map(|_| record)
}

/// Takes a region's lock, waiting for it.
pub fn lock(region: i32, patience: Option<u64>) -> Answer {
    with_timeout(patience, |timeout| call(Sysno::RegionLock, [fd(region), 0, timeout]))
}

/// Takes a region's lock, or fails where it would wait.
pub fn try_lock(region: i32) -> Answer {
    call(Sysno::RegionLock, [fd(region), LockFlags::TRY.bits().into(), 0])
}

/// Releases a region's lock.
pub fn unlock(region: i32, flags: LockFlags) -> Answer {
    call(Sysno::RegionUnlock, [fd(region), flags.bits().into()])
}

/// Waits until a name exists.
pub fn wait_name(name: &[u8], patience: Option<u64>) -> Answer {
    with_timeout(patience, |timeout| {
        call(Sysno::RegionWaitName, [name.as_ptr() as u64, name.len() as u64, timeout])
    })
}

/// Closes a region and takes its name away.
pub fn remove(region: i32, name: &[u8]) {
    super::ignore(super::close(region));
    super::ignore(unlink(name));
}
