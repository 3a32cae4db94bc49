//! The region itself: names, lengths, views of parts, one address for all, and its record.

use super::memory::faults;
use crate::os::{PAGE, READ_WRITE};
use crate::{Checks, frames, os, touch};
use abi::Errno;
use abi::file::OpenFlags;
use abi::limits::REGION_BYTES_MAX;
use abi::memory::{MapFlags, Protection};
use abi::process::ExitStatus;
use abi::region::{RegionFlags, RegionRequest};

const NAME: &[u8] = b"/object-test";
const PLAIN: RegionFlags = RegionFlags::empty();
const UNIT: u64 = 512 * PAGE;

fn created(request: &RegionRequest) -> os::Answer<i32> {
    os::region_create(NAME, request)
}

/// The checks.
pub fn run(checks: &mut Checks) {
    maximum(checks);
    requests(checks);
    parts(checks);
    statistics(checks);
    one_address(checks);
    many_names(checks);
    no_descriptor(checks);
}

fn maximum(checks: &mut Checks) {
    let request = RegionRequest { maximum: 3 * PAGE, ..os::request(PAGE + 1, PLAIN) };
    let region = checks.value("created", created(&request));
    let record = os::region_stat(region);
    checks.equal("its sizes", (record.length, record.maximum), (PAGE + 1, 3 * PAGE));
    checks.equal("up to it", os::region_set_length(region, 3 * PAGE), Ok(0));
    let beyond = os::region_set_length(region, 3 * PAGE + 1);
    checks.equal("and not beyond", beyond, Err(Errno::EFBIG));
    let file = os::open(c"/dev/shm/object-test", OpenFlags::READ_WRITE, 0);
    let file = checks.value("as a file", file);
    let _ = os::seek(file, 3 * PAGE as i64, 0);
    checks.equal("nor by write", os::write(file, b"x"), Err(Errno::EFBIG));
    let _ = os::seek(file, 3 * PAGE as i64 - 1, 0);
    checks.equal("which ends there", os::write(file, b"xy"), Ok(1));
    os::close_all([region, file]);
    let _ = os::region_unlink(NAME);
    let region = checks.value("without one", created(&os::request(UNIT + 1, PLAIN)));
    checks.equal("it is in whole units", os::region_stat(region).maximum, 2 * UNIT);
    let _ = (os::close(region), os::region_unlink(NAME));
    let file = checks.value("as POSIX", os::create(c"/dev/shm/object-test", 0o600));
    checks.equal("as long as can be", os::region_stat(file).maximum, REGION_BYTES_MAX);
    let _ = (os::close(file), os::region_unlink(NAME));
}

fn requests(checks: &mut Checks) {
    let plain = os::request(PAGE, PLAIN);
    let refused = |checks: &mut Checks, what: &str, request: RegionRequest, error: Errno| {
        checks.equal(what, created(&request), Err(error));
    };
    refused(checks, "unknown flags", RegionRequest { flags: 0x8000, ..plain }, Errno::EINVAL);
    refused(checks, "unknown seals", RegionRequest { seals: 0x8000, ..plain }, Errno::EINVAL);
    refused(checks, "a reserved word", RegionRequest { reserved: 1, ..plain }, Errno::EINVAL);
    let short = RegionRequest { maximum: PAGE - 1, ..plain };
    refused(checks, "less maximum than length", short, Errno::EINVAL);
    let long = RegionRequest { maximum: REGION_BYTES_MAX + 1, ..plain };
    refused(checks, "too much", long, Errno::EFBIG);
    let long = RegionRequest { bytes: u64::MAX, ..plain };
    refused(checks, "far too much", long, Errno::EFBIG);
    checks.equal("nothing was made", os::region_open(NAME, PLAIN), Err(Errno::ENOENT));
}

fn parts(checks: &mut Checks) {
    let region = checks.value("created", created(&os::request(8 * PAGE, PLAIN)));
    let whole = checks.value("whole", os::region_map(region, READ_WRITE));
    (0..8).for_each(|page| touch::store(whole + page * PAGE, page + 1));
    let part = os::region_map_part(region, Protection::READ, 2 * PAGE, 3 * PAGE);
    let part = checks.value("a part", part);
    let seen = [0, 1, 2].map(|page| touch::load(part + page * PAGE));
    checks.equal("it shows from its offset", seen, [3, 4, 5]);
    checks.that("and no more", faults(|| touch::probe(part + 3 * PAGE)));
    checks.that("nor less", faults(|| touch::probe(part - 8)));
    for (what, offset, bytes) in [
        ("an odd offset", 1, PAGE),
        ("an offset of a whole view", PAGE, 0),
        ("behind the maximum", UNIT, PAGE),
        ("across the maximum", UNIT - PAGE, 2 * PAGE),
        ("around the end of numbers", u64::MAX - PAGE + 1, PAGE),
    ] {
        let refused = os::region_map_part(region, Protection::READ, offset, bytes);
        checks.equal(what, refused, Err(Errno::EINVAL));
    }
    checks.equal("all end at once", os::region_leave(region), Ok(0));
    let _ = os::region_unlink(NAME);
}

