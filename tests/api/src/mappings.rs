//! `mmap`, `mprotect`, `munmap`, `msync`.

use crate::check::Checks;
use crate::children;
use abi::Errno;
use abi::process::ExitStatus;
use abi::signal::Signal;
use core::ptr::NonNull;
use core::sync::atomic::{AtomicU32, Ordering};
use user::fs::OwnedFd;
use user::posix::{
    MS_ASYNC, MS_SYNC, MapFlags, OpenFlags, Protection, ftruncate, mmap, mprotect, msync, munmap,
    shm_open, shm_unlink,
};

const NAME: &str = "/api-mapping";
const PAGE: usize = 4096;
const READ_WRITE: Protection = Protection::READ.union(Protection::WRITE);
const BUS: Option<ExitStatus> = Some(ExitStatus::Signalled(Signal::BUS as u8));
const SEGV: Option<ExitStatus> = Some(ExitStatus::Signalled(Signal::SEGV as u8));

/// The checks.
pub fn run(checks: &mut Checks) {
    let _ = shm_unlink(NAME);
    let new = OpenFlags::READ_WRITE | OpenFlags::CREATE | OpenFlags::EXCLUSIVE;
    let Some(fd) = checks.value("an object", shm_open(NAME, new, 0o600)) else { return };
    checks.equal("of 3 pages", ftruncate(fd.as_raw(), 3 * PAGE as i64), Ok(()));
    sharing(checks, &fd);
    errors(checks, &fd);
    places(checks, &fd);
    ends(checks, &fd);
    let _ = shm_unlink(NAME);
}

/// Maps pages of the object, from one.
fn map(
    fd: &OwnedFd,
    page: usize,
    pages: usize,
    rights: Protection,
    flags: MapFlags,
) -> Result<usize, Errno> {
    at(0, fd.as_raw(), page * PAGE, pages * PAGE, rights, flags)
}

fn at(
    address: usize,
    fd: i32,
    offset: usize,
    bytes: usize,
    rights: Protection,
    flags: MapFlags,
) -> Result<usize, Errno> {
    // SAFETY: these tests place nothing over memory that Rust code uses.
    let start: Result<NonNull<u8>, Errno> =
        unsafe { mmap(address, bytes, rights, flags, fd, offset as i64) };
    start.map(|start| start.as_ptr() as usize)
}

fn unmap(address: usize, pages: usize) -> Result<(), Errno> {
    // SAFETY: only mappings of these tests are ended, which nothing refers to.
    unsafe { munmap(address, pages * PAGE) }
}

/// The word at an address; a child that touches what is not there ends.
fn word(address: usize) -> &'static AtomicU32 {
    // SAFETY: the tests keep what they touch mapped, or expect the signal.
    unsafe { AtomicU32::from_ptr(address as *mut u32) }
}

fn load(address: usize) -> u32 {
    word(address).load(Ordering::SeqCst)
}

fn store(address: usize, value: u32) {
    word(address).store(value, Ordering::SeqCst);
}

fn sharing(checks: &mut Checks, fd: &OwnedFd) {
    let whole = map(fd, 0, 3, READ_WRITE, MapFlags::SHARED);
    let Some(whole) = checks.value("all of it", whole) else { return };
    let last = map(fd, 2, 1, READ_WRITE, MapFlags::SHARED);
    let Some(last) = checks.value("its last page", last) else { return };
    store(whole + 2 * PAGE + 8, 5);
    checks.equal("an offset maps the right bytes", load(last + 8), 5);
    let private = map(fd, 2, 1, READ_WRITE, MapFlags::PRIVATE);
    let Some(private) = checks.value("a private copy", private) else { return };
    store(private + 8, 6);
    checks.equal("a private store stays private", (load(last + 8), load(private + 8)), (5, 6));
    checks.equal("msync", msync(whole, 3 * PAGE, MS_SYNC), Ok(()));
    checks.equal(
        "msync with both ways is EINVAL",
        msync(whole, PAGE, MS_SYNC | MS_ASYNC),
        Err(Errno::EINVAL),
    );
    checks.equal(
        "msync off the page is EINVAL",
        msync(whole + 1, PAGE, MS_SYNC),
        Err(Errno::EINVAL),
    );
    checks.equal("the middle is unmapped", unmap(whole + PAGE, 1), Ok(()));
    checks.equal("msync of a hole is ENOMEM", msync(whole, 3 * PAGE, MS_SYNC), Err(Errno::ENOMEM));
    checks.equal("what is around it stays", load(whole + 2 * PAGE + 8), 5);
    let hole = children::run(|| load(whole + PAGE) == 0);
    checks.equal("the hole is SIGSEGV", hole, SEGV);
    let _ = (unmap(whole, 3), unmap(last, 1), unmap(private, 1));
}

