//! Waits that a signal interrupts: which end, which begin again, and what is left of them.

use crate::os::{Handled, LOG, MILLISECOND, SECOND, note};
use crate::{Checks, os};
use abi::file::OpenFlags;
use abi::poll::{PollEvents, PollFd};
use abi::process::{ExitStatus, WNOHANG};
use abi::signal::{
    ActionFlags, SIG_IGN, SIGNAL_SET_SIZE, Signal, SignalAction, SignalInfo, UserContext,
    signal_bit,
};
use abi::time::{CLOCK_MONOTONIC, ITIMER_REAL, TIMER_ABSTIME, TimeSpec};
use abi::{Errno, Sysno};
use core::sync::atomic::{AtomicU32, Ordering};
use core::time::Duration;

const ALARM: u32 = Signal::ALRM as u32;
const USR1: u32 = Signal::USR1 as u32;
const NONE: ActionFlags = ActionFlags::empty();
/// How long after a check's beginning its signal comes, in microseconds.
const SOON: u64 = 40_000;

/// The checks.
pub fn run(checks: &mut Checks) {
    reads(checks);
    children(checks);
    futexes(checks);
    sleeps(checks);
    polls(checks);
    suspends(checks);
    taken(checks);
    unnoticed(checks);
    let _ = os::set_action(ALARM, &SignalAction::default());
}

/// Lets the alarm come soon, to a handler with these flags.
fn alarm_soon(flags: ActionFlags) {
    LOG.clear();
    let _ = os::handle(ALARM, note, flags, 0);
    let _ = os::set_timer(ITIMER_REAL, SOON, 0);
}

static END_TO_WRITE: AtomicU32 = AtomicU32::new(0);

/// A handler that fills the pipe which its program reads.
extern "C" fn write_pipe(number: u64, _: &SignalInfo, _: &mut UserContext) {
    LOG.note(Handled { number, code: 0, detail: 0 });
    let _ = os::write(END_TO_WRITE.load(Ordering::SeqCst) as i32, b"late");
}

fn reads(checks: &mut Checks) {
    let [from, to] = checks.value("a pipe", os::pipe(OpenFlags::empty()));
    let mut buffer = [0; 8];
    alarm_soon(NONE);
    checks.equal("a read is interrupted", os::read(from, &mut buffer), Err(Errno::EINTR));
    checks.equal("when the handler has run", LOG.count(), 1);
    END_TO_WRITE.store(to as u32, Ordering::SeqCst);
    alarm_soon(ActionFlags::RESTART);
    let _ = os::handle(ALARM, write_pipe, ActionFlags::RESTART, 0);
    checks.equal("or begins again", os::read(from, &mut buffer), Ok(4));
    checks.equal("after the handler", (LOG.count(), &buffer[..4]), (1, &b"late"[..]));
    let page = [0; 4096];
    for _ in 0..16 {
        let _ = os::write(to, &page);
    }
    alarm_soon(NONE);
    checks.equal("a write is interrupted", os::write(to, &page), Err(Errno::EINTR));
    let mut left = [0; 4096];
    let _ = os::read(from, &mut left);
    alarm_soon(NONE);
    let long = [0; 8192];
    checks.equal("or tells what it has written", os::write(to, &long), Ok(4096));
    os::close_all([from, to]);
}

fn children(checks: &mut Checks) {
    let child = os::start_child(|| {
        let _ = os::sleep(300 * MILLISECOND);
        7
    });
    let child = checks.value("a child", child);
    alarm_soon(NONE);
    checks.equal("wait4 is interrupted", os::wait(child), Err(Errno::EINTR));
    alarm_soon(ActionFlags::RESTART);
    checks.equal("or begins again", os::wait(child), Ok(ExitStatus::Exited(7)));
    checks.equal("after the handler", LOG.count(), 1);
}

