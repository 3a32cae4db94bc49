//! The time of day: who sets it, what follows it, and that nobody sees half of a change.

use super::vdso;
use crate::os::{MILLISECOND, SECOND, fd};
use crate::{Checks, os, touch};
use abi::epoll::{TFD_TIMER_ABSTIME, TimerSetting};
use abi::futex::{FUTEX_BITSET_MATCH_ANY, FUTEX_CLOCK_REALTIME, FUTEX_WAIT_BITSET};
use abi::process::ExitStatus;
use abi::time::{
    CLOCK_BOOTTIME, CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID, CLOCK_REALTIME, CLOCK_TAI,
    NOTIFY_NONE, SignalEvent, TIMER_ABSTIME, TimeSpec, TimerTime,
};
use abi::{Errno, Sysno};
use core::ffi::CStr;
use core::time::Duration;
use zerocopy::IntoBytes;

const FILE: &CStr = c"/tmp/guest-day";
/// A day in 2023, and one so far away that no half of a word is the same.
const DAYS: [u64; 2] = [1_700_000_000, 8_000_000_000];
const STEP: u64 = 20 * MILLISECOND;

/// The checks.
pub fn run(checks: &mut Checks) {
    refusals(checks);
    set_day(checks);
    deadlines(checks);
    sleepers(checks);
    time_of_day(checks);
    halves(checks);
    // As it was, as far as that can be.
    checks.equal("back", set(CLOCK_REALTIME, spec(os::now() + SECOND)), Ok(0));
}

const fn spec(nanoseconds: u64) -> TimeSpec {
    TimeSpec::from_duration(Duration::from_nanos(nanoseconds))
}

fn set(clock: u32, time: TimeSpec) -> os::Answer {
    os::call(Sysno::ClockSettime, [clock.into(), time.as_bytes().as_ptr() as u64])
}

fn day() -> u64 {
    os::clock(CLOCK_REALTIME).unwrap_or(0)
}

fn refusals(checks: &mut Checks) {
    let good = spec(DAYS[0] * SECOND);
    for clock in [CLOCK_MONOTONIC, CLOCK_BOOTTIME, CLOCK_TAI, CLOCK_PROCESS_CPUTIME_ID, 77] {
        checks.equal("only one clock is set", set(clock, good), Err(Errno::EINVAL));
    }
    checks.equal("a process's least of all", set(!0 << 3 | 2, good), Err(Errno::EPERM));
    for (seconds, nanoseconds) in [
        (1, -1),
        (DAYS[0] as i64, 1_000_000_000),
        (-1, 0),
        (0, 0),
        (i64::MAX, 0),
        (9_000_000_000, 0),
    ] {
        let answer = set(CLOCK_REALTIME, TimeSpec { seconds, nanoseconds });
        checks.equal("a time that can't be", answer, Err(Errno::EINVAL));
    }
    let bad = os::call(Sysno::ClockSettime, [CLOCK_REALTIME.into(), 8]);
    checks.equal("a bad pointer is EFAULT", bad, Err(Errno::EFAULT));
    let status = os::in_child(|| {
        os::ignore(os::become_user(1000, 1000));
        let answers = [set(CLOCK_REALTIME, good), set_time_of_day(&[DAYS[0] as i64, 0])];
        i32::from(answers != [Err(Errno::EPERM); 2])
    });
    checks.equal("only root sets it", status, Ok(ExitStatus::Exited(0)));
    checks.that("nothing has changed", day() < DAYS[0] * SECOND);
}

fn set_day(checks: &mut Checks) {
    let boot = os::now();
    for seconds in DAYS {
        checks.equal("it is set", set(CLOCK_REALTIME, spec(seconds * SECOND + 5)), Ok(0));
        let found = day();
        let passed = os::now() - boot;
        let first = seconds * SECOND + 5;
        checks.that("and goes on from there", (first..=first + passed).contains(&found));
        checks.that("other clocks stay", passed < 1000 * SECOND);
        let international = os::clock(CLOCK_TAI).unwrap_or(0);
        checks.that("atomic time is the same", international >= found);
        vdso::run(checks);
        let file = checks.value("a file", os::create(FILE, 0o600));
        let stat = checks.value("has times", os::stat_and_close(file));
        checks.that("of that day", (0..1000).contains(&(stat.st_mtime - seconds as i64)));
        os::ignore(os::unlink(FILE));
    }
}

