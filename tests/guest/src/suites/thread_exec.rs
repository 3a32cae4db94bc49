//! `execve` and `vfork` among threads.

use crate::os::{ANONYMOUS, COMMON, PAGE, SECOND, STACK};
use crate::{Checks, frames, os, touch};
use abi::process::{CloneFlags, ExitStatus};
use abi::signal::Signal;
use abi::{Errno, Sysno};

const GOOD: Result<ExitStatus, Errno> = Ok(ExitStatus::Exited(0));
const VFORK: CloneFlags = CloneFlags::VM
    .union(CloneFlags::VFORK)
    .union(CloneFlags::from_bits_retain(Signal::CHLD as u64));

/// The checks.
pub fn run(checks: &mut Checks) {
    exec(checks);
    failed_exec(checks);
    frames::unchanged(checks, "execs among running threads leak nothing", || {
        for number in 0..20 {
            os::ignore(os::in_child(|| exec_among_threads(number % 3)));
        }
    });
    both_exec(checks);
    fork_among_threads(checks);
    vfork(checks);
    vfork_ends(checks);
    vfork_and_kill(checks);
    frames::unchanged(checks, "vforks leak nothing", || {
        for _ in 0..50 {
            let child = os::vfork(VFORK, Sysno::ExitGroup, [0; 3]);
            os::ignore(child.and_then(os::wait));
        }
    });
}

extern "C" fn spin(word: u64) -> i32 {
    touch::add(word, 1);
    loop {
        touch::add(word + 8, 1);
    }
}

extern "C" fn sleep(word: u64) -> i32 {
    touch::add(word, 1);
    os::futex_wait(word + 16, 0, None).map_or(1, |_| 2)
}

/// Becomes `guest is-first-thread`, which prints nothing and ends with 0 if its thread has its process's
/// number.
fn exec_self() -> i32 {
    let program = crate::start::argument(0).unwrap_or(c"/extra/guest");
    os::execute(program, &[program, c"is-first-thread"], &[]) as i32
}

extern "C" fn exec_from_thread(_: u64) -> i32 {
    exec_self()
}

/// Three threads run or sleep; one of all execs: 0 the first, 1 another, 2 both at the same time.
fn exec_among_threads(who: u32) -> i32 {
    let word = os::map(PAGE, ANONYMOUS);
    for entry in [spin as os::Entry, spin, sleep] {
        os::ignore(os::start_thread(entry, word));
    }
    os::until(10 * SECOND, || touch::load(word) == 3);
    if who != 0 {
        os::ignore(os::start_thread(exec_from_thread, 0));
    }
    if who != 1 {
        return exec_self();
    }
    os::futex_wait(word + 16, 0, Some(20 * SECOND)).map_or(100, |_| 101)
}

fn exec(checks: &mut Checks) {
    let child = os::in_child(|| exec_among_threads(0));
    checks.equal("the first thread execs among others", child, GOOD);
    let child = os::start_child(|| exec_among_threads(1));
    checks.equal("another one does, and is the first then", child.and_then(os::wait), GOOD);
}

fn both_exec(checks: &mut Checks) {
    let good = (0..20).filter(|_| os::in_child(|| exec_among_threads(2)) == GOOD).count();
    checks.equal("of two that exec at once one does", good, 20);
}

fn failed_exec(checks: &mut Checks) {
    let child = os::in_child(|| {
        let word = os::map(PAGE, ANONYMOUS);
        let thread = os::start_thread(spin, word);
        let error = os::execute(c"/nothing", &[c"x"], &[]);
        let before = touch::load(word + 8);
        let goes_on = os::until(10 * SECOND, || touch::load(word + 8) > before + 100);
        i32::from(!(thread.is_ok() && error == Errno::ENOENT && goes_on))
    });
    checks.equal("a failed exec leaves the threads as they are", child, GOOD);
}

/// A child of fork has the calling thread only, and a whole copy of the memory.
fn fork_among_threads(checks: &mut Checks) {
    let word = os::map(PAGE, ANONYMOUS);
    let threads = [(); 3].map(|()| os::start_thread(count_up, word));
    let good = (0..50).filter(|_| {
        let child = os::in_child(|| {
            let before = touch::load(word + 8);
            os::yield_core();
            i32::from(touch::load(word + 8) != before)
        });
        child == GOOD
    });
    checks.equal("a child of fork has no other threads", good.count(), 50);
    touch::store(word, 1);
    checks.that("the parent's go on", threads.into_iter().all(os::join));
    os::ignore(os::unmap(word, PAGE));
}

