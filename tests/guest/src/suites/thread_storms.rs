//! Threads on all cores at the same locks, memory and descriptors.

use crate::os::{ANONYMOUS, PAGE, SECOND};
use crate::random::Random;
use crate::{Checks, frames, os, touch};
use abi::file::OpenFlags;
use abi::futex::{FUTEX_CMP_REQUEUE, FUTEX_PRIVATE_FLAG, FUTEX_WAIT, FUTEX_WAKE};
use abi::memory::{MapFlags, Protection};
use abi::process::ExitStatus;
use abi::signal::Signal;
use abi::{Errno, Sysno};
use core::arch::asm;

const GOOD: Result<ExitStatus, Errno> = Ok(ExitStatus::Exited(0));
const THREADS: usize = 6;
const TURNS: u64 = 3000;
const ROUNDS: u64 = 300;

/// The checks.
pub fn run(checks: &mut Checks) {
    frames::unchanged(checks, "storms leak nothing", || {
        storm(count_under_lock, 4);
        storm(map_and_unmap, 4);
        storm(open_and_close, 4);
    });
    let word = os::map(2 * PAGE, ANONYMOUS);
    checks.that("threads take a lock in turns", storm_on(word, count_under_lock, THREADS));
    checks.equal("none is lost", touch::load(word + COUNT), TURNS * THREADS as u64);
    os::ignore(os::unmap(word, 2 * PAGE));
    conditions(checks);
    for (name, entry) in [
        ("memory that threads map anew is new", map_and_unmap as os::Entry),
        ("memory that threads protect faults for nobody else", protect_own),
        ("the break moves in whole steps", move_break),
        ("descriptors are one thread's at a time", open_and_close),
        ("children of threads are whole", fork_and_check),
    ] {
        checks.that(name, storm(entry, THREADS));
    }
    stale_pages(checks);
    closed_while_read(checks);
    frames::unchanged(checks, "processes that are killed in a storm leak nothing", killed_storms);
}

/// Where in the common page the lock, the count, the errors and the end are.
const LOCK: u64 = 0;
const COUNT: u64 = 64;
const ERRORS: u64 = 128;
const STARTED: u64 = 192;
const CONDITION: u64 = 256;

/// Runs threads on a page of zeroes until all end; whether none has noted an error.
fn storm(entry: os::Entry, threads: usize) -> bool {
    let word = os::map(2 * PAGE, ANONYMOUS);
    let good = storm_on(word, entry, threads);
    os::ignore(os::unmap(word, 2 * PAGE));
    good
}

fn storm_on(word: u64, entry: os::Entry, threads: usize) -> bool {
    let mut started = [Err(Errno::EAGAIN); THREADS];
    started[..threads].fill_with(|| os::start_thread(entry, word));
    let ended = started[..threads].iter().filter(|thread| os::join(**thread)).count();
    ended == threads && touch::load(word + ERRORS) == 0
}

fn error(word: u64) {
    touch::add(word + ERRORS, 1);
}

/// Replaces a word if it is as expected, in one step; gives what was there.
fn compare_exchange(address: u64, expected: u32, new: u32) -> u32 {
    let found: u32;
    // SAFETY: an exclusive pair on memory that Rust does not own.
    unsafe {
        asm!(
            "2: ldaxr {f:w}, [{a}]",
            "cmp {f:w}, {e:w}",
            "b.ne 3f",
            "stlxr {s:w}, {n:w}, [{a}]",
            "cbnz {s:w}, 2b",
            "3:",
            f = out(reg) found,
            s = out(reg) _,
            a = in(reg) address,
            e = in(reg) expected,
            n = in(reg) new,
            options(nostack)
        );
    }
    found
}

fn futex(word: u64, operation: u32, value: u64, third: u64, second: u64, last: u64) -> os::Answer {
    let operation = operation | FUTEX_PRIVATE_FLAG;
    os::call(Sysno::Futex, [word, operation.into(), value, third, second, last])
}

/// A lock as C libraries have it: 0 free, 1 held, 2 held and others wait.
fn lock(word: u64) {
    if compare_exchange(word, 0, 1) == 0 {
        return;
    }
    lock_waiting(word);
}

fn lock_waiting(word: u64) {
    loop {
        let before = swap(word, 2);
        if before == 0 {
            return;
        }
        os::ignore(futex(word, FUTEX_WAIT, 2, 0, 0, 0));
    }
}

fn swap(word: u64, value: u32) -> u32 {
    loop {
        let before = touch::load_word(word);
        if compare_exchange(word, before, value) == before {
            return before;
        }
    }
}

fn unlock(word: u64) {
    if swap(word, 0) == 2 {
        os::ignore(futex(word, FUTEX_WAKE, 1, 0, 0, 0));
    }
}

