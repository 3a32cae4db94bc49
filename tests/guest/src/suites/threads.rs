//! Threads: making them, what they share, and their ends.

use crate::os::{ANONYMOUS, COMMON, PAGE, SECOND, STACK, THREAD};
use crate::{Checks, frames, os, touch};
use abi::file::OpenFlags;
use abi::process::{CloneFlags, ExitStatus};
use abi::signal::Signal;
use abi::{Errno, Sysno};

const GOOD: Result<ExitStatus, Errno> = Ok(ExitStatus::Exited(0));
const KILLED: Result<ExitStatus, Errno> = Ok(ExitStatus::Signalled(Signal::KILL as u8));
/// Threads that live at the same time.
const CROWD: usize = 200;
const ROUNDS: usize = 2000;

/// The checks.
pub fn run(checks: &mut Checks) {
    beginning(checks);
    arguments(checks);
    sharing(checks);
    frames::unchanged(checks, "thousands of threads, one after the other, leak nothing", || {
        let word = os::map(PAGE, ANONYMOUS);
        let good = (0..ROUNDS).filter(|_| os::join(os::start_thread(add_one, word))).count();
        touch::store(word + 8, good as u64);
        os::ignore(os::unmap(word, PAGE));
    });
    frames::unchanged(checks, "hundreds at the same time leak nothing", || {
        let word = os::map(PAGE, ANONYMOUS);
        crowd(word);
        os::ignore(os::unmap(word, PAGE));
    });
    let word = os::map(PAGE, ANONYMOUS);
    checks.equal("hundreds at the same time", crowd(word), CROWD);
    checks.equal("and all have run", touch::load(word), CROWD as u64);
    os::ignore(os::unmap(word, PAGE));
    ends(checks);
    killing(checks);
    limit(checks);
}

extern "C" fn add_one(word: u64) -> i32 {
    touch::add(word, 1);
    0
}

fn crowd(word: u64) -> usize {
    let threads = [(); CROWD].map(|()| os::start_thread(add_one, word));
    threads.into_iter().filter(|thread| os::join(*thread)).count()
}

/// What a thread finds when it begins: number, thread pointer and stack.
extern "C" fn look_around(word: u64) -> i32 {
    let (tid, pid) = (os::own_tid(), os::own_id());
    for (index, value) in [tid, pid, touch::thread_pointer()].into_iter().enumerate() {
        touch::store(word + 8 * index as u64, value);
    }
    0
}

fn beginning(checks: &mut Checks) {
    let word = os::map(PAGE, ANONYMOUS);
    let thread = checks.value("a thread", os::start_thread(look_around, word));
    checks.that("it ends", os::join_only(&thread));
    checks.equal("its number is what clone gave", touch::load(word), thread.tid);
    checks.equal("its process is the caller's", touch::load(word + 8), os::own_id());
    checks.that("its number is another one", thread.tid != os::own_id());
    checks.equal("its thread pointer is as asked", touch::load(word + 16), thread.stack + 64);
    let own = os::own_id();
    let send = |pid, tid| os::call(Sysno::Tgkill, [pid, tid, 0]);
    checks.equal("a thread that has ended is gone", send(own, thread.tid), Err(Errno::ESRCH));
    checks.equal("its number is no process's", os::kill(thread.tid as i64, 0), Err(Errno::ESRCH));
    checks.equal("the caller is there", send(own, os::own_tid()), Ok(0));
    checks.equal("by its number alone", os::call(Sysno::Tkill, [own, 0]), Ok(0));
    os::ignore(os::unmap(thread.stack, STACK));
    os::ignore(os::unmap(word, PAGE));
}

fn arguments(checks: &mut Checks) {
    let stack = os::map(STACK, ANONYMOUS);
    let clone =
        |flags: CloneFlags| os::clone_at(flags.bits(), stack + STACK, (add_one, stack), [8, 0, 8]);
    let (vm, sighand, thread) = (CloneFlags::VM, CloneFlags::SIGHAND, CloneFlags::THREAD);
    let name = "a thread needs common signal actions";
    checks.equal(name, clone(thread | vm), Err(Errno::EINVAL));
    let name = "common signal actions need common memory";
    checks.equal(name, clone(sighand), Err(Errno::EINVAL));
    checks.equal("a name space", clone(CloneFlags::NEWNS), Err(Errno::EINVAL));
    let clone3 = os::raw(435, [stack, 64]);
    checks.equal("clone3 does not exist", clone3, Err(Errno::ENOSYS));
    // Pointers that lead nowhere do not undo the thread; the word at 8 is not cleared at its end.
    touch::store(stack, 0);
    checks.that("bad pointers make a thread all the same", clone(THREAD).is_ok());
    checks.that("which runs", os::until(10 * SECOND, || touch::load(stack) == 1));
    let alone = || process_threads() == 1;
    checks.that("and ends", os::until(10 * SECOND, alone));
    os::ignore(os::unmap(stack, STACK));
}

/// Threads of the calling process.
fn process_threads() -> u32 {
    let own = os::own_id() as u32;
    let mut threads = 0;
    os::for_each_process(|process| {
        if process.pid == own {
            threads = process.threads;
        }
    });
    threads
}

/// Opens a file, changes the directory and maps a page, for the other thread to see.
extern "C" fn change_all(word: u64) -> i32 {
    let file = os::open_to_read(c"/dev").unwrap_or(-1);
    touch::store(word, file as u64);
    touch::store(word + 8, os::map(PAGE, ANONYMOUS));
    let moved = os::call(Sysno::Chdir, [c"/dev".as_ptr() as u64]);
    i32::from(moved.is_err())
}

