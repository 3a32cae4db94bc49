//! Event counters, timers as files, and epoll sets.

use crate::{Checks, frames, os};
use abi::epoll::{
    EFD_SEMAPHORE, EPOLL_CTL_ADD, EPOLL_CTL_DEL, EPOLL_CTL_MOD, EPOLLET, EPOLLONESHOT, EpollEvent,
    TimerSetting,
};
use abi::file::OpenFlags;
use abi::poll::PollEvents;
use abi::process::ExitStatus;
use abi::time::{CLOCK_MONOTONIC, TimeSpec};
use abi::{Errno, Sysno};
use os::{call, fd};
use zerocopy::IntoBytes;

const IN: u32 = PollEvents::IN.bits() as u32;
const OUT: u32 = PollEvents::OUT.bits() as u32;
const HUP: u32 = PollEvents::HUP.bits() as u32;
const NON_BLOCKING: u32 = OpenFlags::NON_BLOCKING.bits();
const BYTES: usize = 8;

/// The checks.
pub fn run(checks: &mut Checks) {
    counters(checks);
    semaphores(checks);
    timers(checks);
    levels(checks);
    edges(checks);
    errors(checks);
    between_processes(checks);
    frames::unchanged(checks, "events leak nothing", || {
        let mut quiet = Checks::new();
        levels(&mut quiet);
        edges(&mut quiet);
    });
    frames::unchanged(checks, "files that are closed before their set leave nothing", || {
        (0..500).for_each(|_| os::ignore(closed_before_its_set()));
    });
}

/// A set that watches a file for signals and one for a process, whose queues all processes have in common, and which
/// are closed first.
fn closed_before_its_set() -> os::Answer {
    let mask = 1_u64 << 9;
    let set = call(Sysno::EpollCreate1, [0])?;
    let signals = call(Sysno::Signalfd4, [u64::MAX, (&raw const mask) as u64, 8, 0])?;
    let process = call(Sysno::PidfdOpen, [os::own_id(), 0])?;
    let event = EpollEvent { events: 1, ..EpollEvent::default() };
    for file in [signals, process] {
        let at = (&raw const event) as u64;
        call(Sysno::EpollCtl, [set, EPOLL_CTL_ADD.into(), file, at])?;
    }
    os::close_all([signals, process, set].map(|file| file as i32));
    Ok(0)
}

fn counter(checks: &mut Checks, value: u64, flags: u32) -> i32 {
    checks.value("a counter", call(Sysno::Eventfd2, [value, flags.into()])) as i32
}

fn take(file: i32) -> os::Answer {
    let mut bytes = [0; BYTES];
    os::read(file, &mut bytes).map(|_| u64::from_le_bytes(bytes))
}

fn add(file: i32, number: u64) -> os::Answer {
    os::write(file, &number.to_le_bytes())
}

fn counters(checks: &mut Checks) {
    let file = counter(checks, 3, NON_BLOCKING);
    checks.equal("its value", take(file), Ok(3));
    checks.equal("then nothing", take(file), Err(Errno::EAGAIN));
    checks.equal("added", add(file, 5).and(add(file, 6)), Ok(8));
    checks.equal("the sum", take(file), Ok(11));
    checks.equal("too large", add(file, u64::MAX), Err(Errno::EINVAL));
    checks.equal("the largest", add(file, u64::MAX - 1), Ok(8));
    checks.equal("no more", add(file, 1), Err(Errno::EAGAIN));
    checks.equal("short reads", os::read(file, &mut [0; 7]), Err(Errno::EINVAL));
    checks.equal("short writes", os::write(file, &[0; 4]), Err(Errno::EINVAL));
    checks.equal("a bad address", call(Sysno::Read, [fd(file), 8, 8]), Err(Errno::EFAULT));
    checks.equal("bad flags", call(Sysno::Eventfd2, [0, 2]), Err(Errno::EINVAL));
    os::close_all([file]);
}

fn semaphores(checks: &mut Checks) {
    let file = counter(checks, 2, NON_BLOCKING | EFD_SEMAPHORE);
    let taken = [take(file), take(file), take(file)];
    checks.equal("one by one", taken, [Ok(1), Ok(1), Err(Errno::EAGAIN)]);
    os::close_all([file]);
    let file = counter(checks, 0, 0);
    let child = os::start_child(|| i32::from(take(file) != Ok(9)));
    let child = checks.value("a child that waits", child);
    os::ignore(os::sleep(20 * os::MILLISECOND));
    checks.equal("it is told", add(file, 9), Ok(8));
    let ended = os::wait_or_kill(child, 10 * os::SECOND);
    checks.equal("and gets it", ended, Ok(ExitStatus::Exited(0)));
    os::close_all([file]);
}

