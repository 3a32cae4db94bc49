//! The errors of each function on semaphores, and deadlines.

use crate::check::Checks;
use crate::children::{self, GOOD};
use abi::Errno;
use alloc::string::String;
use user::fs;
use user::posix::{
    Clock, OpenFlags, SEM_VALUE_MAX, Semaphore, TimeSpec, sem_clockwait, sem_getvalue, sem_init,
    sem_list, sem_open, sem_post, sem_timedwait, sem_trywait, sem_unlink, sem_wait, shm_open,
    shm_unlink,
};
use user::process;
use user::time::{self, Duration};

const NAME: &str = "/api-errors";
const CREATE: OpenFlags = OpenFlags::CREATE;
const NEW: OpenFlags = OpenFlags::CREATE.union(OpenFlags::EXCLUSIVE);
const EXISTING: OpenFlags = OpenFlags::empty();

/// The checks.
pub fn run(checks: &mut Checks) {
    let _ = sem_unlink(NAME);
    process::set_umask(0o022);
    names(checks);
    opening(checks);
    permissions(checks);
    values(checks);
    deadlines(checks);
    checks.equal("nothing is left behind", sem_list().map(|names| names.len()), Ok(0));
    let hidden = fs::read_dir("/dev/shm")
        .map(|names| names.flatten().filter(|entry| entry.name.starts_with(".sem")).count());
    checks.equal("nor half made", hidden, Ok(0));
}

fn open(name: &str, flags: OpenFlags, value: u32) -> Option<Errno> {
    sem_open(name, flags, 0o600, value).err()
}

fn names(checks: &mut Checks) {
    for name in ["", "turn", "/", "/a/b", "/.."] {
        checks.equal("what is no name is EINVAL", open(name, CREATE, 1), Some(Errno::EINVAL));
        checks.equal("and is not there to unlink", sem_unlink(name), Err(Errno::ENOENT));
    }
    let longest = String::from("/") + &"x".repeat(251);
    checks.equal("a name of 251 bytes", open(&longest, CREATE, 1), None);
    checks.equal("is unlinked", sem_unlink(&longest), Ok(()));
    let longer = longest + "x";
    checks.equal("one more is ENAMETOOLONG", open(&longer, CREATE, 1), Some(Errno::ENAMETOOLONG));
    checks.equal("to unlink too", sem_unlink(&longer), Err(Errno::ENAMETOOLONG));
}

fn opening(checks: &mut Checks) {
    checks.equal("a missing one is ENOENT", open(NAME, EXISTING, 0), Some(Errno::ENOENT));
    let above = SEM_VALUE_MAX + 1;
    checks.equal(
        "a value above the maximum is EINVAL",
        open(NAME, CREATE, above),
        Some(Errno::EINVAL),
    );
    checks.equal("created exclusively", open(NAME, NEW, 2), None);
    checks.equal("only once", open(NAME, NEW, 2), Some(Errno::EEXIST));
    let stat =
        fs::metadata("/dev/shm/sem.api-errors").map(|file| (file.permissions(), file.length()));
    checks.equal("it is a file of 32 bytes", stat, Ok((0o600, 32)));
    let bytes = fs::read("/dev/shm/sem.api-errors");
    let mut wanted = [0; 32];
    (wanted[0], wanted[8]) = (2, 128);
    checks.equal("as glibc lays it out", bytes.as_deref(), Ok(&wanted[..]));
    let flags = OpenFlags::READ_WRITE | CREATE;
    checks.that("a short file", shm_open("/sem.api-short", flags, 0o600).is_ok());
    checks.equal("is no semaphore", open("/api-short", EXISTING, 0), Some(Errno::EINVAL));
    let _ = shm_unlink("/sem.api-short");
}

fn permissions(checks: &mut Checks) {
    let other = children::run_as(7, 7, || {
        open(NAME, EXISTING, 0) == Some(Errno::EACCES)
            && open(NAME, CREATE, 0) == Some(Errno::EACCES)
            && sem_unlink(NAME) == Err(Errno::EACCES)
    });
    checks.equal("another user is refused with EACCES", other, GOOD);
    checks.equal("root unlinks", sem_unlink(NAME), Ok(()));
    checks.equal("twice is ENOENT", sem_unlink(NAME), Err(Errno::ENOENT));
}

fn values(checks: &mut Checks) {
    let semaphore = Semaphore::new(0);
    checks.equal(
        "sem_init above the maximum is EINVAL",
        sem_init(&semaphore, SEM_VALUE_MAX + 1),
        Err(Errno::EINVAL),
    );
    checks.equal("at the maximum it is not", sem_init(&semaphore, SEM_VALUE_MAX), Ok(()));
    checks.equal("sem_post is EOVERFLOW then", sem_post(&semaphore), Err(Errno::EOVERFLOW));
    checks.equal("and the value stays", sem_getvalue(&semaphore), Ok(SEM_VALUE_MAX as i32));
    checks.equal("value 1", sem_init(&semaphore, 1), Ok(()));
    checks.equal("sem_wait takes it", sem_wait(&semaphore), Ok(()));
    checks.equal("sem_trywait is EAGAIN", sem_trywait(&semaphore), Err(Errno::EAGAIN));
    checks.equal("sem_post gives it back", sem_post(&semaphore), Ok(()));
    checks.equal("sem_trywait takes it", sem_trywait(&semaphore), Ok(()));
}

fn deadlines(checks: &mut Checks) {
    let semaphore = Semaphore::new(1);
    let bad = TimeSpec { seconds: 0, nanoseconds: 1_000_000_000 };
    checks.equal("a bad time does not count at once", sem_timedwait(&semaphore, bad), Ok(()));
    checks.equal("it is EINVAL where it waits", sem_timedwait(&semaphore, bad), Err(Errno::EINVAL));
    let past = TimeSpec { seconds: 0, nanoseconds: 0 };
    checks.equal(
        "a time in the past is ETIMEDOUT",
        sem_timedwait(&semaphore, past),
        Err(Errno::ETIMEDOUT),
    );
    let before = time::now();
    let soon = TimeSpec::from_duration(before + Duration::from_millis(50));
    let outcome = sem_clockwait(&semaphore, Clock::Monotonic, soon);
    checks.equal("a time to come is ETIMEDOUT", outcome, Err(Errno::ETIMEDOUT));
    checks.that("not before it came", time::now() >= before + Duration::from_millis(50));
    checks.equal("nobody waits on", semaphore.waiters(), 0);
}
