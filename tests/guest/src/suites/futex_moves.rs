//! Futex calls that move waiters, private and shared words, and the exact errors.

use crate::os::{ANONYMOUS, COMMON, MILLISECOND, PAGE, SECOND};
use crate::{Checks, os, touch};
use abi::futex::{
    FUTEX_BITSET_MATCH_ANY, FUTEX_CLOCK_REALTIME, FUTEX_CMP_REQUEUE, FUTEX_PRIVATE_FLAG,
    FUTEX_REQUEUE, FUTEX_WAIT, FUTEX_WAIT_BITSET, FUTEX_WAKE, FUTEX_WAKE_BITSET, FUTEX_WAKE_OP,
};
use abi::memory::MapFlags;
use abi::process::ExitStatus;
use abi::{Errno, Sysno};

const GOOD: Result<ExitStatus, Errno> = Ok(ExitStatus::Exited(0));
const SLEEPERS: usize = 5;
/// Linux's operations with priority inheritance.
const INHERITING: [u64; 5] = [6, 7, 8, 11, 13];

/// The checks.
pub fn run(checks: &mut Checks) {
    errors(checks);
    deadlines(checks);
    requeue(checks);
    bits(checks);
    wake_op(checks);
    scopes(checks);
}

fn futex(word: u64, operation: u32, value: u64, third: u64, second: u64, last: u64) -> os::Answer {
    os::call(Sysno::Futex, [word, operation.into(), value, third, second, last])
}

/// Sleepers on the word at an address, which counts them in the next one and those woken in the
/// one behind that.
extern "C" fn sleep_on(word: u64) -> i32 {
    touch::add(word + 8, 1);
    let answer = os::futex_wait(word, 0, Some(20 * SECOND));
    if answer.is_ok() {
        touch::add(word + 16, 1);
    }
    0
}

type Sleepers = [os::Answer<os::Thread>; SLEEPERS];

fn start_sleepers(word: u64) -> Sleepers {
    [0, 8, 16, 24].iter().for_each(|at| touch::store(word + at, 0));
    let sleepers = [(); SLEEPERS].map(|()| os::start_thread(sleep_on, word));
    os::until(10 * SECOND, || touch::load(word + 8) == SLEEPERS as u64 && all_but_one_sleep());
    sleepers
}

/// Whether all sleepers sleep: `ps` tells only of the process, so time has to tell the rest.
fn all_but_one_sleep() -> bool {
    os::sleep(20 * MILLISECOND).is_ok()
}

fn all_end(sleepers: Sleepers) -> bool {
    sleepers.into_iter().all(os::join)
}

fn errors(checks: &mut Checks) {
    let word = os::map(PAGE, ANONYMOUS);
    for operation in INHERITING {
        let answer = os::call(Sysno::Futex, [word, operation, 0, 0, 0, 0]);
        checks.equal("priority inheritance is ENOSYS", answer, Err(Errno::ENOSYS));
    }
    let private = FUTEX_PRIVATE_FLAG;
    let none = futex(word, FUTEX_WAIT_BITSET, 0, 0, 0, 0);
    checks.equal("no bits to wait for", none, Err(Errno::EINVAL));
    let none = futex(word, FUTEX_WAKE_BITSET | private, 1, 0, 0, 0);
    checks.equal("no bits to wake", none, Err(Errno::EINVAL));
    let odd = futex(word + 2, FUTEX_WAKE | private, 1, 0, 0, 0);
    checks.equal("an odd address", odd, Err(Errno::EINVAL));
    let odd = futex(word, FUTEX_REQUEUE, 1, 1, word + 5, 0);
    checks.equal("an odd second address", odd, Err(Errno::EINVAL));
    let bad = futex(word, FUTEX_CMP_REQUEUE | private, 1, 1, word + 4, 9);
    checks.equal("another value than expected", bad, Err(Errno::EAGAIN));
    let bad = futex(word, FUTEX_CMP_REQUEUE, u64::MAX, 1, word + 4, 0);
    checks.equal("a count below 0", bad, Err(Errno::EINVAL));
    let bad = futex(8, FUTEX_WAKE, 1, 0, 0, 0);
    checks.equal("a shared word where nothing is", bad, Err(Errno::EFAULT));
    let nobody = futex(8, FUTEX_WAKE | private, 1, 0, 0, 0);
    checks.equal("nobody waits for a private one there", nobody, Ok(0));
    let bad = futex(8, FUTEX_WAIT | private, 0, 0, 0, 0);
    checks.equal("nobody can", bad, Err(Errno::EFAULT));
    let bad = futex(word, FUTEX_WAKE | FUTEX_CLOCK_REALTIME, 1, 0, 0, 0);
    checks.equal("a clock without a deadline", bad, Err(Errno::ENOSYS));
    let bad = futex(u64::MAX - 3, FUTEX_WAKE | private, 1, 0, 0, 0);
    checks.equal("an address of the kernel's", bad, Err(Errno::EFAULT));
    os::ignore(os::unmap(word, PAGE));
}

