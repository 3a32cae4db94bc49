//! What a process has of regions: the listings, and views that show at once what exists.

use crate::os::{PAGE, READ_WRITE};
use crate::{Checks, os, touch};
use abi::memory::{MapFlags, Protection};
use abi::process::ExitStatus;
use abi::region::{HandleRecord, Inheritance, ViewRecord};
use abi::{Errno, Sysno};
use core::ffi::CStr;
use zerocopy::FromZeros;

const NAME: &CStr = c"/dev/shm/guest-holdings";
const UNIT: u64 = 512 * PAGE;
const ROOM: usize = 24;

/// The view of a process that shows an address.
pub(super) fn view_at(process: u64, address: u64) -> Option<ViewRecord> {
    let mut records = [const { None }; ROOM].map(|_: Option<()>| ViewRecord::new_zeroed());
    let count = os::views(process, &mut records).ok()?;
    let mut known = records.into_iter().take(count as usize);
    known.find(|record| record.start <= address && address - record.start < record.bytes)
}

fn handle_of(process: u64, region: i32) -> Option<HandleRecord> {
    let mut records = [const { None }; ROOM].map(|_: Option<()>| HandleRecord::new_zeroed());
    let count = os::handles(process, &mut records).ok()?;
    records.into_iter().take(count as usize).find(|record| record.fd == region as u32)
}

/// The checks.
pub fn run(checks: &mut Checks) {
    let region = checks.value("created", os::create(NAME, 0o600));
    checks.that("a length", os::set_length(region, 8 * UNIT).is_ok());
    existing_memory(checks, region);
    handles(checks, region);
    views(checks, region);
    strangers(checks);
    os::ignore(os::close(region).and(os::unlink(NAME)));
}

/// Page faults of the whole system while all pages of a new view are read.
fn faults_of_reading(region: i32) -> Option<u64> {
    let faults = || os::system_info().map(|record| record.faults).ok();
    let before = faults()?;
    let view = os::map_file(region, 8 * UNIT, READ_WRITE, MapFlags::SHARED).ok()?;
    let right = (0..8 * 512).all(|page| touch::load(view + page * PAGE) == page);
    let after = faults()?;
    os::unmap(view, 8 * UNIT).ok()?;
    right.then(|| after - before)
}

fn existing_memory(checks: &mut Checks, region: i32) {
    let view = os::map_file(region, 8 * UNIT, READ_WRITE, MapFlags::SHARED);
    let view = checks.value("mapped", view);
    (0..8 * 512).for_each(|page| touch::store(view + page * PAGE, page));
    os::ignore(os::unmap(view, 8 * UNIT));
    // Others may have a fault meanwhile, but not always.
    let fewest = (0..20).filter_map(|_| faults_of_reading(region)).min();
    checks.equal("mapping 16 MiB that exist and reading them takes no fault", fewest, Some(0));
}

fn handles(checks: &mut Checks, region: i32) {
    let reader = checks.value("a reader", os::open_to_read(NAME));
    let record = handle_of(0, region).unwrap_or(HandleRecord::new_zeroed());
    checks.equal("a handle's name", &record.name[..15], b"/guest-holdings");
    checks.equal("its length", (record.name_length, record.length), (15, 8 * UNIT));
    checks.equal("its rights", record.rights, Protection::all().bits());
    let only = handle_of(os::own_id(), reader).unwrap_or(HandleRecord::new_zeroed());
    let read = Protection::READ | Protection::EXECUTE;
    checks.equal("a reader's rights", (only.rights, only.region), (read.bits(), record.region));
    os::ignore(os::inherit_handle(reader, Inheritance::None));
    let policy = handle_of(0, reader).map(|record| record.inheritance);
    checks.equal("its policy", policy, Some(Inheritance::None as u32));
    checks.that("what is no region is not listed", handle_of(0, 1).is_none());
    let count = os::handles(0, &mut []);
    checks.that("without room they are counted", count.is_ok_and(|count| count >= 2));
    os::ignore(os::close(reader));
    checks.that("what is closed is not listed", handle_of(0, reader).is_none());
}

fn views(checks: &mut Checks, region: i32) {
    let view = os::map_at(0, 2 * UNIT, READ_WRITE, MapFlags::SHARED, (region, UNIT));
    let view = checks.value("mapped", view);
    let record = view_at(0, view + PAGE).unwrap_or(ViewRecord::new_zeroed());
    let found = (record.start, record.bytes, record.offset, record.shared);
    checks.equal("where a view is and what of", found, (view, 2 * UNIT, UNIT, 1));
    let found = (record.resident_pages, record.linked_units);
    checks.equal("its pages are there and its units linked", found, (1024, 2));
    let found = (record.protection, record.maximum);
    let all = Protection::all().bits();
    checks.equal("its rights", found, (READ_WRITE.bits(), all));
    checks.equal("its name", &record.name[..record.name_length as usize], b"/guest-holdings");
    checks.that("a page is protected", os::protect(view, PAGE, Protection::empty()).is_ok());
    let cut = view_at(0, view + PAGE).unwrap_or(ViewRecord::new_zeroed());
    let found = (cut.start, cut.resident_pages, cut.linked_units);
    checks.equal("a unit that is cut is linked no more", found, (view + PAGE, 1023, 1));
    let none = view_at(0, view).unwrap_or(ViewRecord::new_zeroed());
    checks.equal("what has no rights is not reached", none.resident_pages, 0);
    let child = os::in_child(|| i32::from(view_at(os::parent_id(), view + PAGE).is_none()));
    checks.equal("a child of the same user sees it", child, Ok(ExitStatus::Exited(0)));
    let (local, private) = (0_u64, os::map(PAGE, os::ANONYMOUS));
    let name = |address: u64| {
        let record = view_at(0, address).unwrap_or(ViewRecord::new_zeroed());
        (record.region, record.name, record.name_length as usize)
    };
    let (_, stack, length) = name((&raw const local) as u64);
    checks.equal("the stack is called so", &stack[..length], b"[stack]");
    checks.equal("private memory has no name", (name(private).0, name(private).2), (0, 0));
    let end = os::program_break(0);
    os::program_break(end + PAGE);
    let (_, heap, length) = name(end);
    checks.equal("the heap is called so", &heap[..length], b"[heap]");
    os::program_break(end);
    os::ignore(os::unmap(view, 2 * UNIT).and(os::unmap(private, PAGE)));
}

fn strangers(checks: &mut Checks) {
    let child = os::in_child(|| {
        let parent = os::parent_id();
        let became = os::call(Sysno::Setuid, [1000]);
        let views = os::views(parent, &mut []) == Err(Errno::EPERM);
        let handles = os::handles(parent, &mut []) == Err(Errno::EPERM);
        let own = os::views(0, &mut []).is_ok_and(|count| count > 0);
        i32::from(!(became.is_ok() && views && handles && own))
    });
    checks.equal("another user's holdings are EPERM", child, Ok(ExitStatus::Exited(0)));
    checks.equal("no process is ESRCH", os::views(999_999, &mut []), Err(Errno::ESRCH));
    checks.equal("its handles, too", os::handles(999_999, &mut []), Err(Errno::ESRCH));
    for call in [Sysno::RegionHandles, Sysno::RegionViews] {
        let bad = os::call(call, [0, 8, 1]);
        checks.equal("a bad place for the records is EFAULT", bad, Err(Errno::EFAULT));
    }
}