fn time(milliseconds: i64) -> TimeSpec {
    TimeSpec { seconds: 0, nanoseconds: milliseconds * 1_000_000 }
}

fn timers(checks: &mut Checks) {
    let clock = CLOCK_MONOTONIC.into();
    let timer = checks.value("a timer", call(Sysno::TimerfdCreate, [clock, 0])) as i32;
    let set = |value, interval| {
        let setting = TimerSetting { value: time(value), interval: time(interval) };
        call(Sysno::TimerfdSettime, [fd(timer), 0, setting.as_bytes().as_ptr() as u64, 0])
    };
    let before = os::now();
    checks.equal("set", set(20, 0), Ok(0));
    checks.equal("it goes off once", take(timer), Ok(1));
    checks.that("in time", os::now() - before >= 20 * os::MILLISECOND);
    checks.equal("again and again", set(5, 5), Ok(0));
    os::ignore(os::sleep(30 * os::MILLISECOND));
    checks.that("it counts", take(timer).is_ok_and(|count| count >= 5));
    let mut left = TimerSetting::default();
    let at = left.as_mut_bytes().as_mut_ptr() as u64;
    checks.equal("what is left", call(Sysno::TimerfdGettime, [fd(timer), at]), Ok(0));
    checks.equal("the interval", left.interval, time(5));
    checks.equal("stopped", set(0, 0), Ok(0));
    let set_fd = checks.value("a set", call(Sysno::EpollCreate1, [0])) as i32;
    os::ignore(control(set_fd, EPOLL_CTL_ADD, timer, IN, 1));
    checks.equal("nothing yet", wait(set_fd, 0), Ok((0, 0, 0)));
    os::ignore(set(10, 0));
    checks.equal("a set waits for it", wait(set_fd, 10_000), Ok((1, IN, 1)));
    checks.equal("bad clock", call(Sysno::TimerfdCreate, [99, 0]), Err(Errno::EINVAL));
    os::close_all([timer, set_fd]);
}

fn control(set: i32, operation: u32, file: i32, events: u32, data: u64) -> os::Answer {
    let event = EpollEvent { events, data, padding: 0 };
    let at = event.as_bytes().as_ptr() as u64;
    call(Sysno::EpollCtl, [fd(set), operation.into(), fd(file), at])
}

/// How many events there are within that many milliseconds, and the first.
fn wait(set: i32, milliseconds: i64) -> os::Answer<(u64, u32, u64)> {
    let mut events = [EpollEvent::default(); 4];
    let at = events.as_mut_bytes().as_mut_ptr() as u64;
    let count = call(Sysno::EpollPwait, [fd(set), at, 4, milliseconds as u64, 0, 8])?;
    let [first, ..] = core::hint::black_box(events);
    Ok((count, first.events, first.data))
}

fn set_and_pipe(checks: &mut Checks) -> (i32, [i32; 2]) {
    let flags = OpenFlags::CLOSE_ON_EXEC.bits().into();
    let set = checks.value("a set", call(Sysno::EpollCreate1, [flags])) as i32;
    (set, checks.value("a pipe", os::pipe(OpenFlags::NON_BLOCKING)))
}

