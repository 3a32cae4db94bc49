//! Semaphores that a C program and this one have in common, each through its own library.

use crate::check::Checks;
use crate::children::{self, GOOD};
use user::posix::{OpenFlags, sem_getvalue, sem_open, sem_post, sem_unlink, sem_wait};
use user::process::{self, ExitStatus, Pid};
use user::time::{self, Duration};

/// Where the test image has `tests/c/posix.c`.
const PROGRAM: &str = "/extra/c-posix";
const OURS: &str = "/api-ours";
const THEIRS: &str = "/api-theirs";

/// The checks.
pub fn run(checks: &mut Checks) {
    let _ = (sem_unlink(OURS), sem_unlink(THEIRS));
    checks.equal("C processes take turns", end(&[]), GOOD);
    ours(checks);
    theirs(checks);
}

fn start(words: &[&str]) -> Option<Pid> {
    children::start(|| {
        let words = [&[PROGRAM], words].concat();
        process::exec(PROGRAM, &words, &[]);
        false
    })
}

fn end(words: &[&str]) -> Option<ExitStatus> {
    children::end(start(words))
}

fn ours(checks: &mut Checks) {
    let Some(turn) = checks.value("ours", sem_open(OURS, OpenFlags::CREATE, 0o600, 0)) else {
        return;
    };
    checks.equal("C posts it", end(&["post", OURS]), GOOD);
    checks.equal("and we see that", sem_getvalue(&turn), Ok(1));
    checks.equal("and take it", sem_wait(&turn), Ok(()));
    let waiter = start(&["wait", OURS]);
    let deadline = time::now() + Duration::from_secs(30);
    while turn.waiters() == 0 && time::now() < deadline {
        process::yield_now();
    }
    checks.equal("C waits for it", turn.waiters(), 1);
    checks.equal("we post it", sem_post(&turn), Ok(()));
    checks.equal("and wake C", children::end(waiter), GOOD);
    let poster = start(&["post", OURS]);
    checks.equal("C wakes us", sem_wait(&turn), Ok(()));
    checks.equal("and ends well", children::end(poster), GOOD);
    checks.equal("C removes it", end(&["rm", OURS]), GOOD);
}

fn theirs(checks: &mut Checks) {
    checks.equal("C makes one", end(&["make", THEIRS, "2"]), GOOD);
    let turn = sem_open(THEIRS, OpenFlags::empty(), 0, 0);
    let Some(turn) = checks.value("we open it", turn) else { return };
    checks.equal("and see its value", sem_getvalue(&turn), Ok(2));
    checks.equal("and take it", sem_wait(&turn).and_then(|()| sem_wait(&turn)), Ok(()));
    let poster = start(&["post", THEIRS]);
    checks.equal("C wakes us", sem_wait(&turn), Ok(()));
    checks.equal("and ends well", children::end(poster), GOOD);
    checks.equal("we remove it", sem_unlink(THEIRS), Ok(()));
}
