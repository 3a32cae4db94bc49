//! Seals, as Linux's memfd has them, on every kind of region.

use crate::os::{PAGE, READ_WRITE};
use crate::{Checks, os, touch};
use abi::Errno;
use abi::file::{F_ADD_SEALS, F_GET_SEALS, MFD_ALLOW_SEALING, OpenFlags};
use abi::memory::{MapFlags, Protection};
use abi::region::{RegionFlags, RegionRequest, Seals};

const NAME: &[u8] = b"/seal-test";

fn memfd() -> i32 {
    let region = os::memfd(MFD_ALLOW_SEALING).expect("a region for the test itself");
    os::set_length(region, 4 * PAGE).expect("a length for the test itself");
    region
}

fn add(region: i32, seals: Seals) -> os::Answer {
    os::control(region, F_ADD_SEALS, seals.bits().into())
}

fn seals(region: i32) -> os::Answer {
    os::control(region, F_GET_SEALS, 0)
}

/// The checks.
pub fn run(checks: &mut Checks) {
    lengths(checks);
    writing(checks);
    future_writing(checks);
    no_more(checks);
    native(checks);
    others(checks);
}

fn lengths(checks: &mut Checks) {
    let region = memfd();
    checks.equal("no seals at first", seals(region), Ok(0));
    checks.equal("no shrinking", add(region, Seals::SHRINK), Ok(0));
    checks.equal("is obeyed", os::set_length(region, PAGE), Err(Errno::EPERM));
    checks.equal("the same length is none", os::set_length(region, 4 * PAGE), Ok(0));
    checks.equal("it may still grow", os::set_length(region, 5 * PAGE), Ok(0));
    checks.equal("no growing", add(region, Seals::GROW), Ok(0));
    checks.equal("is obeyed, too", os::set_length(region, 6 * PAGE), Err(Errno::EPERM));
    let _ = os::seek(region, 5 * PAGE as i64, 0);
    checks.equal("nor by writing", os::write(region, b"x"), Err(Errno::EPERM));
    let _ = os::seek(region, 5 * PAGE as i64 - 1, 0);
    checks.equal("a write ends at the end", os::write(region, b"xy"), Ok(1));
    let both = Seals::SHRINK | Seals::GROW;
    checks.equal("both are told", seals(region), Ok(both.bits().into()));
    checks.equal("again is no error", add(region, both), Ok(0));
    let _ = os::close(region);
}

fn writing(checks: &mut Checks) {
    let region = memfd();
    let view = os::map_file(region, PAGE, READ_WRITE, MapFlags::SHARED);
    let view = checks.value("mapped", view);
    touch::store(view, 7);
    checks.equal("a writer keeps the seal off", add(region, Seals::WRITE), Err(Errno::EBUSY));
    let read_only = os::protect(view, PAGE, Protection::READ);
    checks.equal("the view is made read-only", read_only, Ok(0));
    checks.equal("which it may undo", add(region, Seals::WRITE), Err(Errno::EBUSY));
    let _ = os::unmap(view, PAGE);
    let private = os::map_file(region, PAGE, READ_WRITE, MapFlags::PRIVATE);
    let private = checks.value("mapped privately", private);
    checks.equal("private views are no writers", add(region, Seals::WRITE), Ok(0));
    touch::store(private, 8);
    checks.equal("they store on", touch::load(private), 8);
    checks.equal("write is refused", os::write(region, b"x"), Err(Errno::EPERM));
    let refused = os::map_file(region, PAGE, READ_WRITE, MapFlags::SHARED);
    checks.equal("a writable view is refused", refused, Err(Errno::EPERM));
    let view = os::map_file(region, PAGE, Protection::READ, MapFlags::SHARED);
    let view = checks.value("mapped to read", view);
    checks.equal("a view reads", touch::load(view), 7);
    let refused = os::protect(view, PAGE, READ_WRITE);
    checks.equal("and never writes", refused, Err(Errno::EACCES));
    let _ = (os::unmap(view, PAGE), os::unmap(private, PAGE), os::close(region));
}

