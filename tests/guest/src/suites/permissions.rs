//! Who may do what: owner, group and others; to make, to open, to map, to change and to unlink.

use crate::os::{HERE, PAGE, READ_WRITE};
use crate::{Checks, os, print, touch};
use abi::file::{OpenFlags, R_OK, W_OK};
use abi::memory::{MapFlags, Protection};
use abi::process::ExitStatus;
use abi::region::RegionFlags;
use abi::{Errno, Sysno};
use core::ffi::CStr;

const NAME: &[u8] = b"/permission-test";
const FILE: &CStr = c"/dev/shm/permission-test";
const GOOD: os::Answer<ExitStatus> = Ok(ExitStatus::Exited(0));

/// The owner, a member of the group, somebody else: user and group.
const CALLERS: [(&CStr, u64, u64); 3] =
    [(c"owner", 700, 800), (c"group", 701, 800), (c"others", 702, 802)];

/// The checks.
pub fn run(checks: &mut Checks) {
    matrix(checks);
    creation(checks);
    modes_and_owners(checks);
    removal(checks);
    other_file_systems(checks);
    single_writer(checks);
    views_read_only(checks);
    let _ = os::region_unlink(NAME);
}

/// Runs work as a user of a group; it gives the number of the first thing that is wrong.
fn as_user(uid: u64, gid: u64, work: impl FnOnce() -> i32) -> os::Answer<ExitStatus> {
    os::in_child(|| if os::become_user(uid, gid).is_ok() { work() } else { 100 })
}

/// The number of the first that does not hold, or 0.
fn first_wrong(holds: &[bool]) -> i32 {
    holds.iter().position(|holds| !holds).map_or(0, |index| index as i32 + 1)
}

/// Makes the region for the owner of the matrix, with a mode.
fn made(mode: u32) {
    let _ = os::region_unlink(NAME);
    let region = os::region_create(NAME, &os::request(PAGE, RegionFlags::empty()));
    let _ = region.and_then(os::close);
    let owned = os::set_owner(FILE, 700, 800).and_then(|_| os::set_mode(FILE, mode.into()));
    owned.expect("a region for the test itself");
}

fn matrix(checks: &mut Checks) {
    for (class, (who, uid, gid)) in CALLERS.iter().enumerate() {
        for rights in 0..4_u32 {
            let (reads, writes) = (rights & 1 != 0, rights & 2 != 0);
            let digit = (u32::from(reads) * R_OK) | (u32::from(writes) * W_OK);
            // All that the others have is nothing to this one.
            let shift = 6 - 3 * class as u32;
            made(0o666 & !(7 << shift) | digit << shift);
            let outcome = as_user(*uid, *gid, || uses(reads, writes));
            crate::say!("as {} with {}{}", print::text(who), u8::from(reads), u8::from(writes));
            checks.equal("it has what the mode says", outcome, GOOD);
        }
    }
    made(0);
    checks.equal("root may all", os::in_child(|| uses(true, true)), GOOD);
}

fn uses(reads: bool, writes: bool) -> i32 {
    let refused = |answer: os::Answer<i32>, allowed: bool| match answer {
        Ok(region) => allowed && os::close(region).is_ok(),
        Err(error) => !allowed && error == Errno::EACCES,
    };
    let native = |flags| os::region_open(NAME, flags);
    let create = || os::region_create(NAME, &os::request(PAGE, RegionFlags::empty()));
    let file = |flags| os::open(FILE, flags, 0o666);
    let both = reads && writes;
    first_wrong(&[
        refused(native(RegionFlags::READ_ONLY), reads),
        refused(native(RegionFlags::empty()), both),
        refused(create(), both),
        refused(file(OpenFlags::empty()), reads),
        refused(file(OpenFlags::WRITE_ONLY), writes),
        refused(file(OpenFlags::READ_WRITE), both),
        refused(file(OpenFlags::CREATE | OpenFlags::READ_WRITE), both),
        maps(native(RegionFlags::READ_ONLY), false),
        maps(native(RegionFlags::empty()), true),
        maps_as_file(file(OpenFlags::empty()), false),
        maps_as_file(file(OpenFlags::READ_WRITE), true),
    ])
}

/// Whether a descriptor, where there is one, can be mapped as far as it may and no further.
fn maps(region: os::Answer<i32>, writes: bool) -> bool {
    let Ok(region) = region else { return true };
    let read = os::region_map(region, Protection::READ);
    let write = os::region_map(region, READ_WRITE);
    let as_it_may = if writes { write.is_ok() } else { write == Err(Errno::EACCES) };
    read.is_ok() && as_it_may && os::region_leave(region).is_ok()
}

