//! Robust locks: what a thread that ends holds is given up, however it ends, whatever its list says.

use crate::os::{ANONYMOUS, COMMON, PAGE, SECOND};
use crate::{Checks, os, touch};
use abi::futex::{FUTEX_OWNER_DIED, FUTEX_WAITERS};
use abi::memory::Protection;
use abi::process::ExitStatus;
use abi::signal::Signal;
use abi::{Errno, Sysno};

const GOOD: Result<ExitStatus, Errno> = Ok(ExitStatus::Exited(0));
const HEAD_BYTES: u64 = 24;
/// Where in a page the head of a list is, and its entries, which lie this far before their words.
const HEAD: u64 = 0;
const ENTRIES: u64 = 64;
const ENTRY: u64 = 64;
const TO_WORD: u64 = 32;

/// The checks.
pub fn run(checks: &mut Checks) {
    calls(checks);
    let page = os::map(PAGE, COMMON);
    ends(checks, page);
    waiters(checks, page);
    pending(checks, page);
    hostile(checks, page);
    os::ignore(os::unmap(page, PAGE));
}

fn entry(page: u64, index: u64) -> u64 {
    page + ENTRIES + index * ENTRY
}

fn word(page: u64, index: u64) -> u64 {
    entry(page, index) + TO_WORD
}

/// Makes a list of locks, which all hold a value.
fn make_list(page: u64, locks: u64, value: u32) {
    let next = |index: u64| if index == locks { page + HEAD } else { entry(page, index) };
    touch::store(page + HEAD, next(0));
    touch::store(page + HEAD + 8, TO_WORD);
    touch::store(page + HEAD + 16, 0);
    for index in 0..locks {
        touch::store(entry(page, index), next(index + 1));
        touch::store_word(word(page, index), value);
    }
}

fn set_list(head: u64) -> os::Answer {
    os::call(Sysno::SetRobustList, [head, HEAD_BYTES])
}

/// Holds three locks of the list in a page, with nobody waiting.
fn hold_three(page: u64) {
    make_list(page, 3, os::own_tid() as u32);
    // One that somebody else holds stays as it is.
    touch::store_word(word(page, 1), 1);
    os::ignore(set_list(page + HEAD));
}

fn calls(checks: &mut Checks) {
    let page = os::map(PAGE, ANONYMOUS);
    let wrong = os::call(Sysno::SetRobustList, [page, HEAD_BYTES + 8]);
    checks.equal("a head of another size", wrong, Err(Errno::EINVAL));
    checks.equal("a head", set_list(page + 64), Ok(0));
    let get = |tid| os::call(Sysno::GetRobustList, [tid, page, page + 8]);
    checks.equal("it is told", get(0), Ok(0));
    checks.equal("as it is", (touch::load(page), touch::load(page + 8)), (page + 64, HEAD_BYTES));
    checks.equal("by number, too", get(os::own_tid()), Ok(0));
    checks.equal("no such thread", get(4_000_000), Err(Errno::ESRCH));
    let bad = os::call(Sysno::GetRobustList, [0, 8, page]);
    checks.equal("nowhere to store it", bad, Err(Errno::EFAULT));
    os::ignore(set_list(0));
    os::ignore(os::unmap(page, PAGE));
}

extern "C" fn hold_and_end(page: u64) -> i32 {
    hold_three(page);
    0
}

fn are_given_up(page: u64) -> bool {
    let words = [0, 1, 2].map(|index| touch::load_word(word(page, index)));
    words == [FUTEX_OWNER_DIED, 1, FUTEX_OWNER_DIED]
}

fn ends(checks: &mut Checks, page: u64) {
    checks.that("a thread ends", os::join(os::start_thread(hold_and_end, page)));
    checks.that("it has given up its locks and no others", are_given_up(page));
    let child = os::in_child(|| {
        hold_three(page);
        0
    });
    checks.equal("a process ends", child, GOOD);
    checks.that("it has given up its locks, too", are_given_up(page));
    let child = os::in_child(|| {
        hold_three(page);
        os::execute(c"/bin/true", &[c"true"], &[]) as i32
    });
    checks.equal("a process becomes another program", child, GOOD);
    checks.that("it has given up its locks, too", are_given_up(page));
    touch::store_word(word(page, 1), 0);
    let child = os::start_child(|| {
        hold_three(page);
        loop {
            os::ignore(os::sleep(1000 * SECOND));
        }
    });
    let child = child.unwrap_or(0);
    os::until(10 * SECOND, || touch::load_word(word(page, 1)) == 1);
    os::ignore(os::sleep(20 * os::MILLISECOND));
    os::ignore(os::end(child));
    let killed = Ok(ExitStatus::Signalled(Signal::KILL as u8));
    checks.equal("a process is killed", os::wait(child), killed);
    checks.that("it has given up its locks, too", are_given_up(page));
}

