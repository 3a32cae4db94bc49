//! Processes that store to one file on the SD card by views and calls, while its pages come and go, it is
//! synced, and its end moves.

use crate::os::{COMMON, PAGE, READ_WRITE, SECOND, call};
use crate::random::Random;
use crate::{Checks, frames, os, touch};
use abi::Sysno;
use abi::file::OpenFlags;
use abi::memory::{MapFlags, Protection};
use abi::process::ExitStatus;
use abi::region::RegionFlags;
use core::ffi::CStr;

const FILE: &CStr = c"/sd/storm";
const PAGES: u64 = 2000;
const BYTES: u64 = PAGES * PAGE;
/// Each has every fourth page for itself.
const WRITERS: u64 = 4;
const STEPS: u64 = 100;
/// How often the file is synced, and its end moved, meanwhile.
const SYNCS: u64 = 6;
/// Memory that is left: less than the file.
const LEFT: u64 = 6 << 20;
/// Where in a page the word is that changes.
const PLACE: u64 = 16;
const PATIENCE: u64 = 600 * SECOND;

/// The checks.
pub fn run(checks: &mut Checks) {
    let flags = OpenFlags::READ_WRITE | OpenFlags::CREATE | OpenFlags::TRUNCATE;
    let file = checks.value("made", os::open(FILE, flags, 0o644));
    checks.that("a length", os::set_length(file, BYTES).is_ok());
    let view = os::map_file(file, BYTES, READ_WRITE, MapFlags::SHARED);
    let view = checks.value("mapped", view);
    // What each page's word should be.
    let board = os::map(PAGES * 8, COMMON);
    let request = os::request(frames::all_but(LEFT), RegionFlags::empty());
    let taken = checks.value("most is set aside", os::region_create(b"", &request));
    let writers: [_; WRITERS as usize] =
        core::array::from_fn(|it| os::start_child(|| write(it as u64, view, board)));
    let others = [os::start_child(synchronise), os::start_child(move_end)];
    for writer in writers {
        let status = writer.and_then(|child| os::wait_or_kill(child, PATIENCE));
        checks.equal("a writer finds what it wrote", status, Ok(ExitStatus::Exited(0)));
    }
    for other in others {
        let status = other.and_then(|child| os::wait_or_kill(child, PATIENCE));
        checks.equal("the file is synced and its end moves", status, Ok(ExitStatus::Exited(0)));
    }
    let word = |page: u64| touch::load(view + page * PAGE + PLACE);
    let wrong = (0..PAGES).filter(|page| word(*page) != touch::load(board + page * 8)).count();
    checks.equal("all is in the file in the end", wrong, 0);
    os::ignore(os::close(taken));
    os::ignore(os::unmap(view, BYTES));
    os::ignore(os::close(file));
}

/// Stores to pages of its own, and looks at them; returns how many were not as expected.
fn write(number: u64, inherited: u64, board: u64) -> i32 {
    let Ok(file) = os::open(FILE, OpenFlags::READ_WRITE, 0) else { return 100 };
    let mut view = inherited;
    if number % 2 == 1 {
        // One that cannot be linked: it begins within the file.
        let arguments = [0, BYTES, bits(READ_WRITE), MapFlags::SHARED.bits().into(), os::fd(file)];
        let [a, b, c, d, e] = arguments;
        let Ok(own) = call(Sysno::Mmap, [a, b, c, d, e, PAGE]) else { return 101 };
        view = own - PAGE;
    }
    let mut random = Random::new(number + 1);
    let mut wrong = 0;
    for step in 1..=STEPS {
        let page = random.below(PAGES / WRITERS) * WRITERS + number;
        let (place, expected) = (view + page * PAGE + PLACE, board + page * 8);
        let mut word = (step << 8) | (number + 1);
        let at = (&raw mut word) as u64;
        let offset = page * PAGE + PLACE;
        match random.below(5) {
            0 => {
                touch::store(place, word);
                touch::store(expected, word);
            }
            1 => {
                let written = call(Sysno::Pwrite64, [os::fd(file), at, 8, offset]);
                touch::store(expected, word);
                wrong += i32::from(written != Ok(8));
            }
            2 => {
                let read = call(Sysno::Pread64, [os::fd(file), at, 8, offset]);
                let found = core::hint::black_box(word);
                wrong += i32::from(read != Ok(8) || found != touch::load(expected));
            }
            3 if step % 16 == 0 => {
                let status =
                    os::in_child(|| i32::from(touch::load(place) != touch::load(expected)));
                wrong += i32::from(status != Ok(ExitStatus::Exited(0)));
            }
            _ => wrong += i32::from(touch::load(place) != touch::load(expected)),
        }
    }
    wrong.min(99)
}

fn bits(protection: Protection) -> u64 {
    protection.bits().into()
}

fn synchronise() -> i32 {
    let Ok(file) = os::open(FILE, OpenFlags::READ_WRITE, 0) else { return 1 };
    for _ in 0..SYNCS {
        if call(Sysno::Fsync, [os::fd(file), 0, 0, 0]).is_err() {
            return 2;
        }
    }
    0
}

fn move_end() -> i32 {
    let Ok(file) = os::open(FILE, OpenFlags::READ_WRITE, 0) else { return 1 };
    let Ok(view) = os::map_file(file, BYTES + 64 * PAGE, READ_WRITE, MapFlags::SHARED) else {
        return 2;
    };
    for _ in 0..SYNCS {
        if os::set_length(file, BYTES + 40 * PAGE + 7).is_err() {
            return 3;
        }
        let last = view + BYTES + 39 * PAGE;
        if touch::load(last) != 0 {
            return 4;
        }
        touch::store(last, 9);
        if os::set_length(file, BYTES).is_err() {
            return 5;
        }
    }
    0
}