fn maps_as_file(region: os::Answer<i32>, writes: bool) -> bool {
    let Ok(region) = region else { return true };
    let read = os::map_file(region, PAGE, Protection::READ, MapFlags::SHARED);
    let write = os::map_file(region, PAGE, READ_WRITE, MapFlags::SHARED);
    let copy = os::map_file(region, PAGE, READ_WRITE, MapFlags::PRIVATE);
    let as_it_may = if writes { write.is_ok() } else { write == Err(Errno::EACCES) };
    read.is_ok() && as_it_may && copy.is_ok() && os::region_leave(region).is_ok()
}

fn creation(checks: &mut Checks) {
    let _ = os::region_unlink(NAME);
    let made = as_user(700, 800, || {
        let _ = os::call(Sysno::Umask, [0o027]);
        let region = os::region_create(NAME, &os::request(PAGE, RegionFlags::empty()));
        let record = region.map(os::region_stat);
        let fits = record
            .is_ok_and(|found| (found.mode & 0o7777, found.uid, found.gid) == (0o750, 700, 800));
        let again = os::open(FILE, OpenFlags::CREATE | OpenFlags::READ_WRITE, 0o777);
        let mode = again.and_then(os::stat).map(|stat| stat.st_mode & 0o777);
        first_wrong(&[fits, mode == Ok(0o750)])
    });
    checks.equal("the umask narrows a mode, which is given once", made, GOOD);
    let exclusive = OpenFlags::CREATE | OpenFlags::EXCLUSIVE | OpenFlags::READ_WRITE;
    let taken = as_user(702, 802, || {
        first_wrong(&[os::open(FILE, exclusive, 0o666) == Err(Errno::EEXIST)])
    });
    checks.equal("a name that is taken is told to all", taken, GOOD);
}

fn modes_and_owners(checks: &mut Checks) {
    made(0o600);
    let stranger = as_user(702, 802, || {
        first_wrong(&[
            os::set_mode(FILE, 0o666) == Err(Errno::EPERM),
            os::set_owner(FILE, 702, 802) == Err(Errno::EPERM),
            os::set_mode(c"/dev/shm/nobody", 0o666) == Err(Errno::ENOENT),
        ])
    });
    checks.equal("others change nothing", stranger, GOOD);
    let owner = as_user(700, 800, || {
        let file = os::open(FILE, OpenFlags::READ_WRITE, 0).unwrap_or(-1);
        first_wrong(&[
            os::set_mode(FILE, 0o640) == Ok(0),
            os::stat(file).is_ok_and(|stat| stat.st_mode & 0o7777 == 0o640),
            os::set_owner(FILE, 701, 800) == Err(Errno::EPERM),
            os::set_owner(FILE, 700, 801) == Err(Errno::EPERM),
            os::set_owner(FILE, u32::MAX, 800) == Ok(0),
            os::call(Sysno::Fchown, [os::fd(file), 700, 800]) == Ok(0),
            os::call(Sysno::Fchown, [os::fd(file), 0, 0]) == Err(Errno::EPERM),
        ])
    });
    checks.equal("the owner changes the mode, but gives nothing away", owner, GOOD);
    checks.equal("root does", os::set_owner(FILE, 702, u32::MAX), Ok(0));
    let region = checks.value("opened", os::region_open(NAME, RegionFlags::empty()));
    let found = os::region_stat(region);
    checks.equal("and keeps what is not named", (found.uid, found.gid), (702, 800));
    checks.equal("who made it pays on", found.charged_uid, 0);
    let _ = os::close(region);
    let odd = [HERE, FILE.as_ptr() as u64, 1, 1, 0x8000_0000];
    checks.equal("odd flags are EINVAL", os::call(Sysno::Fchownat, odd), Err(Errno::EINVAL));
    checks.equal(
        "a closed descriptor is EBADF",
        os::call(Sysno::Fchown, [99, 1, 1]),
        Err(Errno::EBADF),
    );
}

fn removal(checks: &mut Checks) {
    made(0o666);
    let stranger = as_user(702, 802, || {
        first_wrong(&[
            os::region_unlink(NAME) == Err(Errno::EACCES),
            os::unlink(FILE) == Err(Errno::EACCES),
        ])
    });
    checks.equal("others take no name away", stranger, GOOD);
    let owner = as_user(700, 800, || first_wrong(&[os::unlink(FILE).is_ok()]));
    checks.equal("the owner does", owner, GOOD);
    made(0o666);
    checks.equal("and root", os::region_unlink(NAME), Ok(0));
}

