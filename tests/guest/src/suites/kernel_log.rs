//! The kernel's log, which process 0 offers: who gets it, what may be done with it, and that it is
//! whole while all cores write it.

use crate::os::{MILLISECOND, PAGE, SECOND};
use crate::{Checks, frames, os, touch};
use abi::log::{LOG_ADDRESS, LOG_BYTES, LOG_HEADER_BYTES, LOG_RING_BYTES};
use abi::memory::Protection;
use abi::offer::{Direction, OfferFlags, OfferRecord};
use abi::poll::{PollEvents, PollFd};
use abi::process::ExitStatus;
use abi::signal::Signal;
use abi::{Errno, Sysno};

const BYTES: u64 = LOG_BYTES as u64;
const RING: u64 = LOG_RING_BYTES as u64;
const FAULTS: usize = 40;

/// The checks.
pub fn run(checks: &mut Checks) {
    rights(checks);
    let at = offered_and_claimed(checks);
    protection(checks, at);
    following(checks, at);
    storm(checks, at);
    os::ignore(os::unmap(at, BYTES));
    frames::unchanged(checks, "an offer that nobody claims ends with its receiver", || {
        os::ignore(os::in_child(|| i32::from(os::offer_log().is_err())));
    });
    frames::unchanged(checks, "a log that is claimed leaks nothing", || {
        os::ignore(os::offer_log());
        let (at, length) = os::claim(0, LOG_ADDRESS).unwrap_or_default();
        touch::probe(at);
        os::ignore(os::unmap(at, length));
    });
    checks.equal("nothing is offered in the end", os::list_offers(&mut []), (Ok(0), 0));
}

fn rights(checks: &mut Checks) {
    let user = os::in_child(|| {
        os::ignore(os::call(Sysno::Setuid, [1000]));
        i32::from(os::offer_log() != Err(Errno::EPERM))
    });
    checks.equal("it is for root only", user, Ok(ExitStatus::Exited(0)));
    let unasked = os::claim(0, LOG_ADDRESS).err();
    checks.equal("it can't be claimed unasked", unasked, Some(Errno::ENOENT));
    checks.equal("nobody offers to the kernel", os::offer(0, PAGE, PAGE, 1), Err(Errno::ESRCH));
}

/// Returns where it is.
fn offered_and_claimed(checks: &mut Checks) -> u64 {
    let inbox = os::offer_descriptor(abi::file::OpenFlags::empty()).unwrap_or(-1);
    checks.equal("asked for", os::offer_log(), Ok(LOG_ADDRESS));
    checks.equal("it is offered once", os::offer_log(), Err(Errno::EEXIST));
    let wanted = OfferRecord {
        address: LOG_ADDRESS,
        bytes: BYTES,
        pid: 0,
        direction: Direction::Received as u32,
        flags: OfferFlags::GRANT_R.bits(),
        reserved: 0,
    };
    checks.equal("like any offer, by process 0", os::wait_offer(0), Ok(wanted));
    let mut records = [OfferRecord::default()];
    checks.equal("and listed", os::list_offers(&mut records), (Ok(0), 1));
    checks.equal("so", records[0], wanted);
    let mut files = [PollFd { fd: inbox, events: PollEvents::IN.bits(), revents: 0 }];
    checks.equal("a wait for offers tells of it", os::poll(&mut files, Some(0)), Ok(1));
    os::ignore(os::close(inbox));
    let (at, length) = checks.value("claimed", os::claim(0, LOG_ADDRESS));
    checks.equal("all of it", length, BYTES);
    let again = os::claim(0, LOG_ADDRESS).err();
    checks.equal("once", again, Some(Errno::ENOENT));
    at
}

fn protection(checks: &mut Checks, at: u64) {
    let store = os::in_child(|| {
        os::silence();
        touch::store(at + PAGE, 1);
        0
    });
    let fault = Ok(ExitStatus::Signalled(Signal::SEGV as u8));
    checks.equal("it can't be written", store, fault);
    for more in [Protection::READ | Protection::WRITE, Protection::READ | Protection::EXECUTE] {
        checks.equal("nor made so", os::protect(at, BYTES, more), Err(Errno::EACCES));
    }
    let child = os::in_child(|| i32::from(touch::load(at) == 0));
    checks.equal("a child sees it, too", child, Ok(ExitStatus::Exited(0)));
}

fn written(at: u64) -> u64 {
    touch::load(at)
}

fn byte(at: u64, position: u64) -> u8 {
    touch::load_byte(at + LOG_HEADER_BYTES as u64 + position % RING)
}

/// Whether the text occurs from a position on.
fn has(at: u64, from: u64, text: &[u8]) -> bool {
    let end = written(at);
    (from..end.saturating_sub(text.len() as u64 - 1))
        .any(|start| (start..).zip(text).all(|(position, wanted)| byte(at, position) == *wanted))
}

/// A process that is ended by a fault, of which the kernel has something to say.
fn fault() -> os::Answer {
    os::start_child(|| {
        touch::probe(8);
        0
    })
}

fn following(checks: &mut Checks, at: u64) {
    let before = written(at);
    checks.that("the kernel has said something", before > 0);
    let child = os::start_child(|| {
        os::ignore(os::sleep(20 * MILLISECOND));
        touch::probe(8);
        0
    });
    let child = checks.value("a child that is to fault", child);
    let slept = os::futex_wait(at, before as u32, Some(20 * SECOND));
    checks.equal("a message wakes who waits for one", slept, Ok(0));
    os::ignore(os::wait(child));
    checks.that("it is in the log", has(at, before, b" ended: "));
    checks.equal("a whole line", byte(at, written(at) - 1), b'\n');
}

/// All cores write at once; every line in the log is whole, and none is lost.
fn storm(checks: &mut Checks, at: u64) {
    let before = written(at);
    for _ in 0..FAULTS / 4 {
        let children = [(); 4].map(|()| fault());
        children.into_iter().flatten().for_each(|child| os::ignore(os::wait(child)));
    }
    let end = written(at);
    checks.equal("nobody is writing any more", touch::load(at + 8), end);
    let is_start = |position: u64| position == before || byte(at, position - 1) == b'\n';
    let starts = (before..end).filter(|position| is_start(*position));
    let (mut lines, mut whole) = (0, 0);
    for start in starts {
        let has_time = byte(at, start) == b'[';
        let stop = (start..end).find(|position| byte(at, *position) == b'\n').unwrap_or(start);
        // One time in a line, and one process.
        let times = (start..stop).filter(|position| byte(at, *position) == b'[').count();
        lines += 1;
        whole += usize::from(has_time && times == 1);
    }
    checks.equal("each fault has its line", lines, FAULTS);
    checks.equal("every one is whole", whole, FAULTS);
}
