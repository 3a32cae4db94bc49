//! `user::region`: changes and who waits for them, names that are waited for, the lock.

use crate::check::Checks;
use crate::children::{self, GOOD};
use crate::native::{READ_WRITE, errno, set, word};
use abi::Errno;
use abi::process::ExitStatus;
use abi::signal::Signal;
use core::sync::atomic::Ordering;
use user::process::{self, Pid};
use user::region::{self, ChangeKind, Region, RegionState, Seals, announce_departure};
use user::time::{self, Duration};

const NAME: &str = "/api-native-sync";
const SOON: Duration = Duration::from_millis(20);
const LONG: Duration = Duration::from_secs(60);

/// The checks.
pub fn run(checks: &mut Checks) {
    changes(checks);
    waiting(checks);
    names(checks);
    lock(checks);
    dead_holder(checks);
    departure(checks);
    deadlines(checks);
}

fn deadlines(checks: &mut Checks) {
    let end = time::now() + SOON;
    time::sleep_until(end);
    let slept = time::now();
    checks.that("a sleep lasts until its time", slept >= end);
    time::sleep_until(Duration::ZERO);
    let passed = time::now() - slept;
    checks.that("one that has passed is no sleep", passed < LONG);
}

fn shared() -> Region {
    Region::options()
        .bytes(4096)
        .maximum(1 << 20)
        .anonymous()
        .expect("a region for the test itself")
}

fn changes(checks: &mut Checks) {
    let region = shared();
    checks.equal("no change yet", region.changes(), Ok(0));
    checks.equal("none comes", region.wait_change(0, Some(SOON)), Ok(None));
    checks.equal("the first is told", region.notify(8, 4), Ok(1));
    checks.equal("a write", region.write(16, b"abc"), Ok(()));
    checks.equal("growth", region.set_length(8192), Ok(()));
    checks.equal("shrinking", region.set_length(100), Ok(()));
    checks.that("a seal", region.seal(Seals::SHRINK).is_ok());
    checks.equal("five changes", region.changes(), Ok(5));
    let kinds = [
        (ChangeKind::Notified, 8, 4),
        (ChangeKind::Written, 16, 3),
        (ChangeKind::Grown, 8192, 0),
        (ChangeKind::Shrunk, 100, 0),
    ];
    for (seen, (kind, offset, length)) in (0..).zip(kinds) {
        let change = region.wait_change(seen, None).ok().flatten();
        let found = change.map(|it| (it.number, it.kind, it.offset, it.by));
        let wanted = (seen + 1, Some(kind), offset, process::id());
        checks.equal("each is remembered in turn", found, Some(wanted));
        if length > 0 {
            checks.equal("with its length", change.map(|it| it.length), Some(length));
        }
    }
    let last = region.wait_change(4, Some(LONG)).ok().flatten().and_then(|it| it.kind);
    checks.equal("the seal too", last, Some(ChangeKind::Sealed));
}

/// A child makes a thousand changes one after the other's answer; none is missed.
fn waiting(checks: &mut Checks) {
    const TURNS: u64 = 1000;
    let region = shared();
    let child = children::start(|| {
        (0..TURNS).all(|turn| {
            let told = region.notify(turn, 1) == Ok(2 * turn + 1);
            let answer = region.wait_change(2 * turn + 1, Some(LONG));
            told && answer.is_ok_and(|it| it.is_some_and(|it| it.number == 2 * turn + 2))
        })
    });
    let good = (0..TURNS).all(|turn| {
        let change = region.wait_change(2 * turn, Some(LONG)).ok().flatten();
        let seen = change.is_some_and(|it| (it.number, it.offset) == (2 * turn + 1, turn));
        seen && region.notify(turn, 1) == Ok(2 * turn + 2)
    });
    checks.that("no change is missed", good);
    checks.equal("on neither side", children::end(child), GOOD);
}