fn futexes(checks: &mut Checks) {
    let word = os::map(os::PAGE, os::COMMON);
    alarm_soon(NONE);
    checks.equal("a futex wait ends", os::futex_wait(word, 0, None), Err(Errno::EINTR));
    let waker = os::start_child(|| {
        let _ = os::sleep(200 * MILLISECOND);
        i32::from(os::futex_wake(word, 1) != Ok(1))
    });
    alarm_soon(ActionFlags::RESTART);
    checks.equal("or begins again", os::futex_wait(word, 0, None), Ok(0));
    checks.equal("after the handler", LOG.count(), 1);
    let waker = waker.and_then(os::wait);
    checks.equal("and is woken", waker, Ok(ExitStatus::Exited(0)));
    alarm_soon(ActionFlags::RESTART);
    let timed = os::futex_wait(word, 0, Some(20 * SECOND));
    checks.equal("one with a timeout ends", timed, Err(Errno::EINTR));
    let _ = os::unmap(word, os::PAGE);
}

fn sleeps(checks: &mut Checks) {
    for flags in [NONE, ActionFlags::RESTART] {
        alarm_soon(flags);
        let request = TimeSpec { seconds: 5, nanoseconds: 0 };
        let mut left = TimeSpec::default();
        let addresses = [(&raw const request) as u64, (&raw mut left) as u64];
        let slept = os::call(Sysno::Nanosleep, addresses);
        checks.equal("a sleep ends in any case", slept, Err(Errno::EINTR));
        let left = left.to_duration().unwrap_or_default();
        let range = Duration::from_secs(3)..Duration::from_secs(5);
        checks.that("and tells what is left", range.contains(&left));
    }
    alarm_soon(ActionFlags::RESTART);
    let until = TimeSpec::from_duration(Duration::from_nanos(os::now() + 5 * SECOND));
    let clock = u64::from(CLOCK_MONOTONIC);
    let slept = os::call(
        Sysno::ClockNanosleep,
        [clock, TIMER_ABSTIME.into(), (&raw const until) as u64, 8],
    );
    checks.equal("one to a point in time does not", slept, Err(Errno::EINTR));
}

fn polls(checks: &mut Checks) {
    let [from, to] = checks.value("a pipe", os::pipe(OpenFlags::empty()));
    let mut files = [PollFd { fd: from, events: PollEvents::IN.bits(), revents: 0 }];
    alarm_soon(ActionFlags::RESTART);
    let polled = os::poll(&mut files, Some(5 * SECOND));
    checks.equal("a poll ends in any case", polled, Err(Errno::EINTR));
    // What is blocked comes while the call's own mask holds, and is blocked again after it.
    let _ = os::handle(USR1, note, NONE, 0);
    let _ = os::set_mask(signal_bit(USR1));
    let _ = os::raise(Signal::USR1);
    LOG.clear();
    let nothing = 0_u64;
    let mask = (&raw const nothing) as u64;
    let time = TimeSpec { seconds: 5, nanoseconds: 0 };
    let wait = [0, 0, (&raw const time) as u64, mask, SIGNAL_SET_SIZE];
    checks.equal("a poll with a mask", os::call(Sysno::Ppoll, wait), Err(Errno::EINTR));
    checks.equal("lets through what was blocked", LOG.numbers(), [10, 0]);
    let _ = os::raise(Signal::USR1);
    checks.equal("only meanwhile", (LOG.count(), os::pending()), (1, Ok(signal_bit(USR1))));
    LOG.clear();
    let pair = [mask, SIGNAL_SET_SIZE];
    let time = TimeSpec { seconds: 5, nanoseconds: 0 };
    let select = [0, 0, 0, 0, (&raw const time) as u64, (&raw const pair) as u64];
    checks.equal("pselect6 too", os::call(Sysno::Pselect6, select), Err(Errno::EINTR));
    checks.equal("lets it through", LOG.numbers(), [10, 0]);
    let _ = os::write(to, b"x");
    let mut set = [1_u64 << from, 0, 0, 0];
    let select = [from as u64 + 1, (&raw mut set) as u64, 0, 0, 0, 0];
    checks.equal("and finds what is ready", os::call(Sysno::Pselect6, select), Ok(1));
    checks.equal("in its set", set[0], 1 << from);
    let _ = os::set_mask(0);
    let _ = os::set_action(USR1, &SignalAction::default());
    os::close_all([from, to]);
}

