//! Every operation with its first question for memory refused, then the second, and so on: it fails as
//! it should, or finds another way, and what it had begun is undone. For the kernel that checks itself.

use crate::os::{self, ANONYMOUS, Answer, COMMON, PAGE, fd};
use crate::{Checks, frames, touch};
use abi::file::OpenFlags;
use abi::memory::{MADV_DONTNEED, MapFlags, Protection};
use abi::process::ExitStatus;
use abi::region::RegionFlags;
use abi::signal::Signal;
use abi::{Errno, Sysno};

/// More questions than any operation here asks.
const MOST: u64 = 400;
/// How a child ends whose operation has succeeded, was refused for want of memory, or failed otherwise.
const DONE: u8 = 0;
const REFUSED: u8 = 1;
const WRONG: u8 = 2;

/// Something that needs memory; what it makes goes with the process that does it.
type Operation = fn() -> Answer;

const OPERATIONS: [(&str, Operation); 25] = [
    ("pages", || map(64 * PAGE, ANONYMOUS).map(|start| fill(start, 64))),
    ("shared pages", || map(64 * PAGE, COMMON).map(|start| fill(start, 64))),
    ("pages far from each other", pages_apart),
    ("mapping and protecting parts", parts),
    ("moving a mapping", move_mapping),
    ("the break", grow_break),
    ("fork", || os::start_child(|| 0).and_then(|child| os::wait(child).map(|_| 0))),
    ("fork of a large process", fork_large),
    ("thread", thread),
    ("exec", || Err(os::execute(c"/bin/true", &[c"true"], &[]))),
    ("exec of a script", exec_script),
    ("pipe", pipe),
    ("socket", socket),
    ("file", file),
    ("directory", directory),
    ("many descriptors", || os::duplicate(1, 200, 0).map(|_| 0)),
    ("region", region),
    ("region that grows", growing_region),
    ("copies of a region's bytes", region_copies),
    ("offer", offer),
    ("topic", topic),
    ("event files", event_files),
    ("message queue", message_queue),
    ("System V", system_v),
    ("the kernel's look at itself", look),
];

/// The checks.
pub fn run(checks: &mut Checks) {
    let refusing = os::open(c"/proc/fail-nth", OpenFlags::READ_WRITE, 0);
    let refusing = checks.value("a kernel that refuses when it is told", refusing);
    let left = os::map(PAGE, COMMON);
    for (name, operation) in OPERATIONS {
        let mut count = 0;
        frames::unchanged(checks, name, || count = sweep(name, operation, refusing, left));
        checks.that(name, count > 0);
    }
    os::ignore(os::unmap(left, PAGE));
    os::ignore(os::close(refusing));
}

/// Does the operation again and again with a later question refused each time, until it asks no more;
/// returns how many it asks, 0 if one of them was answered as it should not be.
fn sweep(name: &str, operation: Operation, refusing: i32, left: u64) -> u64 {
    for number in 1..=MOST {
        touch::store(left, 0);
        let status = os::in_child(|| {
            // Before anything is refused: what the child tells must arrive.
            touch::store(left, u64::MAX);
            if refuse(refusing, number).is_err() {
                return WRONG.into();
            }
            let outcome = operation();
            touch::store(left, unasked(refusing));
            let _ = refuse(refusing, 0);
            let status = match outcome {
                Ok(_) => DONE,
                Err(Errno::ENOMEM | Errno::EAGAIN | Errno::ENOSPC | Errno::ENFILE) => REFUSED,
                Err(error) => {
                    crate::say!("{name}: number {number} is answered with {error:?}");
                    WRONG
                }
            };
            status.into()
        });
        let asked = touch::load(left);
        let is_over = (1..u64::MAX).contains(&asked);
        let killed = Ok(ExitStatus::Signalled(Signal::KILL as u8));
        let is_right = match status {
            Ok(ExitStatus::Exited(DONE)) => true,
            Ok(ExitStatus::Exited(REFUSED)) => !is_over,
            // It was to be given a page, or had no program any more to go on with.
            other => other == killed && !is_over,
        };
        if !is_right {
            crate::say!("{name}: with number {number} refused it ends as {status:?}");
            return 0;
        }
        // An exec that has succeeded tells nothing: it has come to its end.
        if is_over || (asked == u64::MAX && status == Ok(ExitStatus::Exited(DONE))) {
            return number;
        }
    }
    0
}