fn errors(checks: &mut Checks, fd: &OwnedFd) {
    let shared = MapFlags::SHARED;
    let try_map = |offset, bytes, flags| at(0, fd.as_raw(), offset, bytes, READ_WRITE, flags);
    checks.equal("no bytes are EINVAL", try_map(0, 0, shared), Err(Errno::EINVAL));
    checks.equal("an offset off the page is EINVAL", try_map(1, PAGE, shared), Err(Errno::EINVAL));
    checks.equal(
        "neither shared nor private is EINVAL",
        try_map(0, PAGE, MapFlags::empty()),
        Err(Errno::EINVAL),
    );
    checks.equal(
        "no descriptor is EBADF",
        at(0, -1, 0, PAGE, READ_WRITE, shared),
        Err(Errno::EBADF),
    );
    let far = try_map(i64::MAX as usize & !(PAGE - 1), PAGE, shared);
    checks.equal("an offset that reaches too far is EOVERFLOW", far, Err(Errno::EOVERFLOW));
    checks.equal("too many bytes are ENOMEM", try_map(0, 1 << 50, shared), Err(Errno::ENOMEM));
    let Some(reader) = checks.value("a reader", shm_open(NAME, OpenFlags::empty(), 0)) else {
        return;
    };
    checks.equal(
        "a reader's shared writable view is EACCES",
        map(&reader, 0, 1, READ_WRITE, shared),
        Err(Errno::EACCES),
    );
    let copy = map(&reader, 0, 1, READ_WRITE, MapFlags::PRIVATE);
    checks.that("a reader's private one is not", copy.is_ok_and(|view| unmap(view, 1).is_ok()));
    let view = map(&reader, 0, 1, Protection::READ, shared);
    let Some(view) = checks.value("a reader's view", view) else { return };
    // SAFETY: nobody relies on the rights.
    let raised = unsafe { mprotect(view, PAGE, READ_WRITE) };
    checks.equal("mprotect to write is EACCES", raised, Err(Errno::EACCES));
    // SAFETY: nobody relies on the rights.
    let off_page = unsafe { mprotect(view + 1, PAGE, Protection::READ) };
    checks.equal("mprotect off the page is EINVAL", off_page, Err(Errno::EINVAL));
    checks.equal("munmap of no bytes is EINVAL", unmap(view, 0), Err(Errno::EINVAL));
    checks.equal("munmap off the page is EINVAL", unmap(view + 1, 1), Err(Errno::EINVAL));
    checks.equal("munmap", unmap(view, 1), Ok(()));
    // SAFETY: nothing is mapped there.
    let nothing = unsafe { mprotect(view, PAGE, Protection::READ) };
    checks.equal("mprotect of nothing is ENOMEM", nothing, Err(Errno::ENOMEM));
    checks.equal("munmap of nothing succeeds", unmap(view, 1), Ok(()));
}

fn places(checks: &mut Checks, fd: &OwnedFd) {
    let anonymous = MapFlags::PRIVATE | MapFlags::ANONYMOUS;
    let place = at(0, -1, 0, 4 * PAGE, READ_WRITE, anonymous);
    let Some(place) = checks.value("memory of no object", place) else { return };
    let fixed =
        |flags| at(place + PAGE, fd.as_raw(), 0, PAGE, READ_WRITE, MapFlags::SHARED | flags);
    let refused = fixed(MapFlags::FIXED_NO_REPLACE);
    checks.equal("a place that is taken is EEXIST", refused, Err(Errno::EEXIST));
    checks.equal("a fixed place replaces", fixed(MapFlags::FIXED), Ok(place + PAGE));
    store(place + PAGE, 77);
    checks.equal("and leaves what is around", load(place + 2 * PAGE), 0);
    checks.equal("unmapped", unmap(place + PAGE, 1), Ok(()));
    checks.equal("a free place is taken", fixed(MapFlags::FIXED_NO_REPLACE), Ok(place + PAGE));
    checks.equal("it is the object again", load(place + PAGE), 77);
    let odd = at(place + 1, fd.as_raw(), 0, PAGE, READ_WRITE, MapFlags::SHARED | MapFlags::FIXED);
    checks.equal("a fixed place off the page is EINVAL", odd, Err(Errno::EINVAL));
    let _ = unmap(place, 4);
}

fn ends(checks: &mut Checks, fd: &OwnedFd) {
    let view = map(fd, 0, 8, READ_WRITE, MapFlags::SHARED);
    let Some(view) = checks.value("more than there is", view) else { return };
    checks.equal("behind the end is SIGBUS", children::run(|| load(view + 3 * PAGE) == 0), BUS);
    let _ = ftruncate(fd.as_raw(), 8 * PAGE as i64);
    checks.equal("after growth it is there", load(view + 7 * PAGE), 0);
    store(view + 7 * PAGE, 9);
    let _ = ftruncate(fd.as_raw(), PAGE as i64);
    checks.equal("after shrinking it is SIGBUS", children::run(|| load(view + 7 * PAGE) == 9), BUS);
    // SAFETY: nobody relies on the rights.
    let none = unsafe { mprotect(view, PAGE, Protection::empty()) };
    checks.equal("all rights are taken away", none, Ok(()));
    checks.equal("without rights it is SIGSEGV", children::run(|| load(view) == 0), SEGV);
    let _ = unmap(view, 8);
}
