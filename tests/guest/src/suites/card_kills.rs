//! Processes that are killed while they wait for the SD card: nothing leaks, nobody hangs, and what others have
//! there stays as it was.
//!
//! The host has put the file there: each page begins with its number.

use crate::os::{MILLISECOND, PAGE, READ_WRITE, SECOND, call};
use crate::random::Random;
use crate::{Checks, frames, os, touch};
use abi::Sysno;
use abi::file::OpenFlags;
use abi::memory::{MapFlags, Protection};
use abi::process::ExitStatus;
use abi::signal::Signal;
use core::ffi::CStr;

const FILE: &CStr = c"/sd/long";
const PAGES: u64 = 1000;
const BYTES: u64 = PAGES * PAGE;
const OTHER: &CStr = c"/sd/written";
/// The guest, which the shell has copied.
const PROGRAM: &CStr = c"/sd/guest";
const ROUNDS: u64 = 16;
/// What a call moves at a time.
const PIECE: u64 = 100_000;
/// Pages of the file that is written.
const WRITTEN: u64 = 200;

/// The checks.
pub fn run(checks: &mut Checks) {
    let mut random = Random::new(7);
    let mut killed = |name: &str, work: fn() -> i32| {
        let mut count = 0;
        frames::unchanged(checks, name, || {
            count = (0..ROUNDS).filter(|_| is_killed(&mut random, work)).count() as u64;
        });
        checks.equal("all were killed at their work", count, ROUNDS);
    };
    killed("who is killed while it reads leaks nothing", read);
    killed("who is killed while pages come in leaks nothing", touch_pages);
    killed("who is killed while it writes leaks nothing", write);
    killed("who is killed while it stores and syncs leaks nothing", store);
    killed("who is killed while its program comes in leaks nothing", begin_program);
    checks.equal("what is written can be removed", os::unlink(OTHER), Ok(0));
    let file = checks.value("opened", os::open_to_read(FILE));
    let view = os::map_file(file, BYTES, Protection::READ, MapFlags::SHARED);
    let view = checks.value("mapped", view);
    let wrong = (0..PAGES).filter(|page| touch::load(view + page * PAGE) != *page).count();
    checks.equal("the file is as it was", wrong, 0);
    os::ignore(os::unmap(view, BYTES));
    os::ignore(os::close(file));
    synchronise();
}

/// Starts the work, which never ends, and kills who does it at any moment; whether that ended it.
fn is_killed(random: &mut Random, work: fn() -> i32) -> bool {
    let Ok(child) = os::start_child(work) else { return false };
    // The moment of the kill is what varies.
    os::ignore(os::sleep(random.below(60 * MILLISECOND)));
    os::ignore(os::end(child));
    let ended = os::wait_or_kill(child, 60 * SECOND);
    // Nobody has the files any more: their pages go.
    synchronise();
    ended == Ok(ExitStatus::Signalled(Signal::KILL as u8))
}

fn synchronise() {
    os::ignore(call(Sysno::Sync, [0; 4]));
}

fn read() -> i32 {
    let Ok(file) = os::open_to_read(FILE) else { return 1 };
    let to = os::map(PIECE, os::ANONYMOUS);
    let mut at = 0;
    loop {
        if call(Sysno::Pread64, [os::fd(file), to, PIECE, at]) != Ok(PIECE) {
            return 2;
        }
        at = (at + PIECE) % (BYTES - PIECE);
    }
}

fn touch_pages() -> i32 {
    loop {
        let Ok(file) = os::open_to_read(FILE) else { return 1 };
        let Ok(view) = os::map_file(file, BYTES, Protection::READ, MapFlags::SHARED) else {
            return 2;
        };
        if (0..PAGES).any(|page| touch::load(view + page * PAGE) != page) {
            return 3;
        }
        os::ignore(os::unmap(view, BYTES));
        os::ignore(os::close(file));
        synchronise();
    }
}

/// A file of its own, which begins empty.
fn own() -> os::Answer<i32> {
    os::open(OTHER, OpenFlags::READ_WRITE | OpenFlags::CREATE | OpenFlags::TRUNCATE, 0o644)
}

fn write() -> i32 {
    let from = os::map(PIECE, os::ANONYMOUS);
    loop {
        let Ok(file) = own() else { return 1 };
        for _ in 0..10 {
            if call(Sysno::Write, [os::fd(file), from, PIECE, 0]) != Ok(PIECE) {
                return 2;
            }
        }
        os::ignore(os::close(file));
    }
}

fn store() -> i32 {
    let bytes = WRITTEN * PAGE;
    let Ok(file) = own() else { return 1 };
    if os::set_length(file, bytes).is_err() {
        return 2;
    }
    let Ok(view) = os::map_file(file, bytes, READ_WRITE, MapFlags::SHARED) else { return 3 };
    let mut value = 0;
    loop {
        value += 1;
        (0..WRITTEN).for_each(|page| touch::store(view + page * PAGE, value));
        if call(Sysno::Fsync, [os::fd(file), 0, 0, 0]).is_err() {
            return 4;
        }
    }
}

fn begin_program() -> i32 {
    os::silence();
    os::execute(PROGRAM, &[PROGRAM, c"spin"], &[]);
    127
}