fn refuse(file: i32, number: u64) -> Answer {
    let mut text = *b"000";
    for (digit, place) in text.iter_mut().zip([100, 10, 1]) {
        *digit += (number / place % 10) as u8;
    }
    os::write(file, &text)
}

/// How many questions there would have to be more for one to be refused.
fn unasked(file: i32) -> u64 {
    let mut text = [0_u8; 8];
    let at = text.as_mut_ptr() as u64;
    let length = os::call(Sysno::Pread64, [fd(file), at, 8, 0]).unwrap_or(0) as usize;
    let digits = core::hint::black_box(&text)[..length].iter().filter(|byte| byte.is_ascii_digit());
    digits.fold(0, |number, digit| 10 * number + u64::from(digit - b'0'))
}

fn map(bytes: u64, flags: MapFlags) -> Answer {
    os::map_at(0, bytes, os::READ_WRITE, flags, (-1, 0))
}

/// Stores to so many pages.
fn fill(start: u64, pages: u64) -> u64 {
    (0..pages).for_each(|page| touch::store(start + page * PAGE, page));
    start
}

const STEP: u64 = 2 << 20;

/// A page in each of some tables.
fn apart() -> Answer {
    let start = map(16 * STEP, ANONYMOUS)?;
    (0..16).for_each(|index| touch::store(start + index * STEP, index));
    Ok(start)
}

fn pages_apart() -> Answer {
    os::unmap(apart()?, 16 * STEP)
}

fn parts() -> Answer {
    let start = fill(map(64 * PAGE, ANONYMOUS)?, 64);
    for page in (0..64).step_by(2) {
        os::protect(start + page * PAGE, PAGE, Protection::READ)?;
    }
    os::unmap(start + 16 * PAGE, PAGE)?;
    os::call(Sysno::Madvise, [start + 32 * PAGE, 8 * PAGE, MADV_DONTNEED.into()])?;
    os::unmap(start, 64 * PAGE)
}

fn move_mapping() -> Answer {
    const MAY_MOVE: u64 = 1;
    let start = fill(map(8 * PAGE, ANONYMOUS)?, 8);
    let moved = os::call(Sysno::Mremap, [start, 8 * PAGE, 1024 * PAGE, MAY_MOVE, 0])?;
    os::unmap(moved, 1024 * PAGE)
}

fn fork_large() -> Answer {
    let start = apart()?;
    let child = os::start_child(|| {
        touch::store(start, 1);
        0
    })?;
    os::wait(child).map(|_| 0)
}

fn grow_break() -> Answer {
    let before = os::program_break(0);
    let after = os::program_break(before + 64 * PAGE);
    if after == before { Err(Errno::ENOMEM) } else { Ok(fill(before + PAGE, 63)) }
}

extern "C" fn nothing(_: u64) -> i32 {
    0
}

fn thread() -> Answer {
    let thread = os::start_thread_on(map(os::STACK, ANONYMOUS)?, nothing, 0);
    thread.map(|thread| u64::from(os::join_only(&thread)))
}

fn exec_script() -> Answer {
    let file = os::create(c"/tmp/refused-script", 0o755)?;
    os::write(file, b"#!/bin/true\n")?;
    os::close(file)?;
    Err(os::execute(c"/tmp/refused-script", &[c"script"], &[]))
}

fn pipe() -> Answer {
    let [read, write] = os::pipe(OpenFlags::NON_BLOCKING)?;
    os::write(write, &[7; 20_000])?;
    os::read(read, &mut [0; 4096])?;
    os::close_all([read, write]);
    Ok(0)
}

fn socket() -> Answer {
    const UNIX: u64 = abi::socket::AF_UNIX as u64;
    let mut ends = [-1; 2];
    let at = ends.as_mut_ptr() as u64;
    os::call(Sysno::Socketpair, [UNIX, abi::socket::SOCK_DGRAM.into(), 0, at])?;
    let [one, other] = core::hint::black_box(ends);
    os::write(one, &[7; 3000])?;
    os::read(other, &mut [0; 4096])
}