fn deadlines(checks: &mut Checks) {
    let word = os::map(PAGE, ANONYMOUS);
    for flag in [0, FUTEX_CLOCK_REALTIME] {
        let at = os::now() + 30 * MILLISECOND;
        let time = [at / SECOND, at % SECOND];
        let operation = FUTEX_WAIT_BITSET | flag | FUTEX_PRIVATE_FLAG;
        let all = FUTEX_BITSET_MATCH_ANY.into();
        let answer = futex(word, operation, 0, time.as_ptr() as u64, 0, all);
        checks.equal("a deadline passes", answer, Err(Errno::ETIMEDOUT));
        checks.that("and not before its time", os::now() >= at);
        let past = [0_u64, 1];
        let answer = futex(word, operation, 0, past.as_ptr() as u64, 0, all);
        checks.equal("one that is past, at once", answer, Err(Errno::ETIMEDOUT));
        let below = [u64::MAX, 0];
        let answer = futex(word, operation, 0, below.as_ptr() as u64, 0, all);
        checks.equal("a time below 0 is none", answer, Err(Errno::EINVAL));
    }
    os::ignore(os::unmap(word, PAGE));
}

fn requeue(checks: &mut Checks) {
    let word = os::map(PAGE, ANONYMOUS);
    let (other, woken) = (word + 24, word + 16);
    let sleepers = start_sleepers(word);
    let moved = futex(word, FUTEX_CMP_REQUEUE, 1, 2, other, 0);
    checks.equal("one is woken and two move", moved, Ok(3));
    checks.that("one has woken", os::until(10 * SECOND, || touch::load(woken) == 1));
    checks.equal("two are at the other word", os::futex_wake(other, 9), Ok(2));
    checks.equal("two stayed", os::futex_wake(word, 9), Ok(2));
    checks.that("all end", all_end(sleepers));
    let sleepers = start_sleepers(word);
    let moved = futex(word, FUTEX_REQUEUE, 0, i32::MAX as u64, other, 0);
    checks.equal("all move, none is woken", moved, Ok(SLEEPERS as u64));
    checks.equal("nobody is left", os::futex_wake(word, 9), Ok(0));
    let back = futex(other, FUTEX_REQUEUE, 0, 2, word, 0);
    checks.equal("some move back", back, Ok(2));
    checks.equal("the others are woken", os::futex_wake(other, 9), Ok(3));
    checks.equal("and those", os::futex_wake(word, 9), Ok(2));
    checks.that("all end", all_end(sleepers));
    let child = os::in_child(|| {
        let sleepers = start_sleepers(word);
        let moved = futex(word, FUTEX_REQUEUE, 0, 9, other, 0);
        i32::from(moved != Ok(SLEEPERS as u64) || sleepers[0].is_err())
    });
    checks.equal("a process ends while its threads are moved", child, GOOD);
    os::ignore(os::unmap(word, PAGE));
}

