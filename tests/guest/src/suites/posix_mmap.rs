//! The error lists of mmap, mprotect, munmap, msync, mlock and munlock, POSIX.1-2017 page by page.
//!
//! Where the standard leaves a choice it is Linux's, but for one: nothing is ever writable and
//! executable at once.

use crate::os::{ANONYMOUS, PAGE, READ_WRITE};
use crate::{Checks, frames, os, touch};
use abi::file::OpenFlags;
use abi::memory::{MapFlags, Protection};
use abi::{Errno, Sysno};

const READ: Protection = Protection::READ;
const SHARED: MapFlags = MapFlags::SHARED;
const PRIVATE: MapFlags = MapFlags::PRIVATE;
const KERNEL: u64 = 0xFFFF_FF80_0000_0000;
const MS_ASYNC: u64 = 1;
const MS_INVALIDATE: u64 = 2;
const MS_SYNC: u64 = 4;

/// The checks.
pub fn run(checks: &mut Checks) {
    let file = checks.value("a region", os::create(c"/dev/shm/guest-posix", 0o600));
    checks.that("a length", os::set_length(file, 4 * PAGE).is_ok());
    map_descriptors(checks, file);
    map_arguments(checks, file);
    map_places(checks);
    write_or_execute(checks);
    protect(checks, file);
    unmap(checks);
    synchronise(checks, file);
    lock(checks, file);
    lock_without_memory(checks);
    os::ignore(os::close(file).and(os::unlink(c"/dev/shm/guest-posix")));
}

fn map_descriptors(checks: &mut Checks, file: i32) {
    let path = c"/dev/shm/guest-posix";
    let map = |file, protection, flags| os::map_file(file, PAGE, protection, flags);
    let writer = checks.value("write-only", os::open(path, OpenFlags::WRITE_ONLY, 0));
    checks.equal("mmap write-only shared is EACCES", map(writer, READ, SHARED), Err(Errno::EACCES));
    let refused = map(writer, READ_WRITE, PRIVATE);
    checks.equal("mmap write-only private is EACCES", refused, Err(Errno::EACCES));
    let reader = checks.value("read-only", os::open_to_read(path));
    let refused = map(reader, READ_WRITE, SHARED);
    checks.equal("mmap read-only to write is EACCES", refused, Err(Errno::EACCES));
    let allowed = map(reader, READ_WRITE, PRIVATE).and_then(|at| os::unmap(at, PAGE));
    checks.equal("mmap read-only to copy is allowed", allowed, Ok(0));
    os::close_all([writer, reader]);
    checks.equal("mmap of a closed file is EBADF", map(reader, READ, SHARED), Err(Errno::EBADF));
    checks.equal("mmap of descriptor -1 is EBADF", map(-1, READ, PRIVATE), Err(Errno::EBADF));
    let ends = os::pipe(OpenFlags::empty()).unwrap_or([-1; 2]);
    checks.equal("mmap of a pipe is ENODEV", map(ends[0], READ, SHARED), Err(Errno::ENODEV));
    os::close_all(ends);
    let directory = checks.value("a directory", os::open_to_read(c"/tmp"));
    let refused = map(directory, READ, PRIVATE);
    checks.equal("mmap of a directory is ENODEV", refused, Err(Errno::ENODEV));
    let terminal = checks.value("a device", os::open_to_read(c"/dev/tty"));
    checks.equal("mmap of a terminal is ENODEV", map(terminal, READ, SHARED), Err(Errno::ENODEV));
    os::close_all([directory, terminal]);
    let kept = map(file, READ, SHARED);
    checks.that("mmap of a region works", kept.is_ok_and(|at| os::unmap(at, PAGE).is_ok()));
}