extern "C" fn count_under_lock(word: u64) -> i32 {
    for turn in 0..TURNS {
        lock(word + LOCK);
        let count = touch::load(word + COUNT);
        if turn % 64 == 0 {
            os::yield_core();
        }
        touch::store(word + COUNT, count + 1);
        unlock(word + LOCK);
    }
    0
}

/// Waits for the condition's word to change as C libraries did it: broadcasts move all but one
/// waiter to the lock.
extern "C" fn wait_for_turns(word: u64) -> i32 {
    lock(word + LOCK);
    touch::store(word + STARTED, touch::load(word + STARTED) + 1);
    while touch::load(word + COUNT) < ROUNDS {
        let sequence = touch::load_word(word + CONDITION);
        unlock(word + LOCK);
        os::ignore(futex(word + CONDITION, FUTEX_WAIT, sequence.into(), 0, 0, 0));
        // It may have been moved: it holds the lock only after this, and others may wait.
        lock_waiting(word + LOCK);
    }
    unlock(word + LOCK);
    0
}

fn conditions(checks: &mut Checks) {
    let word = os::map(2 * PAGE, ANONYMOUS);
    let threads = [(); THREADS].map(|()| os::start_thread(wait_for_turns, word));
    os::until(20 * SECOND, || touch::load(word + STARTED) == THREADS as u64);
    let mut again = 0;
    for _ in 0..ROUNDS {
        lock(word + LOCK);
        touch::store(word + COUNT, touch::load(word + COUNT) + 1);
        touch::add(word + CONDITION, 1);
        let sequence = touch::load_word(word + CONDITION).into();
        let (condition, lock) = (word + CONDITION, word + LOCK);
        let many = i32::MAX as u64;
        let moved = futex(condition, FUTEX_CMP_REQUEUE, 1, many, lock, sequence);
        again += u64::from(moved.is_err());
        unlock(lock);
    }
    checks.equal("a broadcast moves waiters", again, 0);
    checks.that("and none is forgotten", threads.into_iter().all(os::join));
    os::ignore(os::unmap(word, 2 * PAGE));
}

extern "C" fn map_and_unmap(word: u64) -> i32 {
    let own = os::own_tid();
    for round in 0..ROUNDS {
        let pages = 1 + round % 5;
        let memory = os::map(pages * PAGE, ANONYMOUS);
        for page in 0..pages {
            let at = memory + page * PAGE;
            if touch::load(at) != 0 {
                error(word);
            }
            touch::store(at, own);
        }
        if (0..pages).any(|page| touch::load(memory + page * PAGE) != own) {
            error(word);
        }
        os::ignore(os::unmap(memory, pages * PAGE));
    }
    0
}

extern "C" fn protect_own(word: u64) -> i32 {
    let memory = os::map(2 * PAGE, ANONYMOUS);
    for round in 0..ROUNDS {
        touch::store(memory, round);
        os::ignore(os::protect(memory, PAGE, Protection::READ));
        if touch::load(memory) != round {
            error(word);
        }
        os::ignore(os::protect(memory, PAGE, os::READ_WRITE));
    }
    os::ignore(os::unmap(memory, 2 * PAGE));
    0
}

extern "C" fn move_break(word: u64) -> i32 {
    let mut random = Random::new(os::own_tid());
    for _ in 0..ROUNDS {
        let now = os::program_break(0);
        let step = random.below(5) * PAGE;
        let wanted = if random.below(2) == 0 { now + step } else { now.saturating_sub(step) };
        let after = os::program_break(wanted);
        if after == 0 {
            error(word);
        }
    }
    0
}

extern "C" fn open_and_close(word: u64) -> i32 {
    for _ in 0..ROUNDS {
        let Ok([reader, writer]) = os::pipe(OpenFlags::empty()) else {
            error(word);
            continue;
        };
        let value = os::own_tid().to_le_bytes();
        let mut found = [0_u8; 8];
        let written = os::call(Sysno::Write, [writer as u64, value.as_ptr() as u64, 8]);
        let read = os::call(Sysno::Read, [reader as u64, found.as_mut_ptr() as u64, 8]);
        if written != Ok(8) || read != Ok(8) || found != value {
            error(word);
        }
        if os::close(reader).is_err() || os::close(writer).is_err() {
            error(word);
        }
    }
    0
}

extern "C" fn fork_and_check(word: u64) -> i32 {
    let memory = os::map(PAGE, ANONYMOUS);
    for round in 0..20 {
        touch::store(memory, round);
        let child = os::start_child(|| {
            let is_same = touch::load(memory) == round;
            touch::store(memory, 999);
            i32::from(!is_same)
        });
        touch::store(memory, round + 100);
        if child.and_then(os::wait) != GOOD || touch::load(memory) != round + 100 {
            error(word);
        }
    }
    os::ignore(os::unmap(memory, PAGE));
    0
}

