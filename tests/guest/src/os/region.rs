//! Calls on regions, and on who may use them.

use super::{Answer, HERE, call, fd};
use abi::Sysno;
use abi::memory::Protection;
use abi::region::{QuotaRecord, QuotaScope, RegionFlags, RegionRecord, RegionRequest, Seals};
use core::ffi::CStr;
use zerocopy::IntoBytes;

/// A request for a region of so many bytes that everybody may use.
pub fn request(bytes: u64, flags: RegionFlags) -> RegionRequest {
    RegionRequest { bytes, flags: flags.bits(), mode: 0o777, ..RegionRequest::default() }
}

/// Makes a region, or opens the one of that name; an empty name makes one without.
pub fn region_create(name: &[u8], request: &RegionRequest) -> Answer<i32> {
    let (at, length) = (name.as_ptr() as u64, name.len() as u64);
    let (request, size) = (request.as_bytes().as_ptr() as u64, size_of_val(request) as u64);
    call(Sysno::RegionCreate, [at, length, request, size]).map(|fd| fd as i32)
}

/// Opens the region of that name.
pub fn region_open(name: &[u8], flags: RegionFlags) -> Answer<i32> {
    let (at, length) = (name.as_ptr() as u64, name.len() as u64);
    call(Sysno::RegionOpen, [at, length, flags.bits().into()]).map(|fd| fd as i32)
}

/// Takes a name away.
pub fn region_unlink(name: &[u8]) -> Answer {
    call(Sysno::RegionUnlink, [name.as_ptr() as u64, name.len() as u64])
}

/// Tells of pages of the region of that name, as `[first, stride, words, count]` says.
pub fn region_pages(name: &[u8], [first, stride, words, count]: [u64; 4]) -> Answer {
    let (at, length) = (name.as_ptr() as u64, name.len() as u64);
    call(Sysno::RegionPages, [at, length, first, stride, words, count])
}

/// Sets a region's length.
pub fn region_set_length(region: i32, bytes: u64) -> Answer {
    call(Sysno::RegionSetLength, [fd(region), bytes])
}

/// Shows a whole region.
pub fn region_map(region: i32, rights: Protection) -> Answer {
    region_map_part(region, rights, 0, 0)
}

/// Shows a part of a region.
pub fn region_map_part(region: i32, rights: Protection, offset: u64, bytes: u64) -> Answer {
    call(Sysno::RegionMap, [fd(region), rights.bits().into(), offset, bytes])
}

/// Ends a view.
pub fn region_unmap(address: u64) -> Answer {
    call(Sysno::RegionUnmap, [address])
}

/// Ends all views of a region, and its descriptor.
pub fn region_leave(region: i32) -> Answer {
    call(Sysno::RegionLeave, [fd(region)])
}

/// What is known of a region; nothing where the call fails.
pub fn region_stat(region: i32) -> RegionRecord {
    let mut record = RegionRecord::empty();
    let address = record.as_mut_bytes().as_mut_ptr() as u64;
    super::ignore(call(Sysno::RegionStat, [fd(region), address]));
    record
}

/// Adds seals and tells all.
pub fn region_seal(region: i32, seals: Seals) -> Answer<Seals> {
    let all = call(Sysno::RegionSeal, [fd(region), seals.bits().into()])?;
    Ok(Seals::from_bits_truncate(all as u32))
}

/// A quota: its limit and what is used.
pub fn quota(scope: QuotaScope, number: u64) -> Answer<(u64, u64)> {
    let mut record = QuotaRecord::default();
    let to = record.as_mut_bytes().as_mut_ptr() as u64;
    call(Sysno::RegionQuota, [scope as u64, number, 0, to])?;
    Ok((record.limit, record.used))
}

/// Sets a quota.
pub fn set_quota(scope: QuotaScope, number: u64, limit: u64) -> Answer {
    let record = QuotaRecord { limit, used: 0 };
    call(Sysno::RegionQuota, [scope as u64, number, record.as_bytes().as_ptr() as u64, 0])
}

/// A region without a name, as Linux makes one.
pub fn memfd(flags: u32) -> Answer<i32> {
    call(Sysno::MemfdCreate, [c"guest".as_ptr() as u64, flags.into()]).map(|fd| fd as i32)
}

/// Becomes another user of another group, for good.
pub fn become_user(uid: u64, gid: u64) -> Answer {
    call(Sysno::Setgid, [gid])?;
    call(Sysno::Setuid, [uid])
}

/// `chmod`.
pub fn set_mode(path: &CStr, mode: u64) -> Answer {
    call(Sysno::Fchmodat, [HERE, path.as_ptr() as u64, mode])
}

/// `chown`.
pub fn set_owner(path: &CStr, uid: u32, gid: u32) -> Answer {
    call(Sysno::Fchownat, [HERE, path.as_ptr() as u64, uid.into(), gid.into(), 0])
}