fn levels(checks: &mut Checks) {
    let (set, [from, to]) = set_and_pipe(checks);
    checks.equal("watched", control(set, EPOLL_CTL_ADD, from, IN, 7), Ok(0));
    checks.equal("nothing", wait(set, 0), Ok((0, 0, 0)));
    let _ = os::write(to, b"abc");
    checks.equal("something", wait(set, 0), Ok((1, IN, 7)));
    checks.equal("it stays", wait(set, -1), Ok((1, IN, 7)));
    checks.equal("changed", control(set, EPOLL_CTL_MOD, from, IN | EPOLLONESHOT, 8), Ok(0));
    checks.equal("once", wait(set, 0), Ok((1, IN, 8)));
    checks.equal("no more", wait(set, 0), Ok((0, 0, 0)));
    checks.equal("both ends", control(set, EPOLL_CTL_ADD, to, OUT, 9), Ok(0));
    checks.equal("the other", wait(set, 0), Ok((1, OUT, 9)));
    checks.equal("not any more", control(set, EPOLL_CTL_DEL, to, 0, 0), Ok(0));
    checks.equal("nor again", control(set, EPOLL_CTL_DEL, to, 0, 0), Err(Errno::ENOENT));
    checks.equal("loaded", control(set, EPOLL_CTL_MOD, from, IN, 8), Ok(0));
    let _ = os::close(to);
    checks.equal("the end", wait(set, 0), Ok((1, IN | HUP, 8)));
    let outer = checks.value("a set of sets", call(Sysno::EpollCreate1, [0])) as i32;
    checks.equal("it watches", control(outer, EPOLL_CTL_ADD, set, IN, 5), Ok(0));
    checks.equal("and finds", wait(outer, 0), Ok((1, IN, 5)));
    checks.equal("no circle", control(set, EPOLL_CTL_ADD, outer, IN, 5), Err(Errno::ELOOP));
    let _ = os::close(from);
    checks.equal("a closed file is gone", wait(outer, 0), Ok((0, 0, 0)));
    os::close_all([set, outer]);
}

fn edges(checks: &mut Checks) {
    let (set, [from, to]) = set_and_pipe(checks);
    os::ignore(control(set, EPOLL_CTL_ADD, from, IN | EPOLLET, 7));
    let _ = os::write(to, b"abc");
    checks.equal("an edge", wait(set, 0), Ok((1, IN, 7)));
    checks.equal("once", wait(set, 0), Ok((0, 0, 0)));
    let _ = os::read(from, &mut [0; 1]);
    checks.equal("a part that was read is none", wait(set, 0), Ok((0, 0, 0)));
    let _ = os::write(to, b"d");
    checks.equal("more is one", wait(set, 0), Ok((1, IN, 7)));
    os::close_all([set, from, to]);
}

fn errors(checks: &mut Checks) {
    let (set, [from, to]) = set_and_pipe(checks);
    let file = checks.value("a file", os::create(c"/tmp/guest-events", 0o600));
    checks.equal("a file", control(set, EPOLL_CTL_ADD, file, IN, 0), Err(Errno::EPERM));
    checks.equal("itself", control(set, EPOLL_CTL_ADD, set, IN, 0), Err(Errno::EINVAL));
    checks.equal("no set", control(from, EPOLL_CTL_ADD, to, IN, 0), Err(Errno::EINVAL));
    checks.equal("nothing", control(set, EPOLL_CTL_ADD, 99, IN, 0), Err(Errno::EBADF));
    checks.equal("unknown", control(set, 9, from, IN, 0), Err(Errno::EINVAL));
    os::ignore(control(set, EPOLL_CTL_ADD, from, IN, 0));
    checks.equal("twice", control(set, EPOLL_CTL_ADD, from, IN, 0), Err(Errno::EEXIST));
    let _ = os::write(to, b"x");
    let lost = call(Sysno::EpollPwait, [fd(set), 8, 4, 0, 0, 8]);
    checks.equal("a bad address", lost, Err(Errno::EFAULT));
    checks.equal("loses nothing", wait(set, 0), Ok((1, IN, 0)));
    let none = call(Sysno::EpollPwait, [fd(set), 8, 0, 0, 0, 8]);
    checks.equal("no room", none, Err(Errno::EINVAL));
    os::close_all([set, from, to, file]);
    os::ignore(os::unlink(c"/tmp/guest-events"));
}

/// Every byte that another process sends is waited for.
fn between_processes(checks: &mut Checks) {
    const ROUNDS: u32 = 1000;
    let (set, [from, to]) = set_and_pipe(checks);
    os::ignore(control(set, EPOLL_CTL_ADD, from, IN | EPOLLET, 1));
    let child = os::start_child(|| {
        let sent = (0..ROUNDS).all(|_| os::write(to, b"x").is_ok());
        i32::from(!sent)
    });
    let child = checks.value("a sender", child);
    let mut received = 0;
    while received < ROUNDS && wait(set, 10_000).is_ok_and(|(count, ..)| count == 1) {
        while let Ok(count @ 1..) = os::read(from, &mut [0; 64]) {
            received += count as u32;
        }
    }
    checks.equal("all arrive", received, ROUNDS);
    checks.equal("all went", os::wait(child), Ok(ExitStatus::Exited(0)));
    os::close_all([set, from, to]);
}