fn names(checks: &mut Checks) {
    let _ = region::unlink(NAME);
    checks.equal("no such name", region::exists(NAME), Ok(false));
    checks.equal("nor soon", region::wait_for_name(NAME, Some(SOON)), Ok(false));
    let child = children::start(|| {
        time::sleep(SOON);
        Region::options().bytes(1).create(NAME).is_ok()
    });
    checks.equal("a child makes it", region::wait_for_name(NAME, Some(LONG)), Ok(true));
    checks.equal("and ends", children::end(child), GOOD);
    checks.equal("it is there", region::wait_for_name(NAME, None), Ok(true));
    checks.equal("until it goes", region::unlink(NAME), Ok(()));
    let bad = region::wait_for_name("api", Some(SOON));
    checks.equal("what is no name is EINVAL", errno(bad), Some(Errno::EINVAL));
}

fn lock(checks: &mut Checks) {
    let region = shared();
    let Some(held) = checks.value("the lock", region.lock()) else { return };
    checks.that("is clean", !held.owner_died());
    checks.equal("not twice", errno(region.lock()), Some(Errno::EDEADLK));
    let state = region.stat().map(|it| (it.lock_owner, it.state));
    let wanted = (process::id().0, RegionState::LOCKED.bits());
    checks.equal("its holder is told", state, Ok(wanted));
    let refused = || {
        let tried = region.try_lock().is_ok_and(|it| it.is_none());
        tried && region.lock_within(SOON).is_ok_and(|it| it.is_none())
    };
    checks.equal("others do not get it", children::run(refused), GOOD);
    let Some(view) = checks.value("a view", region.map(READ_WRITE)) else { return };
    let child = children::start(|| {
        let Ok(held) = region.lock() else { return false };
        let after = word(&view, 0) == 1;
        drop(held);
        after
    });
    set(&view, 0, 1);
    drop(held);
    checks.equal("the next one gets it then", children::end(child), GOOD);
    let free = region.try_lock().ok().flatten().map(|it| it.owner_died());
    checks.equal("it is free again", free, Some(false));
}

/// Has a child take the lock and be killed with it.
fn die_with(region: &Region) -> Option<ExitStatus> {
    let child = children::start(|| {
        let Ok(held) = region.lock() else { return false };
        let told = region.notify(0, 0).is_ok();
        time::sleep(LONG);
        drop(held);
        told
    });
    let seen = region.changes().unwrap_or(0);
    if region.stat().is_ok_and(|it| it.lock_owner == 0) {
        let _ = region.wait_change(seen, Some(LONG));
    }
    let _ = process::kill(child.unwrap_or(Pid(0)), Signal::KILL);
    children::end(child)
}

fn dead_holder(checks: &mut Checks) {
    let region = shared();
    let killed = Some(ExitStatus::Signalled(Signal::KILL as u8));
    checks.equal("a holder is killed", die_with(&region), killed);
    let dirty = region.stat().map(|it| (it.lock_owner, it.state));
    checks.equal("the region is dirty", dirty, Ok((0, RegionState::DIRTY.bits())));
    let next = region.lock().map(|it| it.owner_died());
    checks.equal("the next holder is told", next, Ok(true));
    let Some(next) = checks.value("so is the one after", region.lock()) else { return };
    checks.that("for nobody has repaired it", next.owner_died());
    checks.equal("now it is", next.into_guard().unlock_consistent(), Ok(()));
    let next = region.lock_within(LONG).ok().flatten().map(|it| it.owner_died());
    checks.equal("and clean", next, Some(false));
}

fn departure(checks: &mut Checks) {
    let region = shared();
    let Some(view) = checks.value("a view", region.map(READ_WRITE)) else { return };
    let announce = || view.as_atomic_u32(64).is_some_and(|it| announce_departure(it).is_ok());
    checks.equal("a child announces its end", children::run(announce), GOOD);
    let told = view.as_atomic_u32(64).map(|it| it.load(Ordering::SeqCst));
    checks.equal("and it is told", told, Some(1));
}