/// Reads a page in a loop until it is told to end, by a value there.
extern "C" fn watch(word: u64) -> i32 {
    let page = touch::load(word + COUNT);
    touch::add(word + STARTED, 1);
    loop {
        match touch::load(page) {
            0 => {}
            END => return 0,
            _ => error(word),
        }
    }
}

const END: u64 = 0xE4D;
const POISON: u64 = 0xDEAD_BEEF_DEAD_BEEF;

/// A page is replaced by a fixed mapping again and again, while others look at it and the frames that
/// were there get other contents at once: nobody ever sees those.
fn stale_pages(checks: &mut Checks) {
    let word = os::map(2 * PAGE, ANONYMOUS);
    let page = os::map(PAGE, ANONYMOUS);
    touch::store(word + COUNT, page);
    let threads = [(); 3].map(|()| os::start_thread(watch, word));
    os::until(10 * SECOND, || touch::load(word + STARTED) == 3);
    let fixed = ANONYMOUS | MapFlags::FIXED;
    for _ in 0..ROUNDS {
        touch::probe(page);
        os::ignore(os::map_at(page, PAGE, os::READ_WRITE, fixed, (-1, 0)));
        let poisoned = os::map(4 * PAGE, ANONYMOUS);
        (0..4).for_each(|index| touch::store(poisoned + index * PAGE, POISON));
        os::ignore(os::unmap(poisoned, 4 * PAGE));
    }
    touch::store(page, END);
    checks.that("all look to the end", threads.into_iter().all(os::join));
    checks.equal("nobody has seen what another mapping holds", touch::load(word + ERRORS), 0);
    os::ignore(os::unmap(word, 2 * PAGE));
    os::ignore(os::unmap(page, PAGE));
}

extern "C" fn read_pipe(word: u64) -> i32 {
    let mut byte = [0_u8];
    touch::add(word + STARTED, 1);
    let reader = touch::load(word + COUNT);
    let read = os::call(Sysno::Read, [reader, byte.as_mut_ptr() as u64, 1]);
    if read != Ok(1) {
        error(word);
    }
    0
}

/// A read goes on, on what it began with, when another thread closes the descriptor.
fn closed_while_read(checks: &mut Checks) {
    let word = os::map(2 * PAGE, ANONYMOUS);
    let [reader, writer] = os::pipe(OpenFlags::empty()).unwrap_or([-1; 2]);
    touch::store(word + COUNT, reader as u64);
    let thread = os::start_thread(read_pipe, word);
    os::until(10 * SECOND, || touch::load(word + STARTED) == 1);
    os::ignore(os::sleep(20 * os::MILLISECOND));
    checks.that("a descriptor that is read from is closed", os::close(reader).is_ok());
    let written = os::call(Sysno::Write, [writer as u64, c"x".as_ptr() as u64, 1]);
    checks.equal("the pipe still has a reader", written, Ok(1));
    checks.that("which reads", os::join(thread));
    checks.equal("what was written", touch::load(word + ERRORS), 0);
    os::ignore(os::close(writer));
    os::ignore(os::unmap(word, 2 * PAGE));
}

/// Never ends by itself.
extern "C" fn map_for_ever(word: u64) -> i32 {
    touch::add(word + STARTED, 1);
    loop {
        map_and_unmap(word);
    }
}

extern "C" fn lock_for_ever(word: u64) -> i32 {
    touch::add(word + STARTED, 1);
    loop {
        count_under_lock(word);
    }
}

fn killed_storms() {
    let mut random = Random::new(5);
    for _ in 0..10 {
        let common = os::map(PAGE, os::COMMON);
        touch::store(common, 0);
        let child = os::start_child(|| {
            let word = os::map(2 * PAGE, ANONYMOUS);
            for entry in [map_for_ever as os::Entry, map_for_ever, lock_for_ever, lock_for_ever] {
                os::ignore(os::start_thread(entry, word));
            }
            os::until(10 * SECOND, || touch::load(word + STARTED) == 4);
            touch::store(common, 1);
            loop {
                os::ignore(os::sleep(SECOND));
            }
        });
        os::until(10 * SECOND, || touch::load(common) == 1);
        os::ignore(os::sleep(random.below(20 * os::MILLISECOND)));
        if let Ok(child) = child {
            let signal = if random.below(2) == 0 { Signal::KILL } else { Signal::TERM };
            os::ignore(os::kill(child as i64, signal as u64).and(os::wait(child)));
        }
        os::ignore(os::unmap(common, PAGE));
    }
}
