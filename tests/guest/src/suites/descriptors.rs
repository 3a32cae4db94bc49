//! Descriptors: numbers, duplicates, flags, limits.

use crate::{Checks, os};
use abi::Errno;
use abi::file::{
    F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_GETFL, F_SETFD, F_SETFL, FD_CLOEXEC, OpenFlags, SEEK_CUR,
};
use abi::limits::OPEN_MAX;
use abi::process::ExitStatus;

/// `FD_CLOEXEC` as dup3 takes it.
const CLOSE: u32 = OpenFlags::CLOSE_ON_EXEC.bits();

/// The checks.
pub fn run(checks: &mut Checks) {
    numbers(checks);
    duplicates(checks);
    flags(checks);
    offsets(checks);
    limit(checks);
}

fn null() -> i32 {
    os::open(c"/dev/null", OpenFlags::READ_WRITE, 0).unwrap_or(-1)
}

fn numbers(checks: &mut Checks) {
    let fds = [null(), null(), null()];
    checks.equal("numbers are the lowest free", fds, [3, 4, 5]);
    checks.equal("closed", os::close(4), Ok(0));
    checks.equal("a hole is filled", null(), 4);
    for bad in [6, 99, -1, i32::MAX, i32::MIN] {
        checks.equal("a closed number is EBADF", os::close(bad), Err(Errno::EBADF));
        checks.equal("to read too", os::read(bad, &mut [0]), Err(Errno::EBADF));
    }
    os::close_all(fds);
}

fn duplicates(checks: &mut Checks) {
    let fd = null();
    checks.equal("a duplicate has the wanted number", os::duplicate(fd, 9, 0), Ok(9));
    checks.equal("over itself is EINVAL", os::duplicate(fd, fd, 0), Err(Errno::EINVAL));
    checks.equal("of nothing is EBADF", os::duplicate(77, 8, 0), Err(Errno::EBADF));
    checks.equal("beyond all is EBADF", os::duplicate(fd, 1 << 20, 0), Err(Errno::EBADF));
    checks.equal("unknown flags are EINVAL", os::duplicate(fd, 8, 1), Err(Errno::EINVAL));
    let [from, to] = checks.value("a pipe", os::pipe(OpenFlags::empty()));
    checks.equal("over an open one", os::duplicate(fd, to, 0), Ok(to));
    checks.equal("closes that", os::read(from, &mut [0]), Ok(0));
    checks.equal("F_DUPFD begins where it is told", os::control(fd, F_DUPFD, 20), Ok(20));
    checks.equal("and takes the next", os::control(fd, F_DUPFD_CLOEXEC, 20), Ok(21));
    for fd in [fd, 9, from, to, 20, 21] {
        let _ = os::close(fd);
    }
}

fn flags(checks: &mut Checks) {
    let fd = null();
    checks.equal("no flag at first", os::control(fd, F_GETFD, 0), Ok(0));
    let _ = os::control(fd, F_SETFD, FD_CLOEXEC.into());
    checks.equal("set", os::control(fd, F_GETFD, 0), Ok(1));
    checks.equal("a duplicate has it not", os::duplicate(fd, 9, 0), Ok(9));
    checks.equal("as it says", os::control(9, F_GETFD, 0), Ok(0));
    checks.equal("unless asked for", os::duplicate(fd, 9, CLOSE), Ok(9));
    checks.equal("as it says then", os::control(9, F_GETFD, 0), Ok(1));
    let mode = os::control(fd, F_GETFL, 0).map(|flags| flags & 3);
    checks.equal("the access mode is told", mode, Ok(2));
    let _ = os::control(fd, F_SETFL, OpenFlags::NON_BLOCKING.bits().into());
    let blocking: u64 = OpenFlags::NON_BLOCKING.bits().into();
    let shared = os::control(9, F_GETFL, 0).map(|flags| flags & blocking);
    checks.equal("status flags are shared by duplicates", shared, Ok(blocking));
    checks.equal("an unknown command is EINVAL", os::control(fd, 9999, 0), Err(Errno::EINVAL));
    let _ = (os::close(fd), os::close(9));
}

fn offsets(checks: &mut Checks) {
    let file = checks.value("a file", os::create(c"/tmp/offsets", 0o600));
    let _ = os::write(file, b"0123456789");
    let twin = checks.value("a duplicate", os::duplicate(file, 9, 0));
    let _ = os::seek(file, 4, 0);
    checks.equal("duplicates share the offset", os::seek(twin, 0, SEEK_CUR), Ok(4));
    let child = os::in_child(|| os::read(file, &mut [0; 3]).map_or(1, |length| length as i32 - 3));
    checks.equal("a child reads", child, Ok(ExitStatus::Exited(0)));
    checks.equal("and moves the parent's offset", os::seek(file, 0, SEEK_CUR), Ok(7));
    let other = checks.value("opened again", os::open_to_read(c"/tmp/offsets"));
    checks.equal("another opening has its own", os::seek(other, 0, SEEK_CUR), Ok(0));
    for fd in [file, twin, other] {
        let _ = os::close(fd);
    }
    let _ = os::unlink(c"/tmp/offsets");
}

fn limit(checks: &mut Checks) {
    let status = os::in_child(|| {
        let mut last = 0;
        let refusal = loop {
            match os::open(c"/dev/null", OpenFlags::READ_WRITE, 0) {
                Ok(fd) => last = fd,
                Err(error) => break error,
            }
        };
        let pipe = os::pipe(OpenFlags::empty());
        let _ = os::close(last);
        // One free number is not enough for a pipe, and must stay free.
        let half = os::pipe(OpenFlags::empty());
        let refused = [Some(refusal), pipe.err(), half.err()] == [Some(Errno::EMFILE); 3];
        let full = last as usize + 1 == OPEN_MAX && null() == last;
        i32::from(!refused) + 2 * i32::from(!full)
    });
    checks.equal("the limit is EMFILE", status, Ok(ExitStatus::Exited(0)));
}