fn map_arguments(checks: &mut Checks, file: i32) {
    let map = |bytes, flags, offset| os::map_at(0, bytes, READ, flags, (file, offset));
    checks.equal("mmap of 0 bytes is EINVAL", map(0, SHARED, 0), Err(Errno::EINVAL));
    let neither = map(PAGE, MapFlags::empty(), 0);
    checks.equal("mmap neither shared nor private is EINVAL", neither, Err(Errno::EINVAL));
    // MAP_SHARED_VALIDATE: shared, and no flag that nobody knows.
    let both = checks.value("mmap shared and checked works", map(PAGE, SHARED | PRIVATE, 0));
    os::ignore(os::unmap(both, PAGE));
    let flags = (SHARED | PRIVATE).bits() | 0x8000_0000;
    let unknown = os::call(Sysno::Mmap, [0, PAGE, 1, flags.into(), os::fd(file), 0]);
    checks.equal("with an unknown flag it is EOPNOTSUPP", unknown, Err(Errno::EOPNOTSUPP));
    checks.equal("mmap at an odd offset is EINVAL", map(PAGE, SHARED, 100), Err(Errno::EINVAL));
    let half = map(PAGE, SHARED, PAGE / 2);
    checks.equal("mmap at half a page is EINVAL", half, Err(Errno::EINVAL));
    let far = map(PAGE, SHARED, i64::MAX as u64 & !(PAGE - 1));
    checks.equal("mmap beyond the offset maximum is EOVERFLOW", far, Err(Errno::EOVERFLOW));
    let negative = map(PAGE, PRIVATE, PAGE.wrapping_neg());
    checks.equal("mmap at a negative offset is EOVERFLOW", negative, Err(Errno::EOVERFLOW));
    let unknown = os::call(Sysno::Mmap, [0, PAGE, 8, SHARED.bits().into(), os::fd(file), 0]);
    let unknown = checks.value("mmap ignores protection that it does not know", unknown);
    os::ignore(os::unmap(unknown, PAGE));
    checks.equal("mmap of too much is ENOMEM", map(1 << 40, SHARED, 0), Err(Errno::ENOMEM));
    let everything = map(u64::MAX, PRIVATE, 0);
    checks.equal("mmap of everything is ENOMEM", everything, Err(Errno::ENOMEM));
    let behind = map(PAGE, SHARED, 100 * PAGE);
    let allowed = behind.and_then(|at| os::unmap(at, PAGE));
    checks.equal("mmap behind the end is allowed: a touch is SIGBUS", allowed, Ok(0));
}

fn map_places(checks: &mut Checks) {
    let at =
        |address, bytes, flags| os::map_at(address, bytes, READ_WRITE, ANONYMOUS | flags, (-1, 0));
    let (fixed, careful) = (MapFlags::FIXED, MapFlags::FIXED_NO_REPLACE);
    let odd = at(0x1234_5678, PAGE, fixed);
    checks.equal("mmap fixed at an odd address is EINVAL", odd, Err(Errno::EINVAL));
    let odd = at(0x1234_5678, PAGE, careful);
    checks.equal("mmap without replacing at an odd address is EINVAL", odd, Err(Errno::EINVAL));
    let kernel = at(KERNEL, PAGE, fixed);
    checks.equal("mmap fixed in the kernel's half is ENOMEM", kernel, Err(Errno::ENOMEM));
    let low = at(0, PAGE, fixed);
    checks.equal("mmap fixed at 0 is ENOMEM", low, Err(Errno::ENOMEM));
    let across = at((1 << 39) - PAGE, 2 * PAGE, fixed);
    checks.equal("mmap fixed across the last address is ENOMEM", across, Err(Errno::ENOMEM));
    let place = os::map(3 * PAGE, ANONYMOUS);
    let taken = at(place + PAGE, 8 * PAGE, careful);
    checks.equal("mmap without replacing what is there is EEXIST", taken, Err(Errno::EEXIST));
    checks.equal("and leaves it", touch::load(place + PAGE), 0);
    let elsewhere = at(place, PAGE, MapFlags::empty());
    let moved = elsewhere.is_ok_and(|at| at != place && os::unmap(at, PAGE).is_ok());
    checks.that("mmap with a hint that is taken goes elsewhere", moved);
    os::ignore(os::unmap(place, 3 * PAGE));
    checks.equal("mmap with a hint that is free goes there", at(place, PAGE, careful), Ok(place));
    os::ignore(os::unmap(place, PAGE));
}

