//! Files on the SD card that are mapped: views, calls and other processes see the same bytes.

use crate::os::{PAGE, READ_WRITE};
use crate::{Checks, os, touch};
use abi::file::{OpenFlags, SEEK_SET};
use abi::memory::{MapFlags, Protection};
use abi::signal::Signal;
use abi::{Errno, Sysno};
use core::ffi::CStr;

const FILE: &CStr = c"/sd/views.bin";
const PAGES: u64 = 40;
const MS_SYNC: u64 = 4;

/// The checks.
pub fn run(checks: &mut Checks) {
    let flags = OpenFlags::READ_WRITE | OpenFlags::CREATE | OpenFlags::TRUNCATE;
    let file = checks.value("made", os::open(FILE, flags, 0o644));
    checks.that("a length", os::set_length(file, PAGES * PAGE).is_ok());
    let view = os::map_file(file, PAGES * PAGE, READ_WRITE, MapFlags::SHARED);
    let view = checks.value("mapped", view);
    coherent(checks, file, view);
    private(checks, file, view);
    company(checks, file, view);
    cut(checks, file, view);
    checks.equal("msync", os::call(Sysno::Msync, [view, PAGE, MS_SYNC, 0]), Ok(0));
    os::ignore(os::unmap(view, PAGES * PAGE));
    checks.equal("fsync", os::call(Sysno::Fsync, [os::fd(file), 0, 0, 0]), Ok(0));
    os::ignore(os::close(file));
    let directory = checks.value("a directory", os::open_to_read(c"/sd"));
    let refused = os::map_file(directory, PAGE, Protection::READ, MapFlags::PRIVATE);
    checks.equal("of a directory there is no view", refused, Err(Errno::ENODEV));
    os::ignore(os::close(directory));
    again(checks);
}

fn read_at(file: i32, at: u64) -> u64 {
    let mut bytes = [0; 8];
    os::ignore(os::seek(file, at as i64, SEEK_SET));
    os::ignore(os::read(file, &mut bytes));
    u64::from_le_bytes(bytes)
}

fn coherent(checks: &mut Checks, file: i32, view: u64) {
    checks.equal("zeroes at first", touch::load(view + 3 * PAGE), 0);
    touch::store(view + 3 * PAGE + 8, 77);
    checks.equal("read sees a store", read_at(file, 3 * PAGE + 8), 77);
    os::ignore(os::seek(file, (5 * PAGE) as i64, SEEK_SET));
    checks.equal("written", os::write(file, &88_u64.to_le_bytes()), Ok(8));
    checks.equal("a load sees a write", touch::load(view + 5 * PAGE), 88);
    // From the view into its own file.
    os::ignore(os::seek(file, (20 * PAGE) as i64, SEEK_SET));
    let own = os::call(Sysno::Write, [os::fd(file), view + 5 * PAGE, PAGE, 0]);
    checks.equal("a view is written into its own file", own, Ok(PAGE));
    checks.equal("and seen there", touch::load(view + 20 * PAGE), 88);
}

fn private(checks: &mut Checks, file: i32, view: u64) {
    let copy = os::map_file(file, PAGES * PAGE, READ_WRITE, MapFlags::PRIVATE);
    let copy = checks.value("mapped privately", copy);
    checks.equal("a private view begins with the file", touch::load(copy + 5 * PAGE), 88);
    touch::store(copy + 5 * PAGE, 99);
    checks.equal("its stores stay private", touch::load(view + 5 * PAGE), 88);
    checks.equal("and are not read", read_at(file, 5 * PAGE), 88);
    os::ignore(os::unmap(copy, PAGES * PAGE));
}

/// A process that opens the file by itself has the same pages.
fn company(checks: &mut Checks, file: i32, view: u64) {
    let child = os::start_child(|| {
        let Ok(own) = os::open(FILE, OpenFlags::READ_WRITE, 0) else { return 1 };
        let Ok(mine) = os::map_file(own, PAGES * PAGE, READ_WRITE, MapFlags::SHARED) else {
            return 2;
        };
        let seen = touch::load(mine + 3 * PAGE + 8);
        touch::store(mine + 7 * PAGE, seen + 1);
        i32::from(seen != 77) * 3
    });
    let status = child.and_then(os::wait).map(|status| status.shell_status());
    checks.equal("another process sees the stores", status, Ok(0));
    checks.equal("and its own are seen", touch::load(view + 7 * PAGE), 78);
    checks.equal("and read", read_at(file, 7 * PAGE), 78);
}

fn cut(checks: &mut Checks, file: i32, view: u64) {
    checks.that("cut", os::set_length(file, 10 * PAGE).is_ok());
    let child = os::start_child(|| {
        touch::probe(view + 10 * PAGE);
        0
    });
    let status = child.and_then(os::wait).map(|status| status.shell_status());
    let bus = 128 + Signal::BUS as i32;
    checks.equal("past the end is SIGBUS", status, Ok(bus));
    checks.equal("what is left stays", touch::load(view + 7 * PAGE), 78);
    checks.that("longer again", os::set_length(file, PAGES * PAGE).is_ok());
    checks.equal("with zeroes", touch::load(view + 20 * PAGE), 0);
    touch::store(view + 39 * PAGE, 123);
}

/// What was stored is there for those who open the file later.
fn again(checks: &mut Checks) {
    let file = checks.value("opened again", os::open_to_read(FILE));
    checks.equal("the last store", read_at(file, 39 * PAGE), 123);
    os::ignore(os::close(file));
}