extern "C" fn sleep_for_bit_two(word: u64) -> i32 {
    touch::add(word + 8, 1);
    i32::from(futex(word, FUTEX_WAIT_BITSET, 0, 0, 0, 2).is_err())
}

fn bits(checks: &mut Checks) {
    let word = os::map(PAGE, ANONYMOUS);
    let thread = os::start_thread(sleep_for_bit_two, word);
    os::until(10 * SECOND, || touch::load(word + 8) == 1 && all_but_one_sleep());
    checks.equal("another bit wakes nobody", futex(word, FUTEX_WAKE_BITSET, 9, 0, 0, 5), Ok(0));
    checks.equal("its bit does", futex(word, FUTEX_WAKE_BITSET, 9, 0, 0, 6), Ok(1));
    checks.that("and it ends", os::join(thread));
    os::ignore(os::unmap(word, PAGE));
}

/// `FUTEX_OP_ADD` of 5, then compared by `FUTEX_OP_CMP_EQ` with 0.
const ADD_FIVE_IF_ZERO: u64 = 1 << 28 | 5 << 12;

fn wake_op(checks: &mut Checks) {
    let word = os::map(PAGE, ANONYMOUS);
    let other = word + 2048;
    let sleepers = start_sleepers(word);
    let more = start_sleepers(other);
    let answer = futex(word, FUTEX_WAKE_OP, 2, 3, other, ADD_FIVE_IF_ZERO);
    checks.equal("both words' sleepers are woken", answer, Ok(5));
    checks.equal("the other word has changed", touch::load_word(other), 5);
    let answer = futex(word, FUTEX_WAKE_OP, 1, 9, other, ADD_FIVE_IF_ZERO);
    checks.equal("if it was as compared", answer, Ok(1));
    checks.equal("it changes all the same", touch::load_word(other), 10);
    let answer = futex(word, FUTEX_WAKE_OP, 1, 9, 8, ADD_FIVE_IF_ZERO);
    checks.equal("a bad second address", answer, Err(Errno::EFAULT));
    checks.equal("the rest", os::futex_wake(word, 9), Ok(2));
    checks.equal("of both", os::futex_wake(other, 9), Ok(2));
    checks.that("all end", all_end(sleepers) && all_end(more));
    os::ignore(os::unmap(word, PAGE));
}

/// A private word is known by its address, a shared one by its memory.
fn scopes(checks: &mut Checks) {
    let word = os::map(PAGE, COMMON);
    touch::store(word, 0);
    let child = os::start_child(|| {
        touch::store(word + 8, 1);
        i32::from(os::futex_wait(word, 0, Some(20 * SECOND)).is_err())
    });
    os::until(10 * SECOND, || touch::load(word + 8) == 1 && all_but_one_sleep());
    let private = futex(word, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 9, 0, 0, 0);
    checks.equal("a private wake stays in the process", private, Ok(0));
    checks.equal("a shared one does not", os::futex_wake(word, 9), Ok(1));
    checks.equal("and is what was waited for", child.and_then(os::wait), GOOD);
    let file = os::create(c"/dev/shm/futex-scope", 0o600).unwrap_or(-1);
    os::ignore(os::set_length(file, PAGE));
    let view = || os::map_file(file, PAGE, os::READ_WRITE, MapFlags::SHARED).unwrap_or(0);
    let (one, two) = (view(), view());
    let thread = os::start_thread(sleep_on, one);
    os::until(10 * SECOND, || touch::load(one + 8) == 1 && all_but_one_sleep());
    let private = futex(two, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 9, 0, 0, 0);
    checks.equal("another address is another private word", private, Ok(0));
    checks.equal("and the same shared one", os::futex_wake(two, 9), Ok(1));
    checks.that("which ends the wait", os::join(thread));
    os::ignore(os::unlink(c"/dev/shm/futex-scope").and(os::close(file)));
    for address in [word, one, two] {
        os::ignore(os::unmap(address, PAGE));
    }
}