fn file() -> Answer {
    let path = c"/tmp/refused-file";
    let file = os::create(path, 0o600)?;
    let written = os::write(file, &[7; 20_000]);
    let grown = os::set_length(file, 8 << 20);
    let shown = os::map_file(file, 64 * PAGE, Protection::READ, MapFlags::SHARED);
    os::unlink(path)?;
    written.and(grown).and(shown)
}

fn directory() -> Answer {
    let path = c"/tmp/refused-directory";
    os::make_directory(path)?;
    let link = c"/tmp/refused-directory/link";
    let made =
        os::call(Sysno::Symlinkat, [path.as_ptr() as u64, u64::MAX - 99, link.as_ptr() as u64]);
    if made.is_ok() {
        os::unlink(link)?;
    }
    os::remove_directory(path).and(made)
}

const REGION: &[u8] = b"/refused";

/// Removes the name whatever has come of the region, which must then be gone.
fn with_region(work: impl FnOnce(i32) -> Answer) -> Answer {
    let made = os::region_create(REGION, &os::request(64 * PAGE, RegionFlags::empty()))?;
    let outcome = work(made);
    os::region_unlink(REGION)?;
    outcome
}

fn region() -> Answer {
    with_region(|region| {
        let start = fill(os::region_map(region, os::READ_WRITE)?, 64);
        os::region_unmap(start)?;
        os::region_open(REGION, RegionFlags::READ_ONLY).map(|_| 0)
    })
}

fn growing_region() -> Answer {
    with_region(|region| {
        let start = os::region_map(region, os::READ_WRITE)?;
        os::region_set_length(region, 512 * PAGE)?;
        fill(start, 512);
        os::region_set_length(region, PAGE)
    })
}

fn region_copies() -> Answer {
    with_region(|region| {
        let buffer = fill(map(16 * PAGE, ANONYMOUS)?, 16);
        os::region_sync::write(region, 100, buffer, 15 * PAGE)?;
        os::region_sync::read(region, 200, buffer, 15 * PAGE)
    })
}

fn offer() -> Answer {
    let start = fill(map(16 * PAGE, COMMON)?, 16);
    os::offer(os::parent_id(), start, 16 * PAGE, 0)
}

fn topic() -> Answer {
    let pool = os::pool(16 * PAGE)?;
    let name = b"/refused-topic";
    let publisher = os::advertise(name, 4, abi::topic::TopicPolicy::default(), pool)?;
    let subscriber = os::subscribe(name, 4, abi::topic::SubscribeFlags::empty())?;
    os::close_all([publisher, subscriber]);
    Ok(0)
}

fn event_files() -> Answer {
    let counter = os::call(Sysno::Eventfd2, [1, 0])?;
    let set = os::call(Sysno::EpollCreate1, [0])?;
    let event = abi::epoll::EpollEvent::default();
    let at = core::ptr::from_ref(&event) as u64;
    os::call(Sysno::EpollCtl, [set, abi::epoll::EPOLL_CTL_ADD.into(), counter, at])?;
    os::call(Sysno::TimerfdCreate, [1, 0])?;
    let mask = 1_u64 << 9;
    os::call(Sysno::Signalfd4, [u64::MAX, core::ptr::from_ref(&mask) as u64, 8, 0])
}

fn message_queue() -> Answer {
    let name = c"refused";
    let flags = u64::from((OpenFlags::READ_WRITE | OpenFlags::CREATE).bits());
    let queue = os::call(Sysno::MqOpen, [name.as_ptr() as u64, flags, 0o600, 0])?;
    let text = [7_u8; 4000];
    let sent = os::call(Sysno::MqTimedsend, [queue, text.as_ptr() as u64, 4000, 1, 0]);
    os::call(Sysno::MqUnlink, [name.as_ptr() as u64])?;
    sent
}

fn system_v() -> Answer {
    const REMOVE: u64 = 0;
    let segment = os::call(Sysno::Shmget, [0, 16 * PAGE, 0o1600])?;
    let shown = os::call(Sysno::Shmat, [segment, 0, 0]).map(|start| fill(start, 16));
    os::call(Sysno::Shmctl, [segment, REMOVE, 0])?;
    let set = os::call(Sysno::Semget, [0, 100, 0o1600])?;
    os::call(Sysno::Semctl, [set, 0, REMOVE])?;
    shown
}

fn look() -> Answer {
    let file = os::open(c"/proc/check", OpenFlags::empty(), 0)?;
    os::read(file, &mut [0; 4096])
}
