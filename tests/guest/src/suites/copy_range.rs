//! `copy_file_range` and `mincore`.

use crate::os::{PAGE, call, fd};
use crate::{Checks, frames, os, touch};
use abi::file::{OpenFlags, SEEK_CUR, SEEK_SET};
use abi::memory::{MapFlags, Protection};
use abi::{Errno, Sysno};
use core::ffi::CStr;

const FILES: [&CStr; 2] = [c"/tmp/guest-range", c"/tmp/guest-range-2"];
const BAD: u64 = 8;

/// The checks.
pub fn run(checks: &mut Checks) {
    copies(checks);
    refusals(checks);
    residency(checks);
    frames::unchanged(checks, "copies leak nothing", || {
        copies(&mut Checks::new());
        residency(&mut Checks::new());
    });
}

fn copy(from: (i32, u64), to: (i32, u64), count: u64, flags: u64) -> os::Answer {
    call(Sysno::CopyFileRange, [fd(from.0), from.1, fd(to.0), to.1, count, flags])
}

/// Two files: digits, and an empty one.
fn files(checks: &mut Checks) -> [i32; 2] {
    let files = FILES.map(|path| checks.value("a file", os::create(path, 0o600)));
    checks.equal("is filled", os::write(files[0], b"0123456789"), Ok(10));
    checks.equal("and read anew", os::seek(files[0], 0, SEEK_SET), Ok(0));
    files
}

fn gone(files: [i32; 2]) {
    os::close_all(files);
    FILES.into_iter().for_each(|path| os::ignore(os::unlink(path)));
}

fn copies(checks: &mut Checks) {
    let [from, to] = files(checks);
    let place = |file| os::seek(file, 0, SEEK_CUR);
    checks.equal("from where they are", copy((from, 0), (to, 0), 4, 0), Ok(4));
    checks.equal("both move on", [place(from), place(to)], [Ok(4), Ok(4)]);
    let (mut source, mut target) = (8_u64, 6_u64);
    let places = ((&raw mut source) as u64, (&raw mut target) as u64);
    checks.equal("or where said", copy((from, places.0), (to, places.1), 100, 0), Ok(2));
    checks.equal("which moves", core::hint::black_box((source, target)), (10, 8));
    checks.equal("and nothing else does", [place(from), place(to)], [Ok(4), Ok(4)]);
    checks.equal("nothing at the end", copy((from, places.0), (to, 0), 5, 0), Ok(0));
    checks.equal("nothing is nothing", copy((from, 0), (to, 0), 0, 0), Ok(0));
    (source, target) = (0, 10);
    let _ = core::hint::black_box((&mut source, &mut target));
    checks.equal("within a file", copy((from, places.0), (from, places.1), 10, 0), Ok(10));
    let mut bytes = [0; 32];
    checks.equal("the file grew", os::seek(from, 0, SEEK_SET), Ok(0));
    checks.equal("by its own bytes", os::read_full(from, &mut bytes), Ok(20));
    checks.equal("in order", &bytes[..20], b"01234567890123456789");
    checks.equal("the other", os::seek(to, 0, SEEK_SET), Ok(0));
    checks.equal("is as long", os::read_full(to, &mut bytes), Ok(8));
    checks.equal("with a hole", &bytes[..8], b"0123\0\089");
    gone([from, to]);
}

fn refusals(checks: &mut Checks) {
    let [from, to] = files(checks);
    let mut equal = |name, answer, error| checks.equal(name, answer, Err(error));
    equal("no flags", copy((from, 0), (to, 0), 1, 1), Errno::EINVAL);
    equal("no descriptor", copy((-1, 0), (to, 0), 1, 0), Errno::EBADF);
    equal("a bad place", copy((from, BAD), (to, 0), 1, 0), Errno::EFAULT);
    let place = |number: &i64| core::hint::black_box(&raw const *number) as u64;
    equal("a negative one", copy((from, place(&-1)), (to, 0), 1, 0), Errno::EINVAL);
    let far = i64::MAX;
    equal("too far", copy((from, 0), (to, place(&far)), 1, 0), Errno::EOVERFLOW);
    equal("onto itself", copy((from, 0), (from, place(&3)), 5, 0), Errno::EINVAL);
    let open = |path, flags| os::open(path, flags, 0).unwrap_or(-1);
    let directory = open(c"/tmp", OpenFlags::empty());
    equal("a directory", copy((directory, 0), (to, 0), 1, 0), Errno::EISDIR);
    let null = open(c"/dev/null", OpenFlags::READ_WRITE);
    equal("a device", copy((from, 0), (null, 0), 1, 0), Errno::EINVAL);
    let appending = open(FILES[1], OpenFlags::WRITE_ONLY | OpenFlags::APPEND);
    equal("only at the end", copy((from, 0), (appending, 0), 1, 0), Errno::EBADF);
    let read_only = open(FILES[1], OpenFlags::empty());
    equal("only to be read", copy((from, 0), (read_only, 0), 1, 0), Errno::EBADF);
    equal("only to be written", copy((appending, 0), (to, 0), 1, 0), Errno::EBADF);
    os::close_all([directory, null, appending, read_only]);
    gone([from, to]);
}

fn in_core(address: u64, length: u64) -> os::Answer<[u8; 4]> {
    let mut pages = [9; 4];
    call(Sysno::Mincore, [address, length, pages.as_mut_ptr() as u64])?;
    Ok(core::hint::black_box(pages))
}

fn residency(checks: &mut Checks) {
    for flags in [os::COMMON, MapFlags::PRIVATE | MapFlags::ANONYMOUS] {
        let address = os::map(4 * PAGE, flags);
        checks.equal("nothing is there", in_core(address, 4 * PAGE), Ok([0; 4]));
        touch::store(address + PAGE, 1);
        checks.equal("but what was touched", in_core(address, 4 * PAGE), Ok([0, 1, 0, 0]));
        checks.equal("part of a page", in_core(address, PAGE + 1), Ok([0, 1, 9, 9]));
        checks.equal("no page", in_core(address, 0), Ok([9; 4]));
        checks.equal("an odd start", in_core(address + 1, PAGE), Err(Errno::EINVAL));
        let bad = call(Sysno::Mincore, [address, PAGE, u64::MAX]);
        checks.equal("no place for it", bad, Err(Errno::EFAULT));
        os::ignore(os::unmap(address + 2 * PAGE, PAGE));
        checks.equal("a hole", in_core(address, 4 * PAGE), Err(Errno::ENOMEM));
        checks.equal("beyond programs", in_core(1 << 50, PAGE), Err(Errno::ENOMEM));
        os::ignore(os::unmap(address, 4 * PAGE));
    }
    let [file, other] = files(checks);
    let shared = os::map_file(file, PAGE, Protection::READ, MapFlags::SHARED).unwrap_or(0);
    checks.equal("a file's page is there untouched", in_core(shared, PAGE), Ok([1, 9, 9, 9]));
    os::ignore(os::unmap(shared, PAGE));
    gone([file, other]);
}