/// Who waits for a lock of a dead holder goes on, and finds that it died.
fn waiters(checks: &mut Checks, page: u64) {
    touch::store_word(word(page, 0), 0);
    let holder = os::start_child(|| {
        make_list(page, 1, os::own_tid() as u32 | FUTEX_WAITERS);
        os::ignore(set_list(page));
        loop {
            os::ignore(os::sleep(1000 * SECOND));
        }
    });
    let holder = holder.unwrap_or(0);
    let lock = word(page, 0);
    os::until(10 * SECOND, || touch::load_word(lock) & FUTEX_WAITERS != 0);
    let waiter = os::start_child(|| {
        let held = touch::load_word(lock);
        let answer = os::futex_wait(lock, held, Some(20 * SECOND));
        i32::from(answer.is_err() || touch::load_word(lock) != FUTEX_WAITERS | FUTEX_OWNER_DIED)
    });
    os::ignore(os::sleep(50 * os::MILLISECOND));
    os::ignore(os::end(holder).and(os::wait(holder)));
    checks.equal("a waiter is woken and finds the mark", waiter.and_then(os::wait), GOOD);
}

/// A lock that is not in the list yet, or no longer.
fn pending(checks: &mut Checks, page: u64) {
    let child = os::in_child(|| {
        make_list(page, 0, 0);
        touch::store_word(word(page, 5), os::own_tid() as u32);
        touch::store(page + HEAD + 16, entry(page, 5));
        os::ignore(set_list(page));
        0
    });
    checks.equal("a process ends while it takes a lock", child, GOOD);
    checks.equal("which it has given up", touch::load_word(word(page, 5)), FUTEX_OWNER_DIED);
    let child = os::start_child(|| {
        make_list(page, 0, 0);
        touch::store_word(word(page, 5), 0);
        touch::store(page + HEAD + 16, entry(page, 5));
        os::ignore(set_list(page));
        os::ignore(os::sleep(100 * os::MILLISECOND));
        0
    });
    os::ignore(os::sleep(20 * os::MILLISECOND));
    let answer = os::futex_wait(word(page, 5), 0, Some(20 * SECOND));
    checks.equal("one that ends while it frees a lock wakes a waiter", answer, Ok(0));
    checks.equal("and ends", child.and_then(os::wait), GOOD);
}

/// Lists that loop, lead nowhere, or into what must not be written.
fn hostile(checks: &mut Checks, page: u64) {
    let end_with = |make: &dyn Fn() -> u64| {
        os::in_child(|| {
            os::ignore(set_list(make()));
            0
        })
    };
    let loops = end_with(&|| {
        make_list(page, 2, 0);
        touch::store(entry(page, 1), entry(page, 0));
        page
    });
    checks.equal("a list that loops", loops, GOOD);
    let own = |index: u64| touch::store_word(word(page, index), os::own_tid() as u32);
    let astray = end_with(&|| {
        make_list(page, 2, 0);
        own(0);
        touch::store(entry(page, 0), 0xFFFF_FFFF_FFFF_FFF0);
        page
    });
    checks.equal("a list that leads to the kernel", astray, GOOD);
    checks.equal(
        "the lock before that is given up",
        touch::load_word(word(page, 0)),
        FUTEX_OWNER_DIED,
    );
    for head in [8, u64::MAX, u64::MAX - 23, page + PAGE - 8, abi::limits::PAGE_SIZE as u64 * 7 + 1]
    {
        checks.equal("a head that is none", end_with(&|| head), GOOD);
    }
    let odd = end_with(&|| {
        make_list(page, 1, 0);
        touch::store(page + 8, TO_WORD + 1);
        page
    });
    checks.equal("a word at an odd address", odd, GOOD);
    let sealed = end_with(&|| {
        let private = os::map(PAGE, ANONYMOUS);
        make_list(private, 1, os::own_tid() as u32);
        os::ignore(os::protect(private, PAGE, Protection::READ));
        private
    });
    checks.equal("a lock that cannot be written", sealed, GOOD);
    let gone = end_with(&|| {
        let private = os::map(2 * PAGE, ANONYMOUS);
        make_list(private, 1, os::own_tid() as u32);
        touch::store(private + 8, PAGE);
        os::ignore(os::unmap(private + PAGE, PAGE));
        private
    });
    checks.equal("a lock that is not mapped", gone, GOOD);
}