fn other_file_systems(checks: &mut Checks) {
    let program = c"/bin/ls";
    checks.equal("a program keeps its mode", os::set_mode(program, 0o777), Err(Errno::EROFS));
    checks.equal("and its owner", os::set_owner(program, 1, 1), Err(Errno::EROFS));
    checks.equal("a device as well", os::set_owner(c"/dev/null", 1, 1), Err(Errno::EPERM));
    let file = c"/tmp/permission-test";
    let made = os::create(file, 0o600).and_then(os::close);
    let owned = made.and_then(|_| os::set_owner(file, 7, 8));
    checks.equal("a file gets an owner", owned, Ok(0));
    checks.equal("and a mode", os::set_mode(file, 0o4711), Ok(0));
    checks.equal("which", os::set_owner(file, 9, u32::MAX), Ok(0));
    let stat = os::open_to_read(file).and_then(os::stat_and_close);
    let found = stat.map(|stat| (stat.st_uid, stat.st_gid, stat.st_mode & 0o7777));
    checks.equal("a new owner does not lend", found, Ok((9, 8, 0o711)));
    let _ = os::unlink(file);
}

fn single_writer(checks: &mut Checks) {
    let _ = os::region_unlink(NAME);
    let request = os::request(PAGE, RegionFlags::SINGLE_WRITER);
    let writer = checks.value("created", os::region_create(NAME, &request));
    let busy = |checks: &mut Checks, what: &str| {
        let native = os::region_open(NAME, RegionFlags::empty());
        checks.equal(what, native, Err(Errno::EBUSY));
        checks.equal("nor made", os::region_create(NAME, &request), Err(Errno::EBUSY));
        let file = os::open(FILE, OpenFlags::READ_WRITE, 0);
        checks.equal("nor as a file", file, Err(Errno::EBUSY));
    };
    busy(checks, "a second writer is not opened");
    let reader = os::region_open(NAME, RegionFlags::READ_ONLY);
    checks.that("readers are", reader.and_then(os::close).is_ok());
    let child = os::in_child(|| {
        first_wrong(&[
            os::region_map(writer, READ_WRITE) == Err(Errno::EACCES),
            os::region_map(writer, Protection::READ).is_ok(),
            os::write(writer, b"x") == Err(Errno::EBADF),
        ])
    });
    checks.equal("a child only reads", child, GOOD);
    let view = checks.value("mapped", os::region_map(writer, READ_WRITE));
    inherited_views(checks, writer, view);
    let _ = os::close(writer);
    busy(checks, "a view that writes is a writer");
    let _ = os::region_unmap(view);
    let next = os::region_open(NAME, RegionFlags::empty());
    checks.that("then comes the next", next.and_then(os::close).is_ok());
    let _ = os::region_unlink(NAME);
}

/// Views that a child inherits of a single writer, linked and in a table of the process's own.
fn inherited_views(checks: &mut Checks, writer: i32, view: u64) {
    let own = os::map(4 * PAGE, os::ANONYMOUS);
    let fixed = MapFlags::SHARED | MapFlags::FIXED;
    let beside = os::map_at(own + PAGE, PAGE, READ_WRITE, fixed, (writer, 0));
    let beside = checks.value("mapped beside private memory", beside);
    touch::store(view, 1);
    touch::store(beside, 2);
    touch::store(own, 3);
    for (what, address) in [("a linked view", view), ("a view beside others", beside)] {
        let child = os::in_child(|| {
            os::silence();
            touch::store(own, touch::load(address) + 2);
            let raised = os::protect(address, PAGE, READ_WRITE);
            let status = first_wrong(&[touch::load(own) == 4, raised == Err(Errno::EACCES)]);
            let faults = super::memory::faults(|| touch::store(address, 9));
            if faults { status } else { 50 }
        });
        crate::say!("{what}");
        checks.equal("is read-only for a child", child, GOOD);
        touch::store(address, 2);
    }
    checks.equal("what is private is copied", touch::load(own), 3);
    let _ = os::unmap(own, 4 * PAGE);
}

fn views_read_only(checks: &mut Checks) {
    let request = os::request(PAGE, RegionFlags::VIEWS_READ_ONLY);
    let region = checks.value("created", os::region_create(NAME, &request));
    let refused = os::region_map(region, READ_WRITE);
    checks.equal("no view writes", refused, Err(Errno::EACCES));
    let refused = os::map_file(region, PAGE, READ_WRITE, MapFlags::SHARED);
    checks.equal("by no call", refused, Err(Errno::EACCES));
    let view = checks.value("mapped", os::region_map(region, Protection::READ));
    let refused = os::protect(view, PAGE, READ_WRITE);
    checks.equal("nor later", refused, Err(Errno::EACCES));
    checks.equal("a write is seen", os::write(region, &5_u64.to_le_bytes()), Ok(8));
    checks.equal("by views", touch::load(view), 5);
    let _ = (os::region_leave(region), os::region_unlink(NAME));
}
