//! The lock of a region: one holder, in order, and known when it dies.

use super::futex::sleeping;
use crate::os::region_sync as regions;
use crate::os::{MILLISECOND, SECOND};
use crate::random::Random;
use crate::{Checks, frames, os, touch};
use abi::file::OpenFlags;
use abi::process::ExitStatus;
use abi::region::{LockFlags, RegionFlags, RegionState};
use abi::signal::Signal;
use abi::{Errno, Sysno};

const NAME: &[u8] = b"/region-lock";
const GOOD: Result<ExitStatus, Errno> = Ok(ExitStatus::Exited(0));
const PLAIN: LockFlags = LockFlags::empty();
const DIED: os::Answer = Err(Errno::EOWNERDEAD);

/// The checks.
pub fn run(checks: &mut Checks) {
    rules(checks);
    refusals(checks);
    increments(checks);
    holders_die(checks);
    repairs(checks);
    cycles(checks);
    killed_waiters(checks);
    frames::unchanged(checks, "a region that goes while it is locked leaks nothing", || {
        for _ in 0..20 {
            let region = regions::create(NAME, 4096).unwrap_or(-1);
            os::ignore(regions::lock(region, None));
            regions::remove(region, NAME);
        }
    });
}

/// Runs a check in a child, which must find it true.
fn child_finds(holds: impl FnOnce() -> bool) -> bool {
    os::in_child(|| i32::from(!holds())) == GOOD
}

fn state(region: i32) -> (u32, u64) {
    let record = regions::stat(region);
    (record.state, record.lock_owner.into())
}

fn rules(checks: &mut Checks) {
    let region = checks.value("created", regions::create(NAME, 4096));
    checks.equal("nobody holds it", state(region), (0, 0));
    checks.equal("it is taken", regions::lock(region, None), Ok(0));
    let locked = RegionState::LOCKED.bits();
    checks.equal("its record says so", state(region), (locked, os::own_id()));
    let twice = regions::lock(region, None);
    checks.equal("its holder waits for himself", twice, Err(Errno::EDEADLK));
    checks.equal("or tries", regions::try_lock(region), Err(Errno::EDEADLK));
    let other = child_finds(|| {
        let before = os::now();
        regions::try_lock(region) == Err(Errno::EAGAIN)
            && regions::lock(region, Some(30 * MILLISECOND)) == Err(Errno::ETIMEDOUT)
            && os::now() - before >= 30 * MILLISECOND
            && regions::unlock(region, PLAIN) == Err(Errno::EPERM)
    });
    checks.that("a child does not inherit it, cannot take it and cannot release it", other);
    checks.equal("it is released", regions::unlock(region, PLAIN), Ok(0));
    let again = regions::unlock(region, PLAIN);
    checks.equal("a free one cannot be released", again, Err(Errno::EPERM));
    let other = child_finds(|| {
        regions::try_lock(region) == Ok(0)
            && regions::unlock(region, LockFlags::CONSISTENT) == Ok(0)
    });
    checks.that("another takes it and releases it", other);
    checks.equal("nobody holds it again", state(region), (0, 0));
    regions::remove(region, NAME);
}

fn refusals(checks: &mut Checks) {
    let region = checks.value("created", regions::create(NAME, 4096));
    let reader = checks.value("opened", regions::open(NAME, RegionFlags::READ_ONLY));
    checks.equal("a reader may lock", regions::lock(reader, None), Ok(0));
    checks.equal("by any descriptor", regions::unlock(region, PLAIN), Ok(0));
    let writer = os::open(c"/dev/shm/region-lock", OpenFlags::WRITE_ONLY, 0);
    let writer = checks.value("opened to write only", writer);
    let answer = regions::try_lock(writer);
    checks.equal("who may not read may not lock", answer, Err(Errno::EACCES));
    let lock = |flags: u64, time: u64| os::call(Sysno::RegionLock, [os::fd(region), flags, time]);
    checks.equal("an unknown flag is EINVAL", lock(4, 0), Err(Errno::EINVAL));
    checks.equal("a flag of unlock is EINVAL", lock(2, 0), Err(Errno::EINVAL));
    checks.equal("a bad time is EFAULT", lock(0, 8), Err(Errno::EFAULT));
    let answer = regions::unlock(region, LockFlags::TRY);
    checks.equal("a flag of lock is EINVAL", answer, Err(Errno::EINVAL));
    checks.equal("nothing was taken", state(region), (0, 0));
    checks.equal("no descriptor is EBADF", regions::try_lock(9999), Err(Errno::EBADF));
    os::close_all([reader, writer]);
    regions::remove(region, NAME);
}