/// From no rights to all, but never writable and executable at once.
fn write_or_execute(checks: &mut Checks) {
    let all = Protection::all();
    for bits in 0..8 {
        let protection = Protection::from_bits_truncate(bits);
        let is_both = protection.contains(Protection::WRITE | Protection::EXECUTE);
        let made = os::map_at(0, PAGE, protection, ANONYMOUS, (-1, 0));
        let wanted = if is_both { Some(Errno::EACCES) } else { None };
        checks.equal("mmap grants all but write with execute", made.err(), wanted);
        let place = made.unwrap_or_else(|_| os::map(PAGE, ANONYMOUS));
        for bits in 0..8 {
            let next = Protection::from_bits_truncate(bits);
            let is_both = next.contains(Protection::WRITE | Protection::EXECUTE);
            let wanted = if is_both { Err(Errno::EACCES) } else { Ok(0) };
            checks.equal("mprotect, too", os::protect(place, PAGE, next), wanted);
        }
        os::ignore(os::unmap(place, PAGE));
    }
    let shared = os::map_at(0, PAGE, all, os::COMMON, (-1, 0));
    checks.equal("mmap shared is no exception", shared, Err(Errno::EACCES));
}

fn protect(checks: &mut Checks, file: i32) {
    let place = os::map(3 * PAGE, ANONYMOUS);
    let odd = os::protect(place + 1, PAGE, READ);
    checks.equal("mprotect at an odd address is EINVAL", odd, Err(Errno::EINVAL));
    let unknown = os::call(Sysno::Mprotect, [place, PAGE, 0x40]);
    checks.equal("mprotect to an unknown right is EINVAL", unknown, Err(Errno::EINVAL));
    checks.equal("mprotect of 0 bytes does nothing", os::protect(place, 0, READ), Ok(0));
    os::ignore(os::unmap(place + PAGE, PAGE));
    let hole = os::protect(place, 3 * PAGE, READ);
    checks.equal("mprotect across a hole is ENOMEM", hole, Err(Errno::ENOMEM));
    touch::store(place, 1);
    let kernel = os::protect(KERNEL, PAGE, READ);
    checks.equal("mprotect of the kernel's half is ENOMEM", kernel, Err(Errno::ENOMEM));
    let end = os::protect(place, u64::MAX - PAGE, READ);
    checks.equal("mprotect of everything is ENOMEM", end, Err(Errno::ENOMEM));
    os::ignore(os::unmap(place, 3 * PAGE));
    let reader = checks.value("read-only", os::open_to_read(c"/dev/shm/guest-posix"));
    let view = checks.value("a view", os::map_file(reader, PAGE, READ, SHARED));
    let refused = os::protect(view, PAGE, READ_WRITE);
    checks.equal("mprotect beyond the descriptor is EACCES", refused, Err(Errno::EACCES));
    let private = checks.value("a copy", os::map_file(reader, PAGE, READ, PRIVATE));
    checks.equal("mprotect of a copy is allowed", os::protect(private, PAGE, READ_WRITE), Ok(0));
    os::ignore(os::unmap(view, PAGE).and(os::unmap(private, PAGE)).and(os::close(reader)));
    let view = checks.value("a view", os::map_file(file, PAGE, READ, SHARED));
    checks.equal("mprotect within the descriptor", os::protect(view, PAGE, READ_WRITE), Ok(0));
    os::ignore(os::unmap(view, PAGE));
}

fn unmap(checks: &mut Checks) {
    let place = os::map(PAGE, ANONYMOUS);
    checks.equal(
        "munmap at an odd address is EINVAL",
        os::unmap(place + 8, PAGE),
        Err(Errno::EINVAL),
    );
    checks.equal("munmap of 0 bytes is EINVAL", os::unmap(place, 0), Err(Errno::EINVAL));
    let beyond = os::unmap((1 << 39) - PAGE, 2 * PAGE);
    checks.equal("munmap beyond the last address is EINVAL", beyond, Err(Errno::EINVAL));
    checks.equal("munmap of everything is EINVAL", os::unmap(place, u64::MAX), Err(Errno::EINVAL));
    checks.equal("munmap", os::unmap(place, PAGE), Ok(0));
    checks.equal("munmap of a hole is no error", os::unmap(place, PAGE), Ok(0));
}