fn sharing(checks: &mut Checks) {
    let word = os::map(PAGE, ANONYMOUS);
    checks.that("a thread changes things", os::join(os::start_thread(change_all, word)));
    checks.that("its file is open here", os::close(touch::load(word) as i32).is_ok());
    touch::store(touch::load(word + 8), 7);
    checks.equal("its memory is here", touch::load(touch::load(word + 8)), 7);
    let mut path = [0_u8; 16];
    let length = os::call(Sysno::Getcwd, [path.as_mut_ptr() as u64, path.len() as u64]);
    checks.equal(
        "its directory is the caller's",
        (length, &path[..5]),
        (Ok(5), b"/dev\0".as_slice()),
    );
    os::ignore(os::call(Sysno::Chdir, [c"/".as_ptr() as u64]));
    os::ignore(os::unmap(touch::load(word + 8), PAGE));
    os::ignore(os::unmap(word, PAGE));
}

extern "C" fn sleep_on(word: u64) -> i32 {
    os::futex_wait(word, 0, None).map_or(1, |_| 2)
}

extern "C" fn spin(word: u64) -> i32 {
    touch::add(word + 8, 1);
    loop {
        core::hint::spin_loop();
    }
}

extern "C" fn end_group(_: u64) -> i32 {
    os::exit(42)
}

extern "C" fn end_later(word: u64) -> i32 {
    while touch::load_word(word) == 0 {
        os::yield_core();
    }
    33
}

/// Sleeps in each of several kinds of waits.
extern "C" fn sleep_in_pipe(word: u64) -> i32 {
    let mut byte = [0_u8];
    touch::add(word + 8, 1);
    let read = os::call(Sysno::Read, [touch::load(word + 16), byte.as_mut_ptr() as u64, 1]);
    i32::from(read.is_ok())
}

extern "C" fn sleep_for_long(word: u64) -> i32 {
    touch::add(word + 8, 1);
    os::sleep(1000 * SECOND).map_or(1, |_| 2)
}

/// Threads that sleep and spin in every way, in the calling process.
fn start_all_kinds(word: u64) {
    let [reader, _] = os::pipe(OpenFlags::empty()).unwrap_or([-1; 2]);
    touch::store(word + 16, reader as u64);
    for entry in [sleep_in_pipe as os::Entry, sleep_for_long, spin, spin] {
        os::ignore(os::start_thread(entry, word));
    }
    os::ignore(os::start_thread(sleep_on, word));
    os::until(10 * SECOND, || touch::load(word + 8) == 4);
}

fn ends(checks: &mut Checks) {
    let word = os::map(PAGE, COMMON);
    let reset = || [0, 8, 16].iter().for_each(|at| touch::store(word + at, 0));
    reset();
    let child = os::in_child(|| {
        start_all_kinds(word);
        os::ignore(os::start_thread(end_group, 0));
        os::futex_wait(word, 0, None).map_or(1, |_| 2)
    });
    checks.equal("exit_group of a thread ends them all", child, Ok(ExitStatus::Exited(42)));
    reset();
    let child = os::in_child(|| {
        start_all_kinds(word);
        0
    });
    checks.equal("exit_group of the first one, too", child, GOOD);
    reset();
    let child = os::start_child(|| {
        os::ignore(os::start_thread(end_later, word));
        os::exit_thread(11)
    });
    let child = checks.value("a child whose first thread ends", child);
    let call = || os::call(Sysno::Tgkill, [child, child, 0]);
    let is_gone = os::until(10 * SECOND, || call() == Err(Errno::ESRCH));
    checks.that("its first thread has ended", is_gone);
    let none_yet = os::wait_for(child as i64, abi::process::WNOHANG);
    checks.equal("it has not ended", none_yet.map(|(pid, _)| pid), Ok(0));
    checks.equal("it can be asked for", os::kill(child as i64, 0), Ok(0));
    touch::store_word(word, 1);
    let ended = os::wait(child);
    checks.equal("its status is that of the last thread", ended, Ok(ExitStatus::Exited(33)));
    os::ignore(os::unmap(word, PAGE));
}

fn killing(checks: &mut Checks) {
    frames::unchanged(checks, "killing processes of many threads leaks nothing", || {
        for _ in 0..8 {
            let word = os::map(PAGE, COMMON);
            let child = os::start_child(|| {
                start_all_kinds(word);
                os::futex_wait(word, 0, None).map_or(1, |_| 2)
            });
            os::until(10 * SECOND, || touch::load(word + 8) == 4);
            if let Ok(child) = child {
                os::ignore(os::end(child).and(os::wait(child)));
            }
            os::ignore(os::unmap(word, PAGE));
        }
    });
    let word = os::map(PAGE, COMMON);
    let child = os::start_child(|| {
        start_all_kinds(word);
        os::exit_thread(0)
    });
    os::until(10 * SECOND, || touch::load(word + 8) == 4);
    let ended = child.and_then(|child| os::end(child).and(os::wait_or_kill(child, 10 * SECOND)));
    checks.equal("a kill ends threads that outlived the first", ended, KILLED);
    os::ignore(os::unmap(word, PAGE));
}

extern "C" fn wait_for_end(word: u64) -> i32 {
    while touch::load_word(word) == 0 {
        os::ignore(os::futex_wait(word, 0, None));
    }
    0
}

/// There is an end to the number of threads, and it is an error.
fn limit(checks: &mut Checks) {
    frames::unchanged(checks, "too many threads are refused and leak nothing", || {
        let child = os::in_child(|| {
            let word = os::map(PAGE, ANONYMOUS);
            let refused = loop {
                if let Err(error) = os::start_thread(wait_for_end, word) {
                    break error;
                }
            };
            i32::from(!matches!(refused, Errno::EAGAIN | Errno::ENOMEM))
        });
        os::ignore(child);
    });
}