/// An absolute time of day is waited for, no shorter and not much longer.
fn deadlines(checks: &mut Checks) {
    let mut check = |name: &str, wait: &mut dyn FnMut(&TimeSpec) -> os::Answer, end| {
        let begin = os::now();
        let time = spec(day() + STEP);
        checks.equal(name, wait(&time), end);
        let taken = os::now() - begin;
        checks.that(name, (STEP..10 * SECOND).contains(&taken));
    };
    let clock = u64::from(CLOCK_REALTIME);
    check("sleep", &mut |time| sleep_until(time), Ok(0));
    let word = 5_u32;
    let futex = |time: &TimeSpec| {
        let operation = FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME;
        let (word, time) = ((&raw const word) as u64, time.as_bytes().as_ptr() as u64);
        os::call(Sysno::Futex, [word, operation.into(), 5, time, 0, FUTEX_BITSET_MATCH_ANY.into()])
    };
    check("futex", &mut { futex }, Err(Errno::ETIMEDOUT));
    check(
        "timerfd",
        &mut |time| {
            let timer = os::call(Sysno::TimerfdCreate, [clock, 0])? as i32;
            let setting = TimerSetting { interval: TimeSpec::default(), value: *time };
            let at = setting.as_bytes().as_ptr() as u64;
            os::call(Sysno::TimerfdSettime, [fd(timer), TFD_TIMER_ABSTIME.into(), at, 0])?;
            let mut count = [0; 8];
            let outcome = os::read(timer, &mut count);
            os::close_all([timer]);
            outcome
        },
        Ok(8),
    );
    check(
        "timer",
        &mut |time| {
            let mut timer = 0_u32;
            let event = SignalEvent::new(NOTIFY_NONE, 0, 0, 0);
            let event = event.as_bytes().as_ptr() as u64;
            os::call(Sysno::TimerCreate, [clock, event, (&raw mut timer) as u64])?;
            let timer = u64::from(core::hint::black_box(timer));
            let setting = TimerTime { interval: TimeSpec::default(), value: *time };
            let at = setting.as_bytes().as_ptr() as u64;
            os::call(Sysno::TimerSettime, [timer, TIMER_ABSTIME.into(), at, 0])?;
            let ended = os::until(10 * SECOND, || {
                let mut left = TimerTime::default();
                let at = left.as_mut_bytes().as_mut_ptr() as u64;
                let answer = os::call(Sysno::TimerGettime, [timer, at]);
                answer.is_ok() && core::hint::black_box(left).value == TimeSpec::default()
            });
            os::call(Sysno::TimerDelete, [timer])?;
            Ok(ended.into())
        },
        Ok(1),
    );
}

fn sleep_until(time: &TimeSpec) -> os::Answer {
    let at = time.as_bytes().as_ptr() as u64;
    os::call(Sysno::ClockNanosleep, [CLOCK_REALTIME.into(), TIMER_ABSTIME.into(), at, 0])
}

/// Who sleeps up to a time of day wakes when it is set to that; who sleeps for a while does not.
fn sleepers(checks: &mut Checks) {
    let begin = day();
    let until = spec(begin + 1000 * SECOND);
    let absolute = os::start_child(|| i32::from(sleep_until(&until) != Ok(0)));
    let relative = os::start_child(|| i32::from(os::sleep(1000 * SECOND) != Ok(0)));
    let (absolute, relative) = (absolute.unwrap_or(0), relative.unwrap_or(0));
    os::ignore(os::sleep(50 * MILLISECOND));
    checks.equal("set ahead", set(CLOCK_REALTIME, spec(begin + 2000 * SECOND)), Ok(0));
    let ended = os::wait_or_kill(absolute, 20 * SECOND);
    checks.equal("a sleeper up to a time wakes", ended, Ok(ExitStatus::Exited(0)));
    let still = os::wait_for(relative as i64, abi::process::WNOHANG);
    checks.equal("one for a while sleeps on", still.map(|(child, _)| child), Ok(0));
    os::ignore(os::end(relative));
    os::ignore(os::wait(relative));
}

fn set_time_of_day(time: &[i64; 2]) -> os::Answer {
    os::call(Sysno::Settimeofday, [time.as_ptr() as u64, 0])
}

fn time_of_day(checks: &mut Checks) {
    let seconds = DAYS[0] as i64;
    checks.equal("settimeofday", set_time_of_day(&[seconds, 7]), Ok(0));
    checks.that("sets the same clock", day() / SECOND - DAYS[0] < 1000);
    for bad in [[seconds, 1_000_000], [seconds, -1], [-1, 0], [0, 0]] {
        checks.equal("a time that can't be", set_time_of_day(&bad), Err(Errno::EINVAL));
    }
    let zone = |minutes: i32| {
        let zone = [minutes, 0];
        os::call(Sysno::Settimeofday, [0, zone.as_ptr() as u64])
    };
    checks.equal("a zone is taken", zone(-60), Ok(0));
    checks.equal("unless it is none", zone(901), Err(Errno::EINVAL));
    let bad = os::call(Sysno::Settimeofday, [8, 0]);
    checks.equal("a bad pointer is EFAULT", bad, Err(Errno::EFAULT));
}

/// Readers of the shared page see one day or the other.
fn halves(checks: &mut Checks) {
    let gettime = vdso::clock_gettime();
    let is_day = |seconds: u64| DAYS.iter().any(|day| (*day..day + 1000).contains(&seconds));
    let stop = os::map(os::PAGE, os::COMMON);
    checks.equal("a day to begin with", set(CLOCK_REALTIME, spec(DAYS[0] * SECOND)), Ok(0));
    let read = || {
        let mut wrong = 0;
        while touch::load(stop) == 0 {
            let mut time = [0_u64; 2];
            let _ = touch::call2(gettime, 0, (&raw mut time) as u64);
            wrong += i32::from(!is_day(core::hint::black_box(time)[0]));
        }
        wrong.min(1)
    };
    let readers: [u64; 2] = core::array::from_fn(|_| os::start_child(read).unwrap_or(0));
    let mut failed = 0;
    for turn in 0..2000 {
        failed += u32::from(set(CLOCK_REALTIME, spec(DAYS[turn % 2] * SECOND)).is_err());
    }
    touch::store(stop, 1);
    checks.equal("it is set again and again", failed, 0);
    for reader in readers {
        checks.equal("nobody sees a half", os::wait(reader), Ok(ExitStatus::Exited(0)));
    }
    os::ignore(os::unmap(stop, os::PAGE));
}
