//! Clocks and sleeps.

use crate::os::{MILLISECOND, SECOND};
use crate::{Checks, os, touch};
use abi::time::{
    CLOCK_BOOTTIME, CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID, CLOCK_REALTIME, TIMER_ABSTIME,
};
use abi::{Errno, Sysno};

/// The checks.
pub fn run(checks: &mut Checks) {
    clocks(checks);
    sleeps(checks);
    many_sleepers(checks);
}

fn clocks(checks: &mut Checks) {
    let mut last = os::now();
    let mut backwards = 0;
    for _ in 0..20_000 {
        let now = os::now();
        backwards += u32::from(now < last);
        last = now;
    }
    checks.equal("the clock never goes back", backwards, 0);
    for clock in [CLOCK_REALTIME, CLOCK_BOOTTIME, CLOCK_PROCESS_CPUTIME_ID] {
        checks.that("the other clocks answer", os::clock(clock).is_ok());
    }
    checks.equal("an unknown clock is EINVAL", os::clock(999), Err(Errno::EINVAL));
    let bad = os::call(Sysno::ClockGettime, [1, 8]);
    checks.equal("a bad pointer is EFAULT", bad, Err(Errno::EFAULT));
    let before = os::clock(CLOCK_PROCESS_CPUTIME_ID).unwrap_or(0);
    let _ = os::sleep(100 * MILLISECOND);
    let used = os::clock(CLOCK_PROCESS_CPUTIME_ID).unwrap_or(u64::MAX) - before;
    checks.that("sleep uses no time of the core", used < 50 * MILLISECOND);
    children_agree(checks);
}

/// Clocks of all cores agree: a time that one process has seen is never in another's future.
fn children_agree(checks: &mut Checks) {
    let word = os::map(os::PAGE, os::COMMON);
    let run = || {
        let mut wrong = 0;
        for _ in 0..5_000 {
            let seen = touch::load(word);
            let now = os::now();
            wrong += i32::from(now < seen);
            touch::store(word, now);
        }
        wrong.min(1)
    };
    let children: [u64; 4] = core::array::from_fn(|_| os::start_child(run).unwrap_or(0));
    let good = Ok(abi::process::ExitStatus::Exited(0));
    let agree = children.iter().fold(true, |agree, child| (os::wait(*child) == good) & agree);
    checks.that("all cores have the same time", agree);
    let _ = os::unmap(word, os::PAGE);
}

fn sleeps(checks: &mut Checks) {
    for milliseconds in [0, 1, 10, 50] {
        let before = os::now();
        checks.equal("a sleep ends well", os::sleep(milliseconds * MILLISECOND), Ok(0));
        let slept = os::now() - before;
        checks.that("a sleep is not too short", slept >= milliseconds * MILLISECOND);
        checks.that("nor much too long", slept < 5 * SECOND);
    }
    for bad in [[0, 1_000_000_000], [0, u64::MAX], [u64::MAX, 0]] {
        let answer = os::call(Sysno::Nanosleep, [bad.as_ptr() as u64, 0]);
        checks.equal("a time that is none is EINVAL", answer, Err(Errno::EINVAL));
    }
    checks.equal("a bad pointer is EFAULT", os::call(Sysno::Nanosleep, [8, 0]), Err(Errno::EFAULT));
    let until = os::now() + 20 * MILLISECOND;
    let time = [until / SECOND, until % SECOND];
    let absolute = [CLOCK_MONOTONIC.into(), TIMER_ABSTIME.into(), time.as_ptr() as u64, 0];
    checks.equal("an absolute sleep", os::call(Sysno::ClockNanosleep, absolute), Ok(0));
    checks.that("ends when it is time", os::now() >= until);
    let before = os::now();
    let past = os::call(Sysno::ClockNanosleep, absolute);
    checks.equal("a time in the past is no sleep", past, Ok(0));
    checks.that("at all", os::now() - before < 5 * SECOND);
}

/// Sleepers wake in the order of their times, however they began.
fn many_sleepers(checks: &mut Checks) {
    let counter = os::map(os::PAGE, os::COMMON);
    let begin = os::now() + 200 * MILLISECOND;
    for index in (0..10_u64).rev() {
        let _ = os::start_child(|| {
            let until = begin + index * 100 * MILLISECOND;
            let time = [until / SECOND, until % SECOND];
            let absolute = [CLOCK_MONOTONIC.into(), TIMER_ABSTIME.into(), time.as_ptr() as u64, 0];
            let _ = os::call(Sysno::ClockNanosleep, absolute);
            let order = touch::add(counter, 1);
            i32::from(order != index + 1)
        });
    }
    let mut wrong = 0;
    while let Ok((_, status)) = os::wait_for(-1, 0) {
        wrong += u32::from(status != abi::process::ExitStatus::Exited(0));
    }
    checks.equal("ten sleepers wake in order", wrong, 0);
    let _ = os::unmap(counter, os::PAGE);
}
