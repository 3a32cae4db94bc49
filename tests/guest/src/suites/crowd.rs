//! Storms of processes: many in a row, many at once.

use crate::{Checks, frames, os, touch};
use abi::file::OpenFlags;
use abi::process::ExitStatus;
use core::ffi::CStr;

const GOOD: Result<ExitStatus, abi::Errno> = Ok(ExitStatus::Exited(0));
const CROWD: usize = 64;

/// A thousand times fork, exec and wait.
pub fn thousand(checks: &mut Checks) {
    let mut bad = 0;
    let mut round = |count: u32| {
        for _ in 0..count {
            bad += u32::from(os::spawn(&[c"/bin/true"]).and_then(os::wait) != GOOD);
        }
    };
    round(3);
    let before = frames::settled(None);
    round(1000);
    let after = frames::settled(Some(before));
    checks.equal("the count of free frames is what it was", after, before);
    checks.equal("each of the thousand succeeded", bad, 0);
}

/// Sixty-four processes at the same time.
pub fn run(checks: &mut Checks) {
    let mut good = 0;
    frames::unchanged(checks, "64 forked processes leak nothing", || {
        good = at_once(|from| {
            let memory = os::map(32 * os::PAGE, os::ANONYMOUS);
            (0..32).for_each(|page| touch::store(memory + page * os::PAGE, 1));
            os::read(from, &mut [0]).map_or(1, |length| length as i32)
        });
    });
    checks.equal("all 64 ended well", good, CROWD);
    frames::unchanged(checks, "64 programs at once leak nothing", || {
        good = at_once(|from| {
            let _ = os::duplicate(from, 0, 0);
            let cat: &CStr = c"/bin/cat";
            os::execute(cat, &[cat], &[]);
            127
        });
    });
    checks.equal("all 64 programs ended well", good, CROWD);
    let mut listed = 0;
    os::for_each_process(|_| listed += 1);
    checks.that("none of them is left", listed < CROWD);
}

/// Starts the crowd, each waiting for the end of a pipe; gives how many ended with 0.
fn at_once(work: impl Fn(i32) -> i32) -> usize {
    let Ok([from, to]) = os::pipe(OpenFlags::CLOSE_ON_EXEC) else { return 0 };
    let children: [_; CROWD] = core::array::from_fn(|_| {
        os::start_child(|| {
            let _ = os::close(to);
            work(from)
        })
    });
    let mut listed = 0;
    os::for_each_process(|_| listed += 1);
    let _ = (os::close(to), os::close(from));
    let good = children.into_iter().filter(|child| child.and_then(os::wait) == GOOD).count();
    // Where the kernel lists no processes, there is nothing to compare.
    if listed > 0 && listed < CROWD { 0 } else { good }
}
