//! Waiting for several files: what is ready, deadlines, and no wake-up lost.

use crate::{Checks, frames, os};
use abi::file::OpenFlags;
use abi::poll::{PollEvents, PollFd};
use abi::process::ExitStatus;
use abi::signal::Signal;
use abi::time::TimeSpec;
use abi::{Errno, Sysno};
use zerocopy::IntoBytes;

const ROUNDS: usize = 2000;
const PIPES: usize = 8;

/// The checks.
pub fn run(checks: &mut Checks) {
    readiness(checks);
    others(checks);
    errors(checks);
    sets(checks);
    deadlines(checks);
    signals(checks);
    frames::unchanged(checks, "waiting leaks nothing", || {
        let _ = storm();
    });
    checks.equal("every byte of a storm is waited for", storm(), Ok(ROUNDS * PIPES));
}

fn asked(fd: i32, events: PollEvents) -> PollFd {
    PollFd { fd, events: events.bits(), revents: 0xFFFF }
}

fn found(file: &PollFd) -> PollEvents {
    PollEvents::from_bits_retain(file.revents)
}

fn now(fd: i32, events: PollEvents) -> (Result<u64, Errno>, PollEvents) {
    let mut files = [asked(fd, events)];
    let count = os::poll(&mut files, Some(0));
    (count, found(&files[0]))
}

/// `pselect6` answers for every descriptor that there can be, and for no other.
fn sets(checks: &mut Checks) {
    let [from, to] = checks.value("a pipe", os::pipe(OpenFlags::NON_BLOCKING));
    os::ignore(os::write(to, b"x"));
    // Both halves of a word, its last bit, and another word.
    let numbers = [20, 33, 40, 63, 64, 127, 200];
    for number in numbers {
        let ends = [os::duplicate(from, number, 0), os::duplicate(to, number + 1, 0)];
        checks.equal("copies", ends, [Ok(number), Ok(number + 1)]);
        let [only, other] = [number, number + 1].map(|number| {
            let mut set = [0_u64; 4];
            set[number as usize / 64] = 1 << (number % 64);
            set
        });
        let (mut read, mut write) = (only, other);
        let expected = (Ok(2), only, other);
        let sets = [(&raw mut read) as u64, (&raw mut write) as u64];
        let count = number as u64 + 2;
        let answer = os::call(Sysno::Pselect6, [count, sets[0], sets[1], 0, 0, 0]);
        let found = core::hint::black_box((answer, read, write));
        checks.equal("exactly those that are ready", found, expected);
        // It is asked whether one could write where one only reads.
        let mut write = only;
        let nothing = TimeSpec::default();
        let asked = [count, 0, (&raw mut write) as u64, 0, (&raw const nothing) as u64, 0];
        let answer = os::call(Sysno::Pselect6, asked);
        let found = core::hint::black_box((answer, write));
        checks.equal("and all others are cleared", found, (Ok(0), [0; 4]));
        os::close_all([number, number + 1]);
    }
    os::close_all([from, to]);
}

fn readiness(checks: &mut Checks) {
    let [from, to] = checks.value("a pipe", os::pipe(OpenFlags::NON_BLOCKING));
    let nothing = (Ok(0), PollEvents::empty());
    let both = PollEvents::IN | PollEvents::OUT;
    checks.equal("an empty pipe has nothing to read", now(from, both), nothing);
    checks.equal("but room", now(to, both), (Ok(1), PollEvents::OUT));
    while os::write(to, &[1; 4096]).is_ok() {}
    checks.equal("a full one has no room", now(to, both), nothing);
    checks.equal("but something to read", now(from, both), (Ok(1), PollEvents::IN));
    let _ = os::read(from, &mut [0; 4096]);
    checks.equal("a read makes room", now(to, both), (Ok(1), PollEvents::OUT));
    let _ = os::close(to);
    let end = PollEvents::IN | PollEvents::HUP;
    checks.equal("what is left is before the end", now(from, both), (Ok(1), end));
    while matches!(os::read(from, &mut [0; 4096]), Ok(1..)) {}
    let hung = (Ok(1), PollEvents::HUP);
    checks.equal("the end is told unasked", now(from, PollEvents::empty()), hung);
    let _ = os::close(from);
    let [from, to] = checks.value("a pipe", os::pipe(OpenFlags::empty()));
    let _ = os::close(from);
    let broken = (Ok(1), PollEvents::ERR);
    checks.equal("so is a reader's going", now(to, PollEvents::empty()), broken);
    let _ = os::close(to);
}

