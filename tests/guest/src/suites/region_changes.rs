//! Changes of a region: counted, remembered, and missed by nobody.

use super::futex::sleeping;
use crate::os::region_sync as regions;
use crate::os::{MILLISECOND, SECOND};
use crate::{Checks, frames, os, touch};
use abi::file::{OpenFlags, SEEK_SET};
use abi::process::ExitStatus;
use abi::region::{ChangeKind, RegionFlags};
use abi::{Errno, Sysno};

const NAME: &[u8] = b"/region-changes";
const ACKNOWLEDGED: &[u8] = b"/region-changes-seen";
const GOOD: Result<ExitStatus, Errno> = Ok(ExitStatus::Exited(0));

/// The checks.
pub fn run(checks: &mut Checks) {
    records(checks);
    other_calls(checks);
    refusals(checks);
    many_waiters(checks);
    followers(checks);
    ping_pong(checks);
    killed_waiters(checks);
}

/// Number, kind, offset, length and pid of the first change after another.
fn change(region: i32, seen: u64) -> os::Answer<(u64, u32, u64, u64, u64)> {
    let record = regions::wait_change(region, seen, Some(0))?;
    Ok((record.number, record.kind, record.offset, record.length, record.pid.into()))
}

fn records(checks: &mut Checks) {
    let region = checks.value("created", regions::create(NAME, 10_000));
    checks.equal("a new region has not changed", regions::stat(region).changes, 0);
    checks.equal("time runs out", change(region, 0), Err(Errno::ETIMEDOUT));
    let before = os::now();
    let answer = regions::wait_change(region, 0, Some(30 * MILLISECOND)).map(|_| 0);
    checks.equal("later too", answer, Err(Errno::ETIMEDOUT));
    checks.that("not before it is over", os::now() - before >= 30 * MILLISECOND);
    checks.equal("the first change is 1", regions::notify(region, 5000, 77), Ok(1));
    let notified = ChangeKind::Notified as u32;
    let me = os::own_id();
    checks.equal("told as it was", change(region, 0), Ok((1, notified, 5000, 77, me)));
    checks.equal("and only once", change(region, 1), Err(Errno::ETIMEDOUT));
    for _ in 0..39 {
        os::ignore(regions::notify(region, 0, 0));
    }
    checks.equal("40 changes", regions::stat(region).changes, 40);
    checks.equal("32 are remembered", change(region, 0), Ok((9, notified, 0, 0, me)));
    checks.equal("each of them", change(region, 20), Ok((21, notified, 0, 0, me)));
    let null = os::call(Sysno::RegionWaitChange, [os::fd(region), 30, 0, 0]);
    checks.equal("the record may be null", null, Ok(31));
    regions::remove(region, NAME);
}

/// Changes of length and writes, by native calls and through /dev/shm.
fn other_calls(checks: &mut Checks) {
    let region = checks.value("created", regions::create(NAME, 4096));
    let file = os::open(c"/dev/shm/region-changes", OpenFlags::READ_WRITE, 0);
    let file = checks.value("opened as a file", file);
    let me = os::own_id();
    let bytes = [7_u8; 10];
    let (grown, shrunk) = (ChangeKind::Grown as u32, ChangeKind::Shrunk as u32);
    let written = ChangeKind::Written as u32;
    checks.equal("it grows", regions::set_length(region, 9000), Ok(0));
    checks.equal("a growth", change(region, 0), Ok((1, grown, 9000, 9000 - 4096, me)));
    checks.equal("the same length", regions::set_length(region, 9000), Ok(0));
    checks.equal("is no change", change(region, 1), Err(Errno::ETIMEDOUT));
    checks.equal("it shrinks", os::set_length(file, 5000), Ok(0));
    checks.equal("by ftruncate", change(region, 1), Ok((2, shrunk, 5000, 4000, me)));
    let answer = regions::write(region, 4090, bytes.as_ptr() as u64, 10);
    checks.equal("a whole copy", answer, Ok(10));
    checks.equal("is a change", change(region, 2), Ok((3, written, 4090, 10, me)));
    let answer = os::seek(file, 100, SEEK_SET).and_then(|_| os::write(file, &bytes));
    checks.equal("write(2)", answer, Ok(10));
    checks.equal("is one, too", change(region, 3), Ok((4, written, 100, 10, me)));
    let child = os::start_child(|| {
        let answer = os::seek(file, 4995, SEEK_SET).and_then(|_| os::write(file, &bytes));
        i32::from(answer != Ok(10))
    });
    let child = child.unwrap_or(0);
    checks.equal("another process writes behind the end", os::wait(child), GOOD);
    checks.equal("it has grown", change(region, 4), Ok((5, grown, 5005, 5, child)));
    checks.equal("and was written", change(region, 5), Ok((6, written, 4995, 10, child)));
    checks.equal("to write nothing", os::write(file, &[]), Ok(0));
    checks.equal("changes nothing", change(region, 6), Err(Errno::ETIMEDOUT));
    let _ = os::close(file);
    regions::remove(region, NAME);
}