fn future_writing(checks: &mut Checks) {
    let region = memfd();
    let view = os::map_file(region, PAGE, READ_WRITE, MapFlags::SHARED);
    let view = checks.value("mapped", view);
    checks.equal("sealed beside a writer", add(region, Seals::FUTURE_WRITE), Ok(0));
    touch::store(view, 3);
    let refused = os::map_file(region, PAGE, READ_WRITE, MapFlags::SHARED);
    checks.equal("no second one", refused, Err(Errno::EPERM));
    checks.equal("no write", os::write(region, b"x"), Err(Errno::EPERM));
    let other = os::map_file(region, PAGE, Protection::READ, MapFlags::SHARED);
    let other = checks.value("mapped to read", other);
    checks.equal("readers see the writer", touch::load(other), 3);
    let _ = (os::unmap(view, PAGE), os::unmap(other, PAGE), os::close(region));
}

fn no_more(checks: &mut Checks) {
    let region = memfd();
    checks.equal("no more seals", add(region, Seals::SEAL), Ok(0));
    checks.equal("is obeyed", add(region, Seals::GROW), Err(Errno::EPERM));
    let unknown = os::control(region, F_ADD_SEALS, 0x8000);
    checks.equal("an unknown seal is EINVAL", unknown, Err(Errno::EINVAL));
    let _ = os::close(region);
    let region = checks.value("created", os::memfd(0));
    checks.equal("not sealable unless asked", seals(region), Ok(Seals::SEAL.bits().into()));
    checks.equal("at all", add(region, Seals::GROW), Err(Errno::EPERM));
    let _ = os::close(region);
    checks.equal("unknown flags are EINVAL", os::memfd(0x8000), Err(Errno::EINVAL));
}

fn native(checks: &mut Checks) {
    let request = RegionRequest {
        seals: Seals::SHRINK.bits(),
        ..os::request(2 * PAGE, RegionFlags::empty())
    };
    let region = checks.value("created sealed", os::region_create(NAME, &request));
    checks.equal("it never shrinks", os::region_set_length(region, 0), Err(Errno::EPERM));
    let file = os::open(c"/dev/shm/seal-test", OpenFlags::READ_WRITE, 0);
    let file = checks.value("opened as a file", file);
    checks.equal("a file has the same seals", seals(file), Ok(Seals::SHRINK.bits().into()));
    let both = Seals::SHRINK | Seals::GROW;
    checks.equal("and adds to them", add(file, Seals::GROW), Ok(0));
    checks.equal("for all", os::region_seal(region, Seals::empty()), Ok(both));
    checks.equal("the record tells", os::region_stat(region).seals, both.bits());
    let reader = os::region_open(NAME, RegionFlags::READ_ONLY);
    let reader = checks.value("opened to read", reader);
    let refused = os::region_seal(reader, Seals::WRITE);
    checks.equal("a reader does not seal", refused, Err(Errno::EACCES));
    checks.equal("but may look", os::region_seal(reader, Seals::empty()), Ok(both));
    checks.equal("nor as a file", add(reader, Seals::WRITE), Err(Errno::EPERM));
    let cut = os::open(c"/dev/shm/seal-test", OpenFlags::READ_WRITE | OpenFlags::TRUNCATE, 0);
    checks.equal("O_TRUNC is a shrinking", cut, Err(Errno::EPERM));
    os::close_all([region, file, reader]);
    let _ = os::region_unlink(NAME);
}

fn others(checks: &mut Checks) {
    let [read_end, write_end] = os::pipe(OpenFlags::empty()).unwrap_or([-1; 2]);
    checks.equal("a pipe has no seals", seals(read_end), Err(Errno::EINVAL));
    os::close_all([read_end, write_end]);
    let program = os::open_to_read(c"/bin/ls").unwrap_or(-1);
    checks.equal("a program has none", seals(program), Err(Errno::EINVAL));
    checks.equal("a closed descriptor is EBADF", seals(99), Err(Errno::EBADF));
    let _ = os::close(program);
    let file = checks.value("a file", os::create(c"/tmp/seal-test", 0o600));
    checks.equal("a file cannot be sealed", seals(file), Ok(Seals::SEAL.bits().into()));
    let _ = (os::close(file), os::unlink(c"/tmp/seal-test"));
}
