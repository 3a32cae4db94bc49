//! Calls about what a process has of regions, and what its children get of it.

use super::arguments::store_list;
use super::file::get;
use crate::fs::inheritance::{self, Handle};
use crate::fs::{Fd, OpenFile};
use crate::mm::{MapError, Purpose, Sharing, Shown, ViewDescription};
use crate::process::{self, Process};
use crate::region::Region;
use crate::sched;
use abi::Errno;
use abi::memory::Protection;
use abi::region::{HandleRecord, Inheritance, ViewRecord};
use alloc::sync::Arc;
use arch::addr::VirtAddr;
use zerocopy::FromZeros;

fn policy(number: u32) -> Result<Inheritance, Errno> {
    Inheritance::from_number(number).ok_or(Errno::EINVAL)
}

pub fn inherit_handle(fd: Fd, inheritance: u32) -> Result<u64, Errno> {
    let inheritance = policy(inheritance)?;
    get(fd)?.region()?;
    let process = sched::current_process();
    let before = process.files.lock().descriptors.set_inheritance(fd, inheritance)?;
    Ok(before as u64)
}

pub fn inherit_view(address: VirtAddr, inheritance: u32) -> Result<u64, Errno> {
    let inheritance = policy(inheritance)?;
    let before = super::memory::space()?.set_inheritance(address, inheritance);
    match before {
        Ok(before) => Ok(before as u64),
        Err(MapError::Unmapped) => Err(Errno::EFAULT),
        Err(error) => Err(error.into()),
    }
}

/// Decides about what was withheld from a child, of the region behind the caller's descriptor.
pub fn approve(pid: u32, fd: Fd, rights: u32) -> Result<u64, Errno> {
    let rights = Protection::from_bits(rights).ok_or(Errno::EINVAL)?;
    let file = get(fd)?;
    let region = file.region()?;
    if !inheritance::rights(&file).contains(rights) {
        return Err(Errno::EACCES);
    }
    let caller = sched::current_process();
    let child = process::find_child(caller.pid, pid).ok_or(Errno::ESRCH)?;
    let mut decided = 0;
    // The file of each is dropped without the lock of the child's descriptors.
    while let Some(file) = decide_next_handle(&child, &region, rights)? {
        drop(file);
        decided += 1;
    }
    if let Some(space) = child.space() {
        decided += space.decide(region.id(), rights)?;
    }
    if decided == 0 { Err(Errno::ENOENT) } else { Ok(0) }
}

fn decide_next_handle(
    child: &Process,
    region: &Region,
    rights: Protection,
) -> Result<Option<Arc<OpenFile>>, Errno> {
    child.files.lock().descriptors.decide_next(region.id(), rights)
}

/// A process that the caller may look into: itself, one of the same user, or any for root.
pub(super) fn observed(pid: u32) -> Result<Arc<Process>, Errno> {
    let caller = sched::current_process();
    if pid == 0 || pid == caller.pid {
        return Ok(caller.to_arc());
    }
    let process = process::find(pid).ok_or(Errno::ESRCH)?;
    let credentials = caller.credentials();
    if credentials.is_root() || credentials.uid == process.credentials().uid {
        Ok(process)
    } else {
        Err(Errno::EPERM)
    }
}

pub fn handles(pid: u32, records: VirtAddr, capacity: usize) -> Result<u64, Errno> {
    let process = observed(pid)?;
    let from = |fd: u32| process.files.lock().descriptors.handle_from(Fd(fd));
    let all = core::iter::successors(from(0), |last| from(last.fd.0 + 1));
    store_list(records, capacity, all.map(|handle| handle_record(&handle)))
}

fn handle_record(handle: &Handle) -> HandleRecord {
    let mut record = HandleRecord::new_zeroed();
    record.region = handle.region.id();
    record.length = handle.region.length();
    record.fd = handle.fd.0;
    record.rights = handle.rights.bits();
    record.inheritance = handle.inheritance as u32;
    record.name_length = put_name(&mut record.name, handle.region.record().name());
    record
}

pub fn views(pid: u32, records: VirtAddr, capacity: usize) -> Result<u64, Errno> {
    // A process that has ended sees nothing.
    let space = observed(pid)?.space();
    let from = |address| space.as_ref().and_then(|space| space.describe_from(address));
    let all = core::iter::successors(from(VirtAddr::new(0)), |last| from(last.range.end()));
    store_list(records, capacity, all.map(|view| view_record(&view)))
}

fn view_record(description: &ViewDescription) -> ViewRecord {
    let ViewDescription { range, shown, purpose, resident_pages, linked_units, .. } = description;
    let mut record = ViewRecord::new_zeroed();
    record.start = range.start().value() as u64;
    record.bytes = range.bytes() as u64;
    record.resident_pages = *resident_pages;
    record.linked_units = *linked_units;
    record.protection = description.protection.bits();
    record.maximum = description.maximum.bits();
    record.inheritance = description.inheritance as u32;
    match shown {
        Shown::Private => {
            let name = match purpose {
                Purpose::Heap => &b"[heap]"[..],
                Purpose::Stack => b"[stack]",
                Purpose::Other => b"",
            };
            record.name_length = put_name(&mut record.name, name);
        }
        Shown::Object { object, base, sharing } => {
            record.region = object.id();
            record.offset = range.start().value().wrapping_sub(*base) as u64;
            record.shared = u32::from(*sharing == Sharing::Shared);
            if let Some(region) = Region::of_object(object) {
                record.name_length = put_name(&mut record.name, region.record().name());
            }
        }
    }
    record
}

/// Copies a name, cut where the field ends; returns its length.
fn put_name(field: &mut [u8], name: &[u8]) -> u32 {
    let length = name.len().min(field.len());
    field[..length].copy_from_slice(&name[..length]);
    length as u32
}
