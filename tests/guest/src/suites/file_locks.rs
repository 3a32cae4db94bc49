//! Record locks and locks of whole files between processes.

use crate::{Checks, frames, os};
use abi::file::{
    F_GETLK, F_OFD_GETLK, F_OFD_SETLK, F_RDLCK, F_SETLK, F_SETLKW, F_UNLCK, F_WRLCK, FileLock,
    LOCK_EX, LOCK_NB, LOCK_SH, LOCK_UN, OpenFlags,
};
use abi::process::ExitStatus;
use abi::{Errno, Sysno};
use core::ffi::CStr;
use os::{call, fd};
use zerocopy::IntoBytes;

const FILE: &CStr = c"/tmp/guest-locks";

/// The checks.
pub fn run(checks: &mut Checks) {
    let file = checks.value("a file", os::create(FILE, 0o600));
    records(checks, file);
    ends(checks, file);
    waits(checks, file);
    deadlock(checks, file);
    open_files(checks, file);
    whole(checks, file);
    frames::unchanged(checks, "locks leak nothing", || {
        os::ignore(set(file, F_WRLCK, 0, 10));
        os::ignore(set(file, F_UNLCK, 3, 3));
        os::ignore(set(file, F_UNLCK, 0, 0));
    });
    os::close_all([file]);
    os::ignore(os::unlink(FILE));
}

fn lock(kind: i16, start: i64, length: i64) -> FileLock {
    FileLock { kind, start, length, ..FileLock::default() }
}

fn ask(file: i32, command: u32, lock: &mut FileLock) -> os::Answer {
    os::control(file, command, lock.as_mut_bytes().as_mut_ptr() as u64)
}

/// Takes or gives a lock on a part of a file.
pub fn set(file: i32, kind: i16, start: i64, length: i64) -> os::Answer {
    ask(file, F_SETLK, &mut lock(kind, start, length))
}

/// What a child sees of the locks: the number of the first error, or 0.
fn child(work: impl FnOnce() -> os::Answer) -> Result<ExitStatus, Errno> {
    os::in_child(|| work().err().map_or(0, |error| error as i32))
}

fn records(checks: &mut Checks, file: i32) {
    checks.equal("a lock", set(file, F_WRLCK, 10, 10), Ok(0));
    checks.equal("replaced by oneself", set(file, F_RDLCK, 15, 100), Ok(0));
    let refused = Ok(ExitStatus::Exited(Errno::EAGAIN as u8));
    let fine = Ok(ExitStatus::Exited(0));
    checks.equal("others wait", child(|| set(file, F_WRLCK, 12, 1)), refused);
    checks.equal("or read", child(|| set(file, F_RDLCK, 15, 5)), fine);
    checks.equal("beside it", child(|| set(file, F_WRLCK, 0, 10)), fine);
    let owner = os::own_id() as i32;
    let told = child(|| {
        let mut found = lock(F_WRLCK, 0, 0);
        ask(file, F_GETLK, &mut found)?;
        let expected = FileLock { pid: owner, ..lock(F_WRLCK, 10, 5) };
        if found == expected { Ok(0) } else { Err(Errno::EINVAL) }
    });
    checks.equal("it is told whose", told, fine);
    checks.equal("given up", set(file, F_UNLCK, 0, 0), Ok(0));
    let mut free = lock(F_WRLCK, 0, 0);
    checks.equal("nothing is left", (ask(file, F_GETLK, &mut free), free.kind), (Ok(0), F_UNLCK));
    checks.equal("a bad kind", set(file, 7, 0, 0), Err(Errno::EINVAL));
    checks.equal("a negative start", set(file, F_RDLCK, -1, 0), Err(Errno::EINVAL));
    checks.equal("a negative length", set(file, F_RDLCK, 10, -5), Ok(0));
    let only = checks.value("to read", os::open_to_read(FILE));
    checks.equal("no right to write", set(only, F_WRLCK, 0, 0), Err(Errno::EBADF));
    checks.equal("a bad pointer", os::control(file, F_SETLK, 8), Err(Errno::EFAULT));
    os::close_all([only]);
}

/// A close of any descriptor, and the end of a process, give a file's locks up.
fn ends(checks: &mut Checks, file: i32) {
    checks.equal("a lock", set(file, F_WRLCK, 0, 0), Ok(0));
    let other = checks.value("another open file", os::open_to_read(FILE));
    checks.equal("its close", os::close(other), Ok(0));
    let fine = Ok(ExitStatus::Exited(0));
    checks.equal("gives the lock up", child(|| set(file, F_WRLCK, 0, 0)), fine);
    checks.equal("so did that child's end", set(file, F_WRLCK, 0, 0), Ok(0));
    checks.equal("given up", set(file, F_UNLCK, 0, 0), Ok(0));
}

