//! Timers: `timer_create` and its kin, and the interval timers that count time on a core.

use crate::os::{Handled, LOG, MILLISECOND, SECOND, note, set_of};
use crate::{Checks, os};
use abi::process::ExitStatus;
use abi::signal::{ActionFlags, SI_KERNEL, SI_TIMER, Signal, SignalAction, signal_bit};
use abi::time::{
    CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID, ITIMER_PROF, ITIMER_REAL, ITIMER_VIRTUAL,
    NOTIFY_NONE, NOTIFY_SIGNAL, NOTIFY_THREAD_ID, SignalEvent, TIMER_ABSTIME, TimeSpec, TimerTime,
};
use abi::{Errno, Sysno};
use core::time::Duration;
use zerocopy::IntoBytes;

const NONE: ActionFlags = ActionFlags::empty();
const REAL_TIME: u32 = 45;

/// The checks.
pub fn run(checks: &mut Checks) {
    once(checks);
    beats(checks);
    arguments(checks);
    intervals(checks);
    ends(checks);
    storms(checks);
}

fn create(clock: u32, event: Option<&SignalEvent>) -> os::Answer<u32> {
    let mut timer = u32::MAX;
    let event = event.map_or(0, |event| event.as_bytes().as_ptr() as u64);
    os::call(Sysno::TimerCreate, [clock.into(), event, (&raw mut timer) as u64])?;
    Ok(timer)
}

fn set(timer: u32, flags: u32, value: u64, interval: u64) -> os::Answer<TimerTime> {
    let time = |nanoseconds| TimeSpec::from_duration(Duration::from_nanos(nanoseconds));
    let new = TimerTime { interval: time(interval), value: time(value) };
    let mut before = TimerTime::default();
    let addresses = [new.as_bytes().as_ptr() as u64, before.as_mut_bytes().as_mut_ptr() as u64];
    os::call(Sysno::TimerSettime, [timer.into(), flags.into(), addresses[0], addresses[1]])?;
    Ok(before)
}

fn delete(timer: u32) -> os::Answer {
    os::call(Sysno::TimerDelete, [timer.into()])
}

fn once(checks: &mut Checks) {
    let own = os::own_id() as u32;
    let _ = os::handle(REAL_TIME, note, NONE, 0);
    for notify in [NOTIFY_SIGNAL, NOTIFY_THREAD_ID] {
        LOG.clear();
        let event = SignalEvent::new(notify, REAL_TIME, 0x1234, own);
        let timer = checks.value("a timer", create(CLOCK_MONOTONIC, Some(&event)));
        let begin = os::now();
        checks.that("is set", set(timer, 0, 20 * MILLISECOND, 0).is_ok());
        checks.that("and tells", os::until(20 * SECOND, || LOG.count() > 0));
        checks.that("not too early", os::now() - begin >= 20 * MILLISECOND);
        let told = Handled { number: REAL_TIME.into(), code: SI_TIMER, detail: timer.into() };
        checks.equal("which it is", LOG.get(0), told);
        LOG.clear();
        let at = os::now() + 20 * MILLISECOND;
        checks.that("or for a point in time", set(timer, TIMER_ABSTIME, at, 0).is_ok());
        checks.that("and tells", os::until(20 * SECOND, || LOG.count() > 0));
        checks.that("then", os::now() >= at);
        checks.equal("it is deleted", delete(timer), Ok(0));
    }
    let _ = os::handle(Signal::ALRM as u32, note, NONE, 0);
    LOG.clear();
    let timer = checks.value("a timer without an event", create(CLOCK_MONOTONIC, None));
    let _ = set(timer, 0, MILLISECOND, 0);
    checks.that("tells too", os::until(20 * SECOND, || LOG.numbers() == [14]));
    let _ = delete(timer);
    let event = SignalEvent::new(NOTIFY_NONE, 0, 0, 0);
    let timer = checks.value("a silent timer", create(CLOCK_MONOTONIC, Some(&event)));
    let _ = set(timer, 0, 1000 * SECOND, 5 * SECOND);
    let before = set(timer, 0, 0, 0).unwrap_or_default();
    checks.equal("tells its interval", before.interval.seconds, 5);
    checks.that("and what is left", (990..=1000).contains(&before.value.seconds));
    checks.equal("and when it is not set", set(timer, 0, 0, 0), Ok(TimerTime::default()));
    let _ = delete(timer);
    let event = SignalEvent::new(NOTIFY_SIGNAL, REAL_TIME, 0, 0);
    LOG.clear();
    let timer =
        checks.value("one of time on a core", create(CLOCK_PROCESS_CPUTIME_ID, Some(&event)));
    let spent = || os::clock(CLOCK_PROCESS_CPUTIME_ID).unwrap_or(0);
    let begin = spent();
    let _ = set(timer, 0, 30 * MILLISECOND, 0);
    while LOG.count() == 0 && spent() < begin + 5 * SECOND {
        core::hint::spin_loop();
    }
    checks
        .that("tells when that is spent", LOG.count() == 1 && spent() >= begin + 30 * MILLISECOND);
    let _ = delete(timer);
}

