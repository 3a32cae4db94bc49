//! Waiting until a region of a name exists.

use super::futex::sleeping;
use crate::os::region_sync as regions;
use crate::os::{HERE, MILLISECOND, SECOND};
use crate::{Checks, frames, os};
use abi::process::ExitStatus;
use abi::{Errno, Sysno};

const NAME: &[u8] = b"/region-names";
const OTHER: &[u8] = b"/region-names-other";
const GOOD: Result<ExitStatus, Errno> = Ok(ExitStatus::Exited(0));

/// The checks.
pub fn run(checks: &mut Checks) {
    answers(checks);
    for (way, appear) in WAYS {
        appears(checks, way, *appear);
    }
    frames::unchanged(checks, "killed waiters leak nothing", || {
        let children = waiters();
        sleeping(&children);
        children.iter().for_each(|child| os::ignore(os::end(*child)));
        os::wait_for_all();
    });
}

fn answers(checks: &mut Checks) {
    let before = os::now();
    let answer = regions::wait_name(NAME, Some(30 * MILLISECOND));
    checks.equal("time runs out", answer, Err(Errno::ETIMEDOUT));
    checks.that("not before it is over", os::now() - before >= 30 * MILLISECOND);
    for bad in [&b""[..], b"/", b"plain", b"/a/b", b"/a\0b"] {
        let answer = regions::wait_name(bad, None);
        checks.equal("what can be no name is EINVAL", answer, Err(Errno::EINVAL));
    }
    let wait = |length, time| os::call(Sysno::RegionWaitName, [NAME.as_ptr() as u64, length, time]);
    checks.equal("a long name is ENAMETOOLONG", wait(300, 0), Err(Errno::ENAMETOOLONG));
    checks.equal("a bad time is EFAULT", wait(NAME.len() as u64, 8), Err(Errno::EFAULT));
    let answer = os::call(Sysno::RegionWaitName, [8, 5, 0]);
    checks.equal("a bad name is EFAULT", answer, Err(Errno::EFAULT));
    let region = checks.value("created", regions::create(NAME, 1));
    checks.equal("one that is there", regions::wait_name(NAME, None), Ok(0));
    regions::remove(region, NAME);
    let answer = regions::wait_name(NAME, Some(0));
    checks.equal("and is there no more", answer, Err(Errno::ETIMEDOUT));
}

/// Ways in which a region of the name begins to exist.
const WAYS: &[(&str, fn())] = &[
    ("a native creation", || os::close_all(regions::create(NAME, 1))),
    ("a file in /dev/shm", || {
        let file = os::create(c"/dev/shm/region-names", 0o600);
        os::close_all(file);
    }),
    ("a link", || {
        let region = regions::create(OTHER, 1).unwrap_or(-1);
        let paths = [c"/dev/shm/region-names-other", c"/dev/shm/region-names"];
        let [old, new] = paths.map(|path| path.as_ptr() as u64);
        os::ignore(os::call(Sysno::Linkat, [HERE, old, HERE, new, 0]));
        regions::remove(region, OTHER);
    }),
    ("a rename", || {
        let region = regions::create(OTHER, 1).unwrap_or(-1);
        let paths = [c"/dev/shm/region-names-other", c"/dev/shm/region-names"];
        let [old, new] = paths.map(|path| path.as_ptr() as u64);
        os::ignore(os::call(Sysno::Renameat, [HERE, old, HERE, new]));
        os::ignore(os::close(region));
    }),
];

fn waiters() -> [u64; 4] {
    core::array::from_fn(|_| {
        os::start_child(|| i32::from(regions::wait_name(NAME, Some(20 * SECOND)) != Ok(0)))
            .unwrap_or(0)
    })
}

fn appears(checks: &mut Checks, way: &str, appear: fn()) {
    let children = waiters();
    checks.that("four wait", sleeping(&children));
    // Another name wakes nobody for good.
    regions::remove(regions::create(OTHER, 1).unwrap_or(-1), OTHER);
    appear();
    checks.that(way, children.iter().all(|child| os::wait(*child) == GOOD));
    os::ignore(regions::unlink(NAME));
}