extern "C" fn count_up(word: u64) -> i32 {
    while touch::load(word) == 0 {
        touch::add(word + 8, 1);
    }
    0
}

fn vfork(checks: &mut Checks) {
    let word = os::map(PAGE, COMMON);
    touch::store(word, 0);
    let stack = os::map(STACK, ANONYMOUS);
    touch::store(word + 8, stack);
    let child = os::clone_at(VFORK.bits(), stack + STACK, (slow_store, word), [0; 3]);
    checks.equal("a parent waits for the end of its child", touch::load(word), 1);
    checks.equal("which has stored in its memory", touch::load(stack), 9);
    checks.equal("and ends", child.and_then(os::wait), Ok(ExitStatus::Exited(3)));
    let words = [c"/bin/true".as_ptr() as u64, 0];
    let program = [words[0], words.as_ptr() as u64, 0];
    let child = os::vfork(VFORK, Sysno::Execve, program);
    checks.equal("or for its exec", child.and_then(os::wait), GOOD);
    let nothing = [c"/nothing".as_ptr() as u64, 0, 0];
    let child = os::vfork(VFORK, Sysno::Execve, nothing);
    let ended = child.and_then(os::wait);
    checks.equal("a child whose exec fails goes on", ended, Ok(ExitStatus::Exited(77)));
    os::ignore(os::unmap(stack, STACK));
    os::ignore(os::unmap(word, PAGE));
}

extern "C" fn slow_store(word: u64) -> i32 {
    os::ignore(os::sleep(50 * os::MILLISECOND));
    // The private memory at the end of its stack, and the common page.
    touch::store(touch::load(word + 8), 9);
    touch::store(word, 1);
    3
}

/// The word that a thread or child named is cleared where others share its memory.
fn vfork_ends(checks: &mut Checks) {
    let stack = os::map(STACK, ANONYMOUS);
    touch::store(stack, 5);
    let flags = VFORK | CloneFlags::CHILD_CLEARTID;
    let child = os::clone_at(flags.bits(), stack + STACK, (return_four, 0), [0, 0, stack]);
    checks.equal("its word is cleared at its end", touch::load_word(stack), 0);
    checks.equal("and it ends well", child.and_then(os::wait), Ok(ExitStatus::Exited(4)));
    let child = os::clone_at(
        (CloneFlags::VM | CloneFlags::from_bits_retain(Signal::CHLD as u64)).bits(),
        stack + STACK,
        (return_four, 0),
        [0; 3],
    );
    checks.equal("memory without waiting", child.and_then(os::wait), Ok(ExitStatus::Exited(4)));
    os::ignore(os::unmap(stack, STACK));
}

extern "C" fn return_four(_: u64) -> i32 {
    4
}

extern "C" fn sleep_for_ever(word: u64) -> i32 {
    touch::store(word, os::own_id());
    loop {
        os::ignore(os::sleep(1000 * SECOND));
    }
}

/// Either side of a vfork is killed.
fn vfork_and_kill(checks: &mut Checks) {
    let word = os::map(PAGE, COMMON);
    let begin = || {
        touch::store(word, 0);
        let parent = os::start_child(|| {
            let stack = os::map(STACK, ANONYMOUS);
            let entry: (os::Entry, u64) = (sleep_for_ever, word);
            let child = os::clone_at(VFORK.bits(), stack + STACK, entry, [0; 3]);
            let ended = child.and_then(os::wait);
            i32::from(ended != Ok(ExitStatus::Signalled(Signal::KILL as u8)))
        });
        os::until(10 * SECOND, || touch::load(word) != 0);
        (parent.unwrap_or(0), touch::load(word))
    };
    let (parent, child) = begin();
    os::ignore(os::end(child));
    checks.equal("killing the child lets the parent go on", os::wait(parent), GOOD);
    let (parent, child) = begin();
    os::ignore(os::end(parent));
    let killed = Ok(ExitStatus::Signalled(Signal::KILL as u8));
    checks.equal("the parent can be killed", os::wait_or_kill(parent, 10 * SECOND), killed);
    checks.equal("its child lives on", os::kill(child as i64, 0), Ok(0));
    os::ignore(os::end(child));
    let gone = || os::kill(child as i64, 0) == Err(Errno::ESRCH);
    checks.that("until it is killed", os::until(10 * SECOND, gone));
    os::ignore(os::unmap(word, PAGE));
}