fn beats(checks: &mut Checks) {
    let event = SignalEvent::new(NOTIFY_SIGNAL, REAL_TIME, 9, 0);
    let timer = checks.value("a timer", create(CLOCK_MONOTONIC, Some(&event)));
    let _ = os::set_mask(signal_bit(REAL_TIME));
    let _ = set(timer, 0, 5 * MILLISECOND, 5 * MILLISECOND);
    let _ = os::sleep(60 * MILLISECOND);
    let _ = set(timer, 0, 0, 0);
    let taken = os::wait_signal(signal_bit(REAL_TIME), Some(0));
    let overrun = taken.map_or(0, |info| info.overrun());
    checks.that("times while the signal waits are counted", (10..1000).contains(&overrun));
    checks.equal("with its value", taken.map(|info| info.value()), Ok(9));
    let told = os::call(Sysno::TimerGetoverrun, [timer.into()]);
    checks.equal("and told", told, Ok(overrun.into()));
    let again = os::wait_signal(signal_bit(REAL_TIME), Some(0)).err();
    checks.equal("there is one signal only", again, Some(Errno::EAGAIN));
    let _ = os::set_mask(0);
    let _ = delete(timer);
}

fn arguments(checks: &mut Checks) {
    let event = SignalEvent::new(NOTIFY_SIGNAL, REAL_TIME, 9, 0);
    checks.equal("no such clock", create(77, Some(&event)), Err(Errno::EINVAL));
    for (notify, signal, thread) in [(9, 1, 0), (NOTIFY_SIGNAL, 65, 0), (NOTIFY_THREAD_ID, 40, 1)] {
        let event = SignalEvent::new(notify, signal, 0, thread);
        let made = create(CLOCK_MONOTONIC, Some(&event));
        checks.equal("no such event", made, Err(Errno::EINVAL));
    }
    let nowhere = os::call(Sysno::TimerCreate, [1, 0, 8]);
    checks.equal("nowhere to store", nowhere, Err(Errno::EFAULT));
    for call in [Sysno::TimerDelete, Sysno::TimerGettime, Sysno::TimerGetoverrun] {
        checks.equal("no such timer", os::call(call, [200, 0]), Err(Errno::EINVAL));
    }
    checks.equal("to be set", set(200, 0, 1, 0), Err(Errno::EINVAL));
    for (which, value) in [(3, 0), (0, 8)] {
        let answer = os::call(Sysno::Getitimer, [which, value]);
        let error = if which == 3 { Errno::EINVAL } else { Errno::EFAULT };
        checks.equal("no such interval timer or place", answer, Err(error));
    }
    let mut made = 0;
    while made < 100_000 && create(CLOCK_MONOTONIC, None).is_ok() {
        made += 1;
    }
    checks.that("there are many", (32..100_000).contains(&made));
    let answer = create(CLOCK_MONOTONIC, None);
    checks.equal("and then no more", answer, Err(Errno::EAGAIN));
    for timer in 0..made {
        let _ = delete(timer);
    }
}

fn intervals(checks: &mut Checks) {
    for (which, signal) in [(ITIMER_VIRTUAL, Signal::VTALRM), (ITIMER_PROF, Signal::PROF)] {
        let _ = os::handle(signal as u32, note, NONE, 0);
        LOG.clear();
        let _ = os::set_timer(which, 20_000, 0);
        let begin = os::now();
        while LOG.count() == 0 && os::now() < begin + 20 * SECOND {
            core::hint::spin_loop();
        }
        let told = Handled { number: signal as u64, code: SI_KERNEL, detail: 0 };
        checks.equal("time on a core ends", LOG.get(0), told);
    }
    let _ = os::set_timer(ITIMER_REAL, 5_000_000, 7);
    let status = os::in_child(|| {
        let left = os::set_timer(ITIMER_REAL, 0, 0).unwrap_or_default();
        i32::from(left.value.seconds != 0 || left.value.microseconds != 0)
    });
    checks.equal("a child has no timers", status, Ok(ExitStatus::Exited(0)));
    let left = os::set_timer(ITIMER_REAL, 0, 0).unwrap_or_default();
    checks.that(
        "the parent keeps its own",
        left.value.seconds == 4 && left.interval.microseconds == 7,
    );
}