fn waits(checks: &mut Checks, file: i32) {
    let [from, to] = checks.value("a pipe", os::pipe(OpenFlags::empty()));
    checks.equal("a lock", set(file, F_WRLCK, 0, 0), Ok(0));
    let started = os::start_child(|| {
        os::ignore(os::write(to, b"x"));
        let waited = ask(file, F_SETLKW, &mut lock(F_WRLCK, 0, 0));
        i32::from(waited.is_err())
    });
    let waiter = checks.value("a child that waits", started);
    let _ = os::read(from, &mut [0; 1]);
    os::ignore(os::sleep(50 * os::MILLISECOND));
    checks.equal("given up", set(file, F_UNLCK, 0, 0), Ok(0));
    let ended = os::wait_or_kill(waiter, 10 * os::SECOND);
    checks.equal("it gets the lock", ended, Ok(ExitStatus::Exited(0)));
    os::close_all([from, to]);
}

fn deadlock(checks: &mut Checks, file: i32) {
    let [from, to] = checks.value("a pipe", os::pipe(OpenFlags::empty()));
    checks.equal("the first byte", set(file, F_WRLCK, 0, 1), Ok(0));
    let started = os::start_child(|| {
        os::ignore(set(file, F_WRLCK, 1, 1));
        os::ignore(os::write(to, b"x"));
        i32::from(ask(file, F_SETLKW, &mut lock(F_WRLCK, 0, 1)).is_err())
    });
    let waiter = checks.value("a child that waits for it", started);
    let _ = os::read(from, &mut [0; 1]);
    os::ignore(os::sleep(100 * os::MILLISECOND));
    let refused = ask(file, F_SETLKW, &mut lock(F_WRLCK, 1, 1));
    checks.equal("a circle is refused", refused, Err(Errno::EDEADLK));
    checks.equal("given up", set(file, F_UNLCK, 0, 0), Ok(0));
    let ended = os::wait_or_kill(waiter, 10 * os::SECOND);
    checks.equal("the child goes on", ended, Ok(ExitStatus::Exited(0)));
    os::close_all([from, to]);
}

fn open_files(checks: &mut Checks, file: i32) {
    let other = checks.value("another", os::open(FILE, OpenFlags::READ_WRITE, 0));
    let take = |file, kind| ask(file, F_OFD_SETLK, &mut lock(kind, 0, 0));
    checks.equal("an open file's lock", take(file, F_WRLCK), Ok(0));
    checks.equal("against another", take(other, F_RDLCK), Err(Errno::EAGAIN));
    let mut found = lock(F_RDLCK, 0, 0);
    let answer = ask(other, F_OFD_GETLK, &mut found);
    checks.equal("nobody's", (answer, found.pid, found.kind), (Ok(0), -1, F_WRLCK));
    checks.equal("a process's", set(other, F_RDLCK, 0, 0), Err(Errno::EAGAIN));
    let copy = checks.value("a copy", os::control(file, 0, 0)) as i32;
    os::ignore(os::close(copy));
    checks.equal("a copy's close changes nothing", take(other, F_RDLCK), Err(Errno::EAGAIN));
    checks.equal("given up", take(file, F_UNLCK).and(take(other, F_WRLCK)), Ok(0));
    os::ignore(os::close(other));
    checks.equal("the last close gives up", take(file, F_WRLCK), Ok(0));
    os::ignore(take(file, F_UNLCK));
}

fn whole(checks: &mut Checks, file: i32) {
    let other = checks.value("another", os::open_to_read(FILE));
    let flock = |file, operation: u32| call(Sysno::Flock, [fd(file), operation.into()]);
    checks.equal("shared", flock(file, LOCK_SH), Ok(0));
    checks.equal("by both", flock(other, LOCK_SH | LOCK_NB), Ok(0));
    checks.equal("not alone", flock(file, LOCK_EX | LOCK_NB), Err(Errno::EAGAIN));
    checks.equal("the other is free", flock(other, LOCK_EX | LOCK_NB), Ok(0));
    checks.equal("records are another matter", set(file, F_WRLCK, 0, 0), Ok(0));
    checks.equal("given up", flock(other, LOCK_UN), Ok(0));
    checks.equal("alone", flock(file, LOCK_EX), Ok(0));
    checks.equal("unknown", flock(file, 3), Err(Errno::EINVAL));
    os::ignore(os::close(other));
    os::ignore(set(file, F_UNLCK, 0, 0));
    checks.equal("given up again", flock(file, LOCK_UN), Ok(0));
}
