//! Futexes across processes and addresses.

use crate::os::{MILLISECOND, PAGE, READ_WRITE, SECOND};
use crate::{Checks, frames, os, touch};
use abi::futex::{FUTEX_PRIVATE_FLAG, FUTEX_WAKE};
use abi::memory::MapFlags;
use abi::process::ExitStatus;
use abi::{Errno, Sysno};

const GOOD: Result<ExitStatus, Errno> = Ok(ExitStatus::Exited(0));

/// The checks.
pub fn run(checks: &mut Checks) {
    arguments(checks);
    timeouts(checks);
    across_processes(checks);
    counts(checks);
    killed_waiters(checks);
    private_memory(checks);
    ping_pong(checks);
}

fn arguments(checks: &mut Checks) {
    let word = os::map(PAGE, os::COMMON);
    touch::store_word(word, 5);
    checks.equal("another value is EAGAIN", os::futex_wait(word, 6, None), Err(Errno::EAGAIN));
    checks.equal("an odd address is EINVAL", os::futex_wait(word + 1, 0, None), Err(Errno::EINVAL));
    checks.equal("a bad address is EFAULT", os::futex_wait(8, 0, None), Err(Errno::EFAULT));
    checks.equal("nobody waits", os::futex_wake(word, 1), Ok(0));
    let unknown = os::call(Sysno::Futex, [word, 99, 0, 0, 0, 0]);
    checks.equal("an unknown operation is ENOSYS", unknown, Err(Errno::ENOSYS));
    let _ = os::unmap(word, PAGE);
}

fn timeouts(checks: &mut Checks) {
    let word = os::map(PAGE, os::COMMON);
    let before = os::now();
    let answer = os::futex_wait(word, 0, Some(30 * MILLISECOND));
    checks.equal("time runs out", answer, Err(Errno::ETIMEDOUT));
    checks.that("not before it is over", os::now() - before >= 30 * MILLISECOND);
    let bad = [0_u64, 2_000_000_000];
    let answer = os::call(Sysno::Futex, [word, 0, 0, bad.as_ptr() as u64]);
    checks.equal("a time that is none is EINVAL", answer, Err(Errno::EINVAL));
    let answer = os::call(Sysno::Futex, [word, 0, 0, 8]);
    checks.equal("a bad pointer to the time is EFAULT", answer, Err(Errno::EFAULT));
    let _ = os::unmap(word, PAGE);
}

/// Wakes until somebody was woken.
fn wake_one(word: u64) -> bool {
    os::until(10 * SECOND, || os::futex_wake(word, 1) == Ok(1))
}

fn across_processes(checks: &mut Checks) {
    let name = c"/dev/shm/guest-futex";
    let region = checks.value("a region", os::create(name, 0o600));
    let _ = os::set_length(region, 2 * PAGE);
    let view = || os::map_file(region, 2 * PAGE, READ_WRITE, MapFlags::SHARED).unwrap_or(0);
    let (mine, theirs) = (view(), view());
    checks.that("two addresses of one region", mine != theirs);
    let wait = |address: u64| {
        os::start_child(|| i32::from(os::futex_wait(address, 0, Some(20 * SECOND)).is_err()))
    };
    let child = wait(theirs + PAGE + 12);
    checks.that("a wake reaches another address", wake_one(mine + PAGE + 12));
    checks.equal("in another process", child.and_then(os::wait), GOOD);
    let reader = os::map_file(region, 2 * PAGE, abi::memory::Protection::READ, MapFlags::SHARED);
    let child = wait(reader.unwrap_or(0));
    let _ = (os::unlink(name), os::close(region));
    checks.that("a wake reaches a read-only view, unlinked too", wake_one(mine));
    checks.equal("and ends its wait", child.and_then(os::wait), GOOD);
    let child = wait(mine);
    checks.equal("another word wakes nobody", os::futex_wake(mine + 4, 9), Ok(0));
    checks.that("the right one does", wake_one(mine));
    checks.equal("once", child.and_then(os::wait), GOOD);
    for address in [mine, theirs, reader.unwrap_or(0)] {
        let _ = os::unmap(address, 2 * PAGE);
    }
}

/// Waits until all of these children sleep.
pub fn sleeping(children: &[u64]) -> bool {
    os::until(10 * SECOND, || {
        let mut asleep = 0;
        os::for_each_process(|process| {
            asleep += u32::from(children.contains(&process.pid.into()) && process.state == 1);
        });
        asleep as usize == children.len()
    })
}

fn counts(checks: &mut Checks) {
    let word = os::map(PAGE, os::COMMON);
    let children: [u64; 5] = core::array::from_fn(|_| {
        os::start_child(|| i32::from(os::futex_wait(word, 0, Some(20 * SECOND)).is_err()))
            .unwrap_or(0)
    });
    checks.that("five sleep", sleeping(&children));
    checks.equal("two are woken", os::futex_wake(word, 2), Ok(2));
    checks.equal("the rest is woken", os::futex_wake(word, i32::MAX as u32), Ok(3));
    checks.that("all end well", children.iter().all(|child| os::wait(*child) == GOOD));
    let _ = os::unmap(word, PAGE);
}

fn killed_waiters(checks: &mut Checks) {
    let word = os::map(PAGE, os::COMMON);
    frames::unchanged(checks, "killed waiters leak nothing", || {
        let children: [u64; 5] = core::array::from_fn(|_| {
            os::start_child(|| os::futex_wait(word, 0, None).map_or(1, |_| 0)).unwrap_or(0)
        });
        let _ = sleeping(&children);
        children.iter().for_each(|child| os::ignore(os::end(*child)));
        os::wait_for_all();
    });
    checks.equal("a killed waiter is not woken", os::futex_wake(word, 100), Ok(0));
    let _ = os::unmap(word, PAGE);
}

/// The same address in a child's copy is another word.
fn private_memory(checks: &mut Checks) {
    let word = os::map(PAGE, os::ANONYMOUS);
    touch::store(word, 0);
    let child = os::start_child(|| {
        i32::from(os::futex_wait(word, 0, Some(300 * MILLISECOND)) != Err(Errno::ETIMEDOUT))
    });
    let children = [child.unwrap_or(0)];
    let _ = sleeping(&children);
    let flag = u64::from(FUTEX_WAKE | FUTEX_PRIVATE_FLAG);
    checks.equal("a copy is another futex", os::futex_wake(word, 9), Ok(0));
    let answer = os::call(Sysno::Futex, [word, flag, 9, 0, 0, 0]);
    checks.equal("by the private call too", answer, Ok(0));
    checks.equal("the child's time runs out", child.and_then(os::wait), GOOD);
    let _ = os::unmap(word, PAGE);
}

/// Two processes take turns a thousand times; a lost wake-up ends in a time-out.
fn ping_pong(checks: &mut Checks) {
    let word = os::map(PAGE, os::COMMON);
    let play = |own: u32| {
        for _ in 0..1000 {
            while touch::load_word(word) % 2 != own {
                let other = touch::load_word(word);
                if other % 2 != own
                    && os::futex_wait(word, other, Some(10 * SECOND)) == Err(Errno::ETIMEDOUT)
                {
                    return false;
                }
            }
            touch::store_word(word, touch::load_word(word) + 1);
            let _ = os::futex_wake(word, 1);
        }
        true
    };
    let child = os::start_child(|| i32::from(!play(1)));
    checks.that("a thousand turns here", play(0));
    checks.equal("and there", child.and_then(os::wait), GOOD);
    checks.equal("none is lost", touch::load_word(word), 2000);
    let _ = os::unmap(word, PAGE);
}