fn suspends(checks: &mut Checks) {
    let _ = os::handle(USR1, note, ActionFlags::RESTART, 0);
    let _ = os::set_mask(signal_bit(USR1) | signal_bit(ALARM));
    alarm_soon(ActionFlags::RESTART);
    let suspended = os::suspend(signal_bit(USR1));
    checks.equal("a suspension ends with EINTR", suspended, Err(Errno::EINTR));
    checks.equal("when a signal was handled", LOG.numbers(), [14, 0]);
    let mask = os::set_mask(0);
    checks.equal("and the mask is as before", mask, Ok(signal_bit(USR1) | signal_bit(ALARM)));
    let _ = os::set_mask(signal_bit(USR1));
    let _ = os::raise(Signal::USR1);
    LOG.clear();
    checks.equal("one that is pending ends it", os::suspend(0), Err(Errno::EINTR));
    checks.equal("at once", LOG.numbers(), [10, 0]);
    let _ = os::set_mask(0);
    let _ = os::set_action(USR1, &SignalAction::default());
}

fn taken(checks: &mut Checks) {
    let (real_time, own) = (42, os::own_id());
    let set = signal_bit(real_time) | signal_bit(USR1);
    let _ = os::set_mask(set);
    let none = os::wait_signal(set, Some(0));
    checks.equal("nothing is there to be taken", none, Err(Errno::EAGAIN));
    let before = os::now();
    let none = os::wait_signal(set, Some(30 * MILLISECOND));
    checks.equal("nor comes in time", none, Err(Errno::EAGAIN));
    checks.that("which is waited for", os::now() - before >= 30 * MILLISECOND);
    for value in [7, 8] {
        let _ = os::queue(own, real_time, value);
    }
    let values = [(); 2].map(|()| os::wait_signal(set, None).map(|info| info.value()));
    checks.equal("signals are taken in order", values, [Ok(7), Ok(8)]);
    let sender = os::start_child(|| {
        let _ = os::sleep(30 * MILLISECOND);
        i32::from(os::queue(own, real_time, 9).is_err())
    });
    let late = os::wait_signal(set, Some(20 * SECOND)).map(|info| info.value());
    checks.equal("or waited for", late, Ok(9));
    let _ = sender.and_then(os::wait);
    alarm_soon(ActionFlags::RESTART);
    let other = os::wait_signal(set, Some(20 * SECOND));
    checks.equal("another signal ends the wait", other, Err(Errno::EINTR));
    let bad = TimeSpec { seconds: 0, nanoseconds: 1_000_000_000 };
    let addresses = [(&raw const set) as u64, 0, (&raw const bad) as u64, SIGNAL_SET_SIZE];
    let bad = os::call(Sysno::RtSigtimedwait, addresses);
    checks.equal("a time that is none", bad, Err(Errno::EINVAL));
    let _ = os::set_mask(0);
}

/// Signals without a handler leave a wait as it is.
fn unnoticed(checks: &mut Checks) {
    let child = os::start_child(|| {
        let ignore = SignalAction { handler: SIG_IGN, ..SignalAction::default() };
        let _ = os::set_action(USR1, &ignore);
        let before = os::now();
        let slept = os::sleep(400 * MILLISECOND);
        let took = os::now() - before;
        i32::from(slept != Ok(0)) + 2 * i32::from(took < 400 * MILLISECOND)
    });
    let child = checks.value("a child", child);
    let mut ended = Ok((0, ExitStatus::Exited(99)));
    for signal in [Signal::USR1, Signal::STOP, Signal::CONT, Signal::WINCH].iter().cycle().take(40)
    {
        let _ = os::sleep(5 * MILLISECOND);
        let _ = os::kill(child as i64, *signal as u64);
    }
    os::until(20 * SECOND, || {
        ended = os::wait_for(child as i64, WNOHANG);
        ended != Ok((0, ExitStatus::Exited(0)))
    });
    let good = Ok((child, ExitStatus::Exited(0)));
    checks.equal("stops and ignored signals do not end a sleep", ended, good);
}