fn synchronise(checks: &mut Checks, file: i32) {
    let sync = |address, bytes, flags| os::call(Sysno::Msync, [address, bytes, flags]);
    let view = checks.value("a view", os::map_file(file, 2 * PAGE, READ_WRITE, SHARED));
    for flags in [MS_ASYNC, MS_SYNC, MS_SYNC | MS_INVALIDATE] {
        checks.equal("msync", sync(view, 2 * PAGE, flags), Ok(0));
    }
    let both = sync(view, PAGE, MS_ASYNC | MS_SYNC);
    checks.equal("msync at once and later is EINVAL", both, Err(Errno::EINVAL));
    checks.equal("msync with an unknown flag is EINVAL", sync(view, PAGE, 8), Err(Errno::EINVAL));
    let odd = sync(view + 1, PAGE, MS_SYNC);
    checks.equal("msync at an odd address is EINVAL", odd, Err(Errno::EINVAL));
    os::ignore(os::unmap(view + PAGE, PAGE));
    let hole = sync(view, 2 * PAGE, MS_SYNC);
    checks.equal("msync across a hole is ENOMEM", hole, Err(Errno::ENOMEM));
    checks.equal("msync of the kernel is ENOMEM", sync(KERNEL, PAGE, MS_SYNC), Err(Errno::ENOMEM));
    os::ignore(os::unmap(view, PAGE));
}

fn lock(checks: &mut Checks, file: i32) {
    let lock = |address, bytes| os::call(Sysno::Mlock, [address, bytes]);
    let unlock = |address, bytes| os::call(Sysno::Munlock, [address, bytes]);
    let place = os::map(512 * PAGE, ANONYMOUS);
    let before = frames::settled(None);
    checks.equal("mlock, with an odd address", lock(place + 9, 511 * PAGE), Ok(0));
    checks.that("makes all pages", before.saturating_sub(frames::free()) >= 512);
    let faults = || os::system_info().map_or(0, |record| record.faults);
    let start = faults();
    (0..512).for_each(|page| touch::store(place + page * PAGE, 1));
    checks.that("and stores find them there", faults() - start < 100);
    checks.equal("mlock of 0 bytes does nothing", lock(place, 0), Ok(0));
    checks.equal("munlock", unlock(place + 9, 511 * PAGE), Ok(0));
    os::ignore(os::unmap(place + PAGE, PAGE));
    checks.equal("mlock across a hole is ENOMEM", lock(place, 3 * PAGE), Err(Errno::ENOMEM));
    checks.equal("munlock across a hole is ENOMEM", unlock(place, 3 * PAGE), Err(Errno::ENOMEM));
    checks.equal("mlock of the kernel is ENOMEM", lock(KERNEL, PAGE), Err(Errno::ENOMEM));
    checks.equal("mlock around the end is EINVAL", lock(place, u64::MAX), Err(Errno::EINVAL));
    checks.equal("munlock around the end is EINVAL", unlock(place, u64::MAX), Err(Errno::EINVAL));
    os::ignore(os::protect(place, PAGE, Protection::empty()));
    checks.equal("mlock without rights is ENOMEM", lock(place, PAGE), Err(Errno::ENOMEM));
    checks.equal("munlock without rights", unlock(place, PAGE), Ok(0));
    os::ignore(os::unmap(place, 512 * PAGE));
    let view = checks.value("a view", os::map_file(file, 8 * PAGE, READ, SHARED));
    checks.equal("mlock of a view", lock(view, 4 * PAGE), Ok(0));
    checks.equal("mlock behind the region is ENOMEM", lock(view, 8 * PAGE), Err(Errno::ENOMEM));
    os::ignore(os::unmap(view, 8 * PAGE));
}

/// More than all memory: refused, and what was made comes back with the mapping.
fn lock_without_memory(checks: &mut Checks) {
    let total = os::memory_info().map_or(0, |record| record.total);
    let bytes = (total + 1000) * PAGE;
    let place = os::map_at(0, bytes, READ_WRITE, ANONYMOUS, (-1, 0));
    let place = checks.value("more than there is", place);
    let locked = os::call(Sysno::Mlock, [place, bytes]);
    checks.equal("mlock of more than there is is EAGAIN", locked, Err(Errno::EAGAIN));
    checks.equal("it is unmapped", os::unmap(place, bytes), Ok(0));
}