fn statistics(checks: &mut Checks) {
    let region = checks.value("created", created(&os::request(8 * PAGE, PLAIN)));
    let reader = checks.value("opened", os::region_open(NAME, RegionFlags::READ_ONLY));
    let mine = checks.value("mapped", os::region_map(region, READ_WRITE));
    touch::store(mine, 1);
    touch::store(mine + PAGE, 1);
    touch::store(mine, 2);
    let _ = os::write(region, b"x");
    let record = os::region_stat(region);
    checks.equal("opens and faults", (record.opens, record.faults), (2, 2));
    checks.equal("pages", record.resident_pages, 2);
    checks.equal("a writer", (record.readers, record.writers), (0, 1));
    let child = os::in_child(|| {
        let only = os::region_map(reader, Protection::READ);
        let _ = os::region_unmap(mine);
        let record = os::region_stat(region);
        i32::from(only.is_err() || (record.readers, record.writers) != (1, 1))
    });
    checks.equal("and a reader", child, Ok(ExitStatus::Exited(0)));
    let record = os::region_stat(region);
    checks.equal("who is gone", (record.readers, record.writers), (0, 1));
    let _ = (os::close(reader), os::region_leave(region), os::region_unlink(NAME));
}

fn one_address(checks: &mut Checks) {
    let request =
        RegionRequest { maximum: 3 * UNIT, ..os::request(2 * PAGE, RegionFlags::SAME_ADDRESS) };
    let region = checks.value("created", created(&request));
    let other = os::region_create(b"", &request);
    let other = checks.value("and another", other);
    let (address, next) = (os::region_stat(region).address, os::region_stat(other).address);
    checks.that("they lie apart", next.abs_diff(address) >= 4 * UNIT);
    checks.equal("it is there", os::region_map(region, READ_WRITE), Ok(address));
    touch::store(address, address + 8);
    touch::store(address + 8, 77);
    let again = os::region_map(region, Protection::READ);
    checks.equal("once in a process", again, Err(Errno::EEXIST));
    let again = os::map_file(region, PAGE, Protection::READ, MapFlags::SHARED);
    checks.equal("by any call", again, Err(Errno::EEXIST));
    let child = os::in_child(|| {
        let _ = os::region_leave(region);
        let Ok(file) = os::open_to_read(c"/dev/shm/object-test") else { return 1 };
        let mapped = os::map_file(file, 2 * PAGE, Protection::READ, MapFlags::SHARED);
        if mapped != Ok(address) {
            return 2;
        }
        i32::from(touch::load(touch::load(address)) != 77)
    });
    checks.equal("a pointer leads there everywhere", child, Ok(ExitStatus::Exited(0)));
    checks.equal("it grows in place", os::region_set_length(region, 3 * UNIT), Ok(0));
    touch::store(address + 3 * UNIT - 8, 1);
    let guard = address + 3 * UNIT;
    checks.that("to its end", faults(|| touch::probe(guard)));
    let hint = os::map_at(guard, PAGE, READ_WRITE, os::ANONYMOUS, (-1, 0));
    checks.that("nothing else is put there", hint.is_ok_and(|at| at != guard));
    let _ = hint.and_then(|at| os::unmap(at, PAGE));
    let _ = (os::region_leave(region), os::close(other), os::region_unlink(NAME));
    let region = checks.value("created", created(&request));
    checks.equal("an address comes back", os::region_stat(region).address, address);
    let _ = (os::close(region), os::region_unlink(NAME));
}

fn many_names(checks: &mut Checks) {
    let name = |index: u32| {
        let digit = |power: u32| b'0' + (index / power % 10) as u8;
        [b'/', b'm', digit(1000), digit(100), digit(10), digit(1)]
    };
    let request = os::request(0, PLAIN);
    frames::unchanged(checks, "names leave nothing behind", || {
        (0..2000).for_each(|index| {
            let _ = os::region_create(&name(index), &request).and_then(os::close);
        });
        (0..2000).for_each(|index| os::ignore(os::region_unlink(&name(index))));
    });
    let made = (0..2000).all(|index| {
        os::region_create(&name(index), &request).is_ok_and(|region| os::close(region).is_ok())
    });
    checks.that("two thousand names", made);
    let found = os::region_open(&name(1234), PLAIN);
    let record = found.map(os::region_stat);
    checks.that("one is found", record.is_ok_and(|record| *record.name() == name(1234)));
    let _ = found.and_then(os::close);
    let gone = (0..2000).all(|index| os::region_unlink(&name(index)).is_ok());
    checks.that("all are taken away", gone);
}

/// A creation that finds no free descriptor leaves no name.
fn no_descriptor(checks: &mut Checks) {
    let child = os::in_child(|| {
        while os::open_to_read(c"/dev/null").is_ok() {}
        i32::from(created(&os::request(PAGE, PLAIN)) != Err(Errno::EMFILE))
    });
    checks.equal("without a descriptor it fails", child, Ok(ExitStatus::Exited(0)));
    checks.equal("and makes nothing", os::region_open(NAME, PLAIN), Err(Errno::ENOENT));
}