fn refusals(checks: &mut Checks) {
    let region = checks.value("created", regions::create(NAME, 4096));
    let reader = checks.value("opened", regions::open(NAME, RegionFlags::READ_ONLY));
    checks.equal("a reader changes nothing", regions::notify(reader, 0, 0), Err(Errno::EACCES));
    checks.equal("up to the end", regions::notify(region, 4000, 96), Ok(1));
    for (offset, length) in [(4000, 97), (4097, 0), (u64::MAX, 2), (2, u64::MAX)] {
        let answer = regions::notify(region, offset, length);
        checks.equal("bytes behind the end are ERANGE", answer, Err(Errno::ERANGE));
    }
    let wait = |arguments: [u64; 4]| os::call(Sysno::RegionWaitChange, arguments);
    let fd = os::fd(reader);
    checks.equal("a bad place for the record is EFAULT", wait([fd, 0, 0, 8]), Err(Errno::EFAULT));
    checks.equal("a bad time is EFAULT", wait([fd, 0, 8, 0]), Err(Errno::EFAULT));
    let time = [0_u64, 2_000_000_000];
    let answer = wait([fd, 0, time.as_ptr() as u64, 0]);
    checks.equal("a time that is none is EINVAL", answer, Err(Errno::EINVAL));
    let answer = regions::wait_change(9999, 0, None).map(|_| 0);
    checks.equal("no descriptor is EBADF", answer, Err(Errno::EBADF));
    let [from, to] = os::pipe(OpenFlags::empty()).unwrap_or([-1; 2]);
    let answer = regions::notify(to, 0, 0);
    checks.equal("a pipe is no region", answer, Err(Errno::ENODEV));
    os::close_all([from, to, reader]);
    regions::remove(region, NAME);
}

/// Everybody who waits is woken by one change.
fn many_waiters(checks: &mut Checks) {
    let region = checks.value("created", regions::create(NAME, 4096));
    let children: [u64; 6] = core::array::from_fn(|_| {
        os::start_child(|| {
            let seen = regions::wait_change(region, 0, Some(20 * SECOND));
            i32::from(seen.map(|record| (record.number, record.offset)) != Ok((1, 12)))
        })
        .unwrap_or(0)
    });
    checks.that("six wait", sleeping(&children));
    checks.equal("one change", regions::notify(region, 12, 4), Ok(1));
    checks.that("wakes all", children.iter().all(|child| os::wait(*child) == GOOD));
    regions::remove(region, NAME);
}

/// Three processes follow thousands of changes, of which none is missed.
///
/// The one that makes them waits, by the changes of a second region, until all have seen so many
/// that the rest is still remembered.
fn followers(checks: &mut Checks) {
    const CHANGES: u64 = 3000;
    const FOLLOWERS: u64 = 3;
    let region = checks.value("created", regions::create(NAME, 2 * CHANGES));
    let seen = checks.value("created", regions::create(ACKNOWLEDGED, 4096));
    let view = checks.value("mapped", regions::map(seen));
    let follow = |index: u64| {
        for number in 1..=CHANGES {
            let found = regions::wait_change(region, number - 1, Some(20 * SECOND));
            if found.map(|record| (record.number, record.offset)) != Ok((number, number * 2 - 1)) {
                return 1;
            }
            touch::store(view + index * 8, number);
            os::ignore(regions::notify(seen, index * 8, 8));
        }
        0
    };
    let children: [u64; FOLLOWERS as usize] =
        core::array::from_fn(|index| os::start_child(|| follow(index as u64)).unwrap_or(0));
    let slowest = || (0..FOLLOWERS).map(|index| touch::load(view + index * 8)).min().unwrap_or(0);
    let mut went_well = true;
    for number in 1..=CHANGES {
        loop {
            let news = regions::stat(seen).changes;
            if number - slowest() <= 32 {
                break;
            }
            if regions::wait_change(seen, news, Some(20 * SECOND)).is_err() {
                went_well = false;
                break;
            }
        }
        went_well &= regions::notify(region, number * 2 - 1, 1) == Ok(number);
        if !went_well {
            break;
        }
    }
    checks.that("the followers keep up", went_well);
    let ends = children.map(os::wait);
    checks.that("nobody has missed a change", ends.iter().all(|end| *end == GOOD));
    checks.equal("or made one up", regions::stat(region).changes, CHANGES);
    let _ = regions::unmap(view);
    regions::remove(seen, ACKNOWLEDGED);
    regions::remove(region, NAME);
}

/// Two processes take turns; a lost wake-up ends in a time-out.
fn ping_pong(checks: &mut Checks) {
    const TURNS: u64 = 1000;
    let region = checks.value("created", regions::create(NAME, 4096));
    let play = |own: u64| {
        (0..TURNS).all(|turn| {
            let before = 2 * turn + own;
            let came = before == 0
                || regions::wait_change(region, before - 1, Some(20 * SECOND))
                    .is_ok_and(|record| record.number == before);
            came && regions::notify(region, 0, 0) == Ok(before + 1)
        })
    };
    let child = os::start_child(|| i32::from(!play(1)));
    checks.that("a thousand turns here", play(0));
    checks.equal("and there", child.and_then(os::wait), GOOD);
    regions::remove(region, NAME);
}

fn killed_waiters(checks: &mut Checks) {
    let mut slept = true;
    frames::unchanged(checks, "killed waiters leak nothing", || {
        let Ok(region) = regions::create(NAME, 4096) else { return };
        let children: [u64; 8] = core::array::from_fn(|index| {
            let patience = (index % 2 == 0).then_some(1000 * SECOND);
            os::start_child(|| regions::wait_change(region, 0, patience).map_or(1, |_| 0))
                .unwrap_or(0)
        });
        slept &= sleeping(&children);
        children.iter().for_each(|child| os::ignore(os::end(*child)));
        os::wait_for_all();
        slept &= regions::notify(region, 0, 0) == Ok(1);
        regions::remove(region, NAME);
    });
    checks.that("they slept, and are forgotten", slept);
}