/// Many processes count up by load and store; the lock is all that keeps the sum right.
fn increments(checks: &mut Checks) {
    const PROCESSES: u64 = 8;
    const ROUNDS: u64 = 500;
    let region = checks.value("created", regions::create(NAME, 4096));
    let view = checks.value("mapped", regions::map(region));
    let count = || {
        for _ in 0..ROUNDS {
            if regions::lock(region, Some(30 * SECOND)) != Ok(0) {
                return 1;
            }
            let value = touch::load(view);
            if value.is_multiple_of(7) {
                os::yield_core();
            }
            touch::store(view, value + 1);
            if regions::unlock(region, PLAIN) != Ok(0) {
                return 2;
            }
        }
        0
    };
    let children: [u64; PROCESSES as usize] =
        core::array::from_fn(|_| os::start_child(count).unwrap_or(0));
    checks.that("all count to the end", children.map(os::wait).iter().all(|end| *end == GOOD));
    checks.equal("no count is lost", touch::load(view), PROCESSES * ROUNDS);
    let _ = regions::unmap(view);
    regions::remove(region, NAME);
}

/// A name and how to end so.
type Ending = (&'static str, fn() -> i32);

/// A holder that ends in any way leaves the lock to the next, who is told.
fn holders_die(checks: &mut Checks) {
    let region = checks.value("created", regions::create(NAME, 4096));
    let endings: [Ending; 3] = [
        ("by its exit", || 0),
        ("by a fault", || {
            os::silence();
            touch::store(8, 1);
            0
        }),
        ("by a kill", || {
            os::ignore(os::end(os::own_id()));
            0
        }),
    ];
    let dirty = RegionState::DIRTY.bits();
    for (name, end) in endings {
        let ended = os::in_child(|| if regions::lock(region, None) == Ok(0) { end() } else { 99 });
        checks.that(name, ended != Ok(ExitStatus::Exited(99)));
        checks.equal("it is free and dirty", state(region), (dirty, 0));
        checks.equal("the next is told", regions::lock(region, None), DIED);
        checks.equal("and holds it", state(region), (dirty | 1, os::own_id()));
        checks.equal("released as it is", regions::unlock(region, PLAIN), Ok(0));
        let other = child_finds(|| {
            regions::try_lock(region) == DIED
                && regions::unlock(region, LockFlags::CONSISTENT) == Ok(0)
        });
        checks.that("the one after him is told, too", other);
        checks.equal("who has set things right", state(region), (0, 0));
    }
    let holder = os::start_child(|| {
        os::ignore(regions::lock(region, None));
        os::ignore(os::sleep(1000 * SECOND));
        0
    });
    let holder = holder.unwrap_or(0);
    checks.that("a holder sleeps", os::until(10 * SECOND, || state(region).1 == holder));
    let waiter = os::start_child(|| i32::from(regions::lock(region, Some(20 * SECOND)) != DIED));
    checks.that("another waits", sleeping(&[holder, waiter.unwrap_or(0)]));
    os::ignore(os::end(holder));
    checks.equal("and is told that the holder died", waiter.and_then(os::wait), GOOD);
    os::wait_for_all();
    regions::remove(region, NAME);
}

/// Processes keep two numbers equal and are killed at any moment; who is told repairs.
fn repairs(checks: &mut Checks) {
    const ROUNDS: u64 = 40;
    let region = checks.value("created", regions::create(NAME, 4096));
    let view = checks.value("mapped", regions::map(region));
    let work = || {
        loop {
            let found = regions::lock(region, Some(30 * SECOND));
            let (first, second) = (touch::load(view), touch::load(view + 8));
            match found {
                Ok(0) if first == second => {}
                DIED => touch::store(view + 8, first),
                _ => return 1,
            }
            touch::store(view, first + 1);
            os::yield_core();
            touch::store(view + 8, first + 1);
            if regions::unlock(region, LockFlags::CONSISTENT) != Ok(0) {
                return 2;
            }
        }
    };
    let killed = Ok(ExitStatus::Signalled(Signal::KILL as u8));
    let mut random = Random::new(3);
    let mut workers: [u64; 4] = core::array::from_fn(|_| os::start_child(work).unwrap_or(0));
    let mut went_well = true;
    for round in 0..ROUNDS as usize {
        let before = touch::load(view);
        os::ignore(os::sleep(random.below(5 * MILLISECOND)));
        let victim = &mut workers[round % 4];
        os::ignore(os::end(*victim));
        went_well &= os::wait(*victim) == killed;
        *victim = os::start_child(work).unwrap_or(0);
        went_well &= os::until(20 * SECOND, || touch::load(view) > before);
    }
    checks.that("the others go on after each death", went_well);
    for worker in workers {
        os::ignore(os::end(worker));
        went_well &= os::wait(worker) == killed;
    }
    checks.that("nobody saw the numbers differ without being told", went_well);
    let last = regions::lock(region, None);
    checks.that("the lock is free in the end", matches!(last, Ok(0) | DIED));
    let _ = (regions::unlock(region, PLAIN), regions::unmap(view));
    regions::remove(region, NAME);
}

/// The wait that would close a cycle is refused, whatever the cycle's length.
fn cycles(checks: &mut Checks) {
    let names = [b"/region-lock-0", b"/region-lock-1", b"/region-lock-2"];
    let regions = names.map(|name| regions::create(name, 4096).unwrap_or(-1));
    for length in [2, 3] {
        checks.equal("one lock is held", regions::lock(regions[0], None), Ok(0));
        let holder = |index: usize| {
            let next = regions[(index + 1) % length];
            os::start_child(|| {
                let held = regions::lock(regions[index], None);
                let then = regions::lock(next, Some(20 * SECOND));
                i32::from(held != Ok(0) || !matches!(then, Ok(0) | DIED))
            })
            .unwrap_or(0)
        };
        // The last one first, so that nobody finds the lock free that he is to wait for.
        let mut children = [0; 2];
        for index in (1..length).rev() {
            children[index - 1] = holder(index);
            sleeping(&children[index - 1..length - 1]);
        }
        let answer = regions::lock(regions[1], Some(20 * SECOND));
        checks.equal("a cycle is refused", answer, Err(Errno::EDEADLK));
        checks.equal("a try waits for nobody", regions::try_lock(regions[1]), Err(Errno::EAGAIN));
        checks.equal("the others go on", regions::unlock(regions[0], PLAIN), Ok(0));
        let ends = children[..length - 1].iter().map(|child| os::wait(*child));
        checks.that("to their ends", ends.into_iter().all(|end| end == GOOD));
        for region in regions {
            os::ignore(regions::lock(region, None));
            os::ignore(regions::unlock(region, LockFlags::CONSISTENT));
        }
    }
    for (region, name) in regions.iter().zip(names) {
        regions::remove(*region, name);
    }
}

fn killed_waiters(checks: &mut Checks) {
    let mut went_well = true;
    frames::unchanged(checks, "killed waiters leak nothing", || {
        let Ok(region) = regions::create(NAME, 4096) else { return };
        os::ignore(regions::lock(region, None));
        let children: [u64; 6] = core::array::from_fn(|_| {
            os::start_child(|| {
                let taken = regions::lock(region, Some(100 * SECOND));
                let released = regions::unlock(region, LockFlags::CONSISTENT);
                i32::from(!matches!(taken, Ok(0) | DIED) || released != Ok(0))
            })
            .unwrap_or(0)
        });
        went_well &= sleeping(&children);
        for child in children.iter().step_by(2) {
            os::ignore(os::end(*child));
        }
        // Some are killed while the lock is on its way to them: they may die with it.
        os::ignore(regions::unlock(region, PLAIN));
        for (index, child) in children.iter().enumerate() {
            let ended = os::wait(*child);
            went_well &= index % 2 == 0 || ended == GOOD;
        }
        went_well &= matches!(regions::try_lock(region), Ok(0) | DIED);
        regions::remove(region, NAME);
    });
    checks.that("the others get the lock, and it is free in the end", went_well);
}
