//! `shm_open`, `shm_unlink`, `ftruncate`, `fstat`.

use crate::check::Checks;
use crate::children::{self, GOOD};
use abi::Errno;
use alloc::string::String;
use user::fs::{self, OwnedFd};
use user::posix::{OpenFlags, fstat, ftruncate, shm_open, shm_unlink};
use user::process;

const NAME: &str = "/api-object";
const READ_ONLY: OpenFlags = OpenFlags::empty();
const READ_WRITE: OpenFlags = OpenFlags::READ_WRITE;
const CREATE: OpenFlags = READ_WRITE.union(OpenFlags::CREATE);
const NEW: OpenFlags = CREATE.union(OpenFlags::EXCLUSIVE);

/// The checks.
pub fn run(checks: &mut Checks) {
    let _ = shm_unlink(NAME);
    process::set_umask(0o022);
    names(checks);
    creation(checks);
    lengths(checks);
    permissions(checks);
    unlinking(checks);
}

fn error<T>(outcome: Result<T, Errno>) -> Option<Errno> {
    outcome.err()
}

fn names(checks: &mut Checks) {
    for name in ["", "api", "/", "/a/b", "/.", "/.."] {
        checks.equal(
            "what is no name is EINVAL",
            error(shm_open(name, NEW, 0o600)),
            Some(Errno::EINVAL),
        );
        checks.equal("and is not there to unlink", shm_unlink(name), Err(Errno::ENOENT));
    }
    let longest = String::from("/") + &"x".repeat(255);
    let longer = longest.clone() + "x";
    checks.that("a name of 255 bytes", shm_open(&longest, NEW, 0o600).is_ok());
    checks.equal("is unlinked", shm_unlink(&longest), Ok(()));
    checks.equal(
        "one more is ENAMETOOLONG",
        error(shm_open(&longer, NEW, 0o600)),
        Some(Errno::ENAMETOOLONG),
    );
    checks.equal("to unlink too", shm_unlink(&longer), Err(Errno::ENAMETOOLONG));
}

fn creation(checks: &mut Checks) {
    checks.equal(
        "a missing object is ENOENT",
        error(shm_open(NAME, READ_WRITE, 0)),
        Some(Errno::ENOENT),
    );
    let made = checks.value("it is created", shm_open(NAME, NEW, 0o666));
    let stat = made.as_ref().and_then(|fd| fstat(fd.as_raw()).ok());
    let found = stat.map(|stat| (stat.st_mode & 0o777, stat.st_size, stat.st_uid, stat.st_gid));
    checks.equal("with its mode less the umask, without bytes", found, Some((0o644, 0, 0, 0)));
    checks.equal("exclusively only once", error(shm_open(NAME, NEW, 0o600)), Some(Errno::EEXIST));
    let again = checks.value("created again it is opened", shm_open(NAME, CREATE, 0o600));
    let mode = again.and_then(|fd| fstat(fd.as_raw()).ok()).map(|stat| stat.st_mode & 0o777);
    checks.equal("with the mode that it had", mode, Some(0o644));
    let write_only = error(shm_open(NAME, OpenFlags::WRITE_ONLY, 0));
    checks.equal("write only is EINVAL", write_only, Some(Errno::EINVAL));
    checks.equal(
        "append is EINVAL",
        error(shm_open(NAME, READ_WRITE | OpenFlags::APPEND, 0)),
        Some(Errno::EINVAL),
    );
    let listed = fs::read_dir("/dev/shm")
        .map(|mut names| names.any(|entry| entry.is_ok_and(|entry| entry.name == NAME[1..])));
    checks.equal("the directory lists it", listed, Ok(true));
}

fn size(fd: &OwnedFd) -> Option<i64> {
    fstat(fd.as_raw()).ok().map(|stat| stat.st_size)
}

fn lengths(checks: &mut Checks) {
    let Some(fd) = checks.value("opened", shm_open(NAME, READ_WRITE, 0)) else { return };
    for length in [1, 4095, 4096, 4097, 100_000, 3, 0] {
        checks.equal("a length is set", ftruncate(fd.as_raw(), length), Ok(()));
        checks.equal("and is exact", size(&fd), Some(length));
    }
    checks.equal("a negative length is EINVAL", ftruncate(fd.as_raw(), -1), Err(Errno::EINVAL));
    checks.equal("no descriptor is EBADF", ftruncate(-1, 0), Err(Errno::EBADF));
    checks.equal("for fstat too", error(fstat(-1)), Some(Errno::EBADF));
    checks.equal("beyond all limits is EFBIG", ftruncate(fd.as_raw(), i64::MAX), Err(Errno::EFBIG));
    if let Some(reader) = checks.value("opened to read", shm_open(NAME, READ_ONLY, 0)) {
        checks.equal("a reader sets no length", ftruncate(reader.as_raw(), 1), Err(Errno::EINVAL));
    }
    let _ = ftruncate(fd.as_raw(), 5000);
    let cut =
        checks.value("opened to truncate", shm_open(NAME, READ_WRITE | OpenFlags::TRUNCATE, 0));
    checks.equal("it has no bytes", cut.and_then(|fd| size(&fd)), Some(0));
}

fn permissions(checks: &mut Checks) {
    let as_other = children::run_as(7, 7, || {
        shm_open(NAME, READ_ONLY, 0).is_ok()
            && error(shm_open(NAME, READ_WRITE, 0)) == Some(Errno::EACCES)
            && error(shm_open(NAME, READ_ONLY | OpenFlags::TRUNCATE, 0)) == Some(Errno::EACCES)
            && shm_unlink(NAME) == Err(Errno::EACCES)
    });
    checks.equal("another user reads, and neither writes nor unlinks", as_other, GOOD);
    let own = children::run_as(7, 7, || {
        let made = shm_open("/api-own", NEW, 0o600);
        made.is_ok() && shm_unlink("/api-own") == Ok(())
    });
    checks.equal("his own he unlinks", own, GOOD);
}

fn unlinking(checks: &mut Checks) {
    let Some(old) = checks.value("opened", shm_open(NAME, READ_WRITE, 0)) else { return };
    let _ = ftruncate(old.as_raw(), 11);
    checks.equal("unlinked", shm_unlink(NAME), Ok(()));
    checks.equal("twice is ENOENT", shm_unlink(NAME), Err(Errno::ENOENT));
    let new = checks.value("the name is free at once", shm_open(NAME, NEW, 0o600));
    checks.equal("for another object", new.and_then(|fd| size(&fd)), Some(0));
    checks.equal("the old one lives on", size(&old), Some(11));
    let _ = shm_unlink(NAME);
}
