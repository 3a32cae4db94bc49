//! The SD card is pulled while processes read, touch and write its files: each of them ends with an error, and
//! what is in memory can be used on.
//!
//! The host has put the file there, each of whose pages begins with its number, and pulls the card.

use crate::os::{PAGE, READ_WRITE, SECOND, call};
use crate::{Checks, os, say, touch};
use abi::file::OpenFlags;
use abi::memory::MapFlags;
use abi::process::ExitStatus;
use abi::signal::Signal;
use abi::{Errno, Sysno};
use core::ffi::CStr;

const FILE: &CStr = c"/sd/long";
const PAGES: u64 = 1000;
const BYTES: u64 = PAGES * PAGE;
const OTHER: &CStr = c"/sd/written";
const PATIENCE: u64 = 60 * SECOND;
/// What a call moves at a time.
const PIECE: u64 = 100_000;

/// The checks.
pub fn run(checks: &mut Checks) {
    let file = checks.value("opened", os::open(FILE, OpenFlags::READ_WRITE, 0));
    let view = os::map_file(file, BYTES, READ_WRITE, MapFlags::SHARED);
    let view = checks.value("mapped", view);
    checks.equal("a page that is there", touch::load(view), 0);
    let failed = Ok(ExitStatus::Exited(Errno::EIO as u8));
    let workers = [
        ("a reader ends with an error", os::start_child(read), failed),
        ("a writer, too", os::start_child(write), failed),
        ("who touches pages, by a signal", os::start_child(|| touch_pages(view)), BUS),
    ];
    // Meanwhile the others begin.
    let to = os::map(PIECE, os::ANONYMOUS);
    for round in 0..3 {
        let read = call(Sysno::Pread64, [os::fd(file), to, PIECE, round * PIECE]);
        checks.equal("with a card all is well", read, Ok(PIECE));
    }
    say!("all are at work");
    for (name, worker, expected) in workers {
        let ended = worker.and_then(|child| os::wait_or_kill(child, PATIENCE));
        checks.equal(name, ended, expected);
    }
    checks.equal("the page is there still", touch::load(view), 0);
    touch::store(view + 8, 1);
    checks.equal("and can be stored to", touch::load(view + 8), 1);
    let synced = call(Sysno::Msync, [view, PAGE, MS_SYNC, 0]);
    checks.equal("which cannot be written", synced, Err(Errno::EIO));
    let synced = call(Sysno::Fsync, [os::fd(file), 0, 0, 0]);
    checks.equal("and is told again", synced, Err(Errno::EIO));
    let last = view + (PAGES - 1) * PAGE;
    let touched = os::in_child(|| i32::from(touch::load(last) == 0));
    checks.equal("a page that is not there cannot come in", touched, BUS);
    let longer = os::set_length(file, BYTES + 1);
    checks.equal("the file cannot become longer", longer, Err(Errno::EIO));
    let other = os::open_to_read(OTHER);
    checks.equal("there is no card for others", other, Err(Errno::ENOMEDIUM));
    os::ignore(os::unmap(view, BYTES));
    checks.that("it is closed", os::close(file).is_ok());
}

const BUS: os::Answer<ExitStatus> = Ok(ExitStatus::Signalled(Signal::BUS as u8));
const MS_SYNC: u64 = 4;

fn read() -> i32 {
    let Ok(file) = os::open_to_read(FILE) else { return 1 };
    let to = os::map(PIECE, os::ANONYMOUS);
    let mut at = 0;
    loop {
        if let Err(error) = call(Sysno::Pread64, [os::fd(file), to, PIECE, at]) {
            return error as i32;
        }
        at = (at + PIECE) % BYTES;
    }
}

fn write() -> i32 {
    let flags = OpenFlags::READ_WRITE | OpenFlags::CREATE | OpenFlags::TRUNCATE;
    let Ok(file) = os::open(OTHER, flags, 0o644) else { return 1 };
    let from = os::map(PIECE, os::ANONYMOUS);
    let mut at = 0;
    loop {
        if let Err(error) = call(Sysno::Pwrite64, [os::fd(file), from, PIECE, at]) {
            return error as i32;
        }
        at = (at + PIECE) % BYTES;
    }
}

fn touch_pages(view: u64) -> i32 {
    (0..PAGES).for_each(|page| touch::probe(view + page * PAGE));
    0
}
