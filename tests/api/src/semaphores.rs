//! Semaphores that keep processes out of each other's way.

use crate::check::Checks;
use crate::children::{self, GOOD};
use alloc::vec::Vec;
use core::sync::atomic::{AtomicU32, Ordering};
use user::posix::{
    OpenFlags, Semaphore, sem_close, sem_destroy, sem_getvalue, sem_init, sem_list, sem_open,
    sem_post, sem_unlink, sem_wait,
};
use user::region::{Protection, Region, View, unlink};

const NAME: &str = "/api-turn";
const MEMORY: &str = "/api-semaphores";
const CREATE: OpenFlags = OpenFlags::CREATE;
const EXISTING: OpenFlags = OpenFlags::empty();
const PROCESSES: u32 = 4;
const ROUNDS: u32 = 500;

/// The checks.
pub fn run(checks: &mut Checks) {
    let _ = (sem_unlink(NAME), unlink(MEMORY));
    let memory = Region::options().bytes(4096).create(MEMORY);
    let view = memory.and_then(|region| region.map(Protection::READ | Protection::WRITE));
    let Some(view) = checks.value("shared memory", view) else { return };
    named(checks, &view);
    unnamed(checks, &view);
    addresses(checks);
    let _ = unlink(MEMORY);
}

/// A count that is read and written apart: without exclusion, counts are lost.
fn count(view: &View) -> bool {
    view.as_atomic_u32(64).is_some_and(|count| {
        let seen = count.load(Ordering::Relaxed);
        core::hint::spin_loop();
        count.store(seen + 1, Ordering::Relaxed);
        true
    })
}

fn counted(view: &View) -> u32 {
    view.as_atomic_u32(64).map_or(0, |count: &AtomicU32| count.swap(0, Ordering::Relaxed))
}

fn count_under(semaphore: &Semaphore, view: &View) -> bool {
    (0..ROUNDS).all(|_| sem_wait(semaphore).is_ok() && count(view) && sem_post(semaphore).is_ok())
}

fn named(checks: &mut Checks, view: &View) {
    let turn = sem_open(NAME, CREATE, 0o600, 1);
    let Some(turn) = checks.value("a semaphore", turn) else { return };
    checks.equal("it is listed", sem_list().map(|names| names.contains(&NAME.into())), Ok(true));
    let children: Vec<_> = (0..PROCESSES)
        .map(|_| {
            children::start(|| {
                // As an unrelated process would: by name.
                sem_open(NAME, EXISTING, 0, 0).is_ok_and(|turn| count_under(&turn, view))
            })
        })
        .collect();
    let good = children.into_iter().all(|child| children::end(child) == GOOD);
    checks.that("processes take turns by its name", good);
    checks.equal("and lose no count", counted(view), PROCESSES * ROUNDS);
    checks.equal("its value is as before", sem_getvalue(&turn), Ok(1));
    checks.equal("closed", sem_close(turn), Ok(()));
    checks.equal("unlinked", sem_unlink(NAME), Ok(()));
}

fn unnamed(checks: &mut Checks, view: &View) {
    let memory = view.memory();
    let (Some(turn), Some(done)) =
        (memory.object::<Semaphore>(128), memory.object::<Semaphore>(192))
    else {
        return checks.that("room for two semaphores", false);
    };
    checks.equal("one of value 1", sem_init(turn, 1), Ok(()));
    checks.equal("one of value 0", sem_init(done, 0), Ok(()));
    let children: Vec<_> = (0..PROCESSES)
        .map(|_| children::start(|| count_under(turn, view) && sem_post(done).is_ok()))
        .collect();
    checks.that("each child tells its end", (0..PROCESSES).all(|_| sem_wait(done).is_ok()));
    checks.equal("and none lost a count", counted(view), PROCESSES * ROUNDS);
    let good = children.into_iter().all(|child| children::end(child) == GOOD);
    checks.that("all ended well", good);
    checks.equal("nobody tells more", sem_getvalue(done), Ok(0));
    checks.equal("destroyed", sem_destroy(done).and(sem_destroy(turn)), Ok(()));
}

fn addresses(checks: &mut Checks) {
    let Some(first) = checks.value("opened", sem_open(NAME, CREATE, 0o600, 3)) else { return };
    let Some(second) = checks.value("opened again", sem_open(NAME, CREATE, 0o600, 9)) else {
        return;
    };
    checks.equal("at the same address", second.address(), first.address());
    checks.equal("with the value that it had", sem_getvalue(&second), Ok(3));
    checks.equal("closed once", sem_close(second), Ok(()));
    checks.equal("it is open still", sem_post(&first), Ok(()));
    checks.equal("unlinked", sem_unlink(NAME), Ok(()));
    let Some(other) = checks.value("another of the name", sem_open(NAME, CREATE, 0o600, 0)) else {
        return;
    };
    checks.that("is another semaphore", other.address() != first.address());
    checks.equal(
        "with a value of its own",
        (sem_getvalue(&other), sem_getvalue(&first)),
        (Ok(0), Ok(4)),
    );
    let _ = sem_unlink(NAME);
}