/// Without a handler the alarm ends the program; and an end leaves no timers behind.
fn ends(checks: &mut Checks) {
    let status = os::in_child(|| {
        let _ = os::set_action(Signal::ALRM as u32, &SignalAction::default());
        let _ = os::set_timer(ITIMER_REAL, 1000, 0);
        let _ = os::suspend(set_of(&[]));
        0
    });
    let ended = Ok(ExitStatus::Signalled(Signal::ALRM as u8));
    checks.equal("an alarm ends a program", status, ended);
    crate::frames::unchanged(checks, "timers of programs that end leak nothing", || {
        for _ in 0..10 {
            let _ = os::in_child(|| {
                let _ = os::set_timer(ITIMER_REAL, 100_000_000, 0);
                for _ in 0..10 {
                    let _ = create(CLOCK_MONOTONIC, None)
                        .and_then(|timer| set(timer, 0, 1000 * SECOND, SECOND));
                }
                0
            });
        }
    });
    for signal in [Signal::ALRM as u32, REAL_TIME, Signal::PROF as u32, Signal::VTALRM as u32] {
        let _ = os::set_action(signal, &SignalAction::default());
    }
}

/// The shortest interval that can be told.
const STORM: u64 = 1;

/// Timers that are due again at once: the program that has them goes on, and so do others.
fn storms(checks: &mut Checks) {
    let event = SignalEvent::new(NOTIFY_SIGNAL, REAL_TIME, 0, 0);
    let begin_one = || {
        let timer = create(CLOCK_MONOTONIC, Some(&event))?;
        set(timer, 0, STORM, STORM).map(|_| timer)
    };
    let _ = os::set_mask(signal_bit(REAL_TIME));
    let timer = checks.value("a timer of a nanosecond", begin_one());
    let _ = os::sleep(20 * MILLISECOND);
    let taken = os::wait_signal(signal_bit(REAL_TIME), Some(0));
    let overrun = taken.map_or(0, |info| info.overrun());
    checks.that("has all its times counted", overrun >= 20_000_000 - 1);
    let left = os::call(Sysno::TimerGettime, [timer.into(), 0]).err();
    checks.equal("and is set", left, Some(Errno::EFAULT));
    let _ = delete(timer);
    LOG.clear();
    let _ = os::handle(REAL_TIME, note, NONE, 0);
    let _ = os::handle(Signal::ALRM as u32, note, NONE, 0);
    let timer = checks.value("one with a handler", begin_one());
    let _ = os::set_mask(0);
    checks.that("is told", os::until(20 * SECOND, || LOG.count() >= 8));
    let _ = delete(timer);
    LOG.clear();
    let _ = os::set_timer(ITIMER_REAL, 1, 1);
    checks.that("and so is an alarm", os::until(20 * SECOND, || LOG.count() >= 8));
    let _ = os::set_timer(ITIMER_REAL, 0, 0);
    let ignored = SignalAction { handler: abi::signal::SIG_IGN, ..SignalAction::default() };
    let _ = os::set_action(REAL_TIME, &ignored);
    let crowd = os::start_child(|| {
        while begin_one().is_ok() {}
        loop {
            let _ = os::sleep(SECOND);
        }
    });
    let slept = os::in_child(|| os::sleep(20 * MILLISECOND).map_or(1, |_| 0));
    checks.equal(
        "others sleep and run beside many that are ignored",
        slept,
        Ok(ExitStatus::Exited(0)),
    );
    let ended = crowd.and_then(|child| os::end(child).and_then(|_| os::wait(child)));
    checks.equal(
        "and who has them is killed",
        ended,
        Ok(ExitStatus::Signalled(Signal::KILL as u8)),
    );
    for signal in [Signal::ALRM as u32, REAL_TIME] {
        let _ = os::set_action(signal, &SignalAction::default());
    }
}