fn others(checks: &mut Checks) {
    let both = PollEvents::IN | PollEvents::OUT;
    for path in [c"/dev/null", c"/tmp/poll"] {
        let file = checks.value("a file", os::create(path, 0o600));
        checks.equal("a file is always ready", now(file, both), (Ok(1), both));
        let _ = os::close(file);
        let gone = (Ok(1), PollEvents::NVAL);
        checks.equal("a closed descriptor is told", now(file, both), gone);
    }
    let _ = os::unlink(c"/tmp/poll");
    let passed = (Ok(0), PollEvents::empty());
    checks.equal("a negative one is passed over", now(-1, both), passed);
}

fn errors(checks: &mut Checks) {
    let call = |files: u64, count: u64, time: u64, mask: u64, size: u64| {
        os::call(Sysno::Ppoll, [files, count, time, mask, size])
    };
    let zero = TimeSpec::default();
    let bad = TimeSpec { seconds: 0, nanoseconds: 1_000_000_000 };
    let (zero, bad) = (zero.as_bytes().as_ptr() as u64, bad.as_bytes().as_ptr() as u64);
    checks.equal("bad files are EFAULT", call(8, 1, zero, 0, 0), Err(Errno::EFAULT));
    checks.equal("a bad time is EFAULT", call(0, 0, 8, 0, 0), Err(Errno::EFAULT));
    checks.equal("a wrong time is EINVAL", call(0, 0, bad, 0, 0), Err(Errno::EINVAL));
    checks.equal("too many are EINVAL", call(8, 257, zero, 0, 0), Err(Errno::EINVAL));
    checks.equal("a mask has 8 bytes", call(0, 0, zero, 8, 4), Err(Errno::EINVAL));
    checks.equal("the count has 32 bits", call(0, 1 << 32, zero, 0, 0), Ok(0));
}

fn deadlines(checks: &mut Checks) {
    let [from, to] = checks.value("a pipe", os::pipe(OpenFlags::empty()));
    let before = os::now();
    let patience = 20 * os::MILLISECOND;
    let mut files = [asked(from, PollEvents::IN)];
    checks.equal("nothing comes", os::poll(&mut files, Some(patience)), Ok(0));
    checks.that("before the time is over", os::now() - before >= patience);
    let child = os::start_child(|| {
        let _ = os::sleep(10 * os::MILLISECOND);
        os::write(to, b"x").map_or(1, |_| 0)
    });
    checks.equal("a wait ends with the first byte", os::poll(&mut files, None), Ok(1));
    checks.equal("which is there", found(&files[0]), PollEvents::IN);
    checks.equal("from the child", child.and_then(os::wait), Ok(ExitStatus::Exited(0)));
    os::close_all([from, to]);
}

fn signals(checks: &mut Checks) {
    let killed = |mask: Option<u64>| {
        let child = os::start_child(|| {
            let mask = mask.as_ref().map_or(0, |mask| core::ptr::from_ref(mask) as u64);
            let _ = os::call(Sysno::Ppoll, [0, 0, 0, mask, 8]);
            0
        })?;
        let _ = os::sleep(5 * os::MILLISECOND);
        let _ = os::kill(child as i64, Signal::TERM as u64);
        os::wait(child)
    };
    let ended = Ok(ExitStatus::Signalled(Signal::TERM as u8));
    checks.equal("a signal ends an endless wait", killed(None), ended);
    checks.equal("also one with a mask", killed(Some(0)), ended);
}

/// Writers on all cores and one who waits for all of them; returns the bytes that it got.
fn storm() -> os::Answer<usize> {
    let mut files = [PollFd::default(); PIPES];
    for file in &mut files {
        let [from, to] = os::pipe(OpenFlags::NON_BLOCKING)?;
        let _ = os::start_child(|| {
            let _ = os::close(from);
            for round in 0..ROUNDS {
                os::ignore(os::poll(&mut [asked(to, PollEvents::OUT)], None));
                os::ignore(os::write(to, &[round as u8]));
                if round % 7 == 0 {
                    os::yield_core();
                }
            }
            0
        })?;
        let _ = os::close(to);
        *file = asked(from, PollEvents::IN);
    }
    let mut total = 0;
    while files.iter().any(|file| file.fd >= 0) {
        os::poll(&mut files, None)?;
        for file in files.iter_mut().filter(|file| file.revents != 0) {
            match os::read(file.fd, &mut [0; 64])? {
                0 => {
                    os::close(file.fd)?;
                    file.fd = -1;
                }
                count => total += count as usize,
            }
        }
    }
    while os::wait_for(-1, 0).is_ok() {}
    Ok(total)
}
