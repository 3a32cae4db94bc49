//! Processes with one region: what they see of each other, and what they leave, however they end.

use crate::os::{PAGE, READ_WRITE};
use crate::random::Random;
use crate::{Checks, frames, os, touch};
use abi::Errno;
use abi::memory::{MapFlags, Protection};
use abi::process::ExitStatus;
use abi::region::RegionFlags;

const NAME: &[u8] = b"/company-test-shm";
const PLAIN: RegionFlags = RegionFlags::empty();
const GOOD: os::Answer<ExitStatus> = Ok(ExitStatus::Exited(0));
const PATIENCE: u64 = 10 * os::SECOND;
const PAGES: u64 = 256;

/// The checks.
pub fn run(checks: &mut Checks) {
    the_maker_goes(checks);
    numbers_are_a_processs_own(checks);
    let region = os::region_create(NAME, &os::request(PAGES * PAGE, PLAIN));
    let region = checks.value("created", region);
    turns(checks, region);
    no_copies(checks, region);
    exact_counts(checks, region);
    ends(checks, region);
    os::ignore(os::close(region));
    os::ignore(os::region_unlink(NAME));
    the_last_user_frees(checks);
}

/// A process that made a region and has gone leaves it to the others, who know its name.
fn the_maker_goes(checks: &mut Checks) {
    let maker = os::in_child(|| {
        let Ok(region) = os::region_create(NAME, &os::request(PAGE, PLAIN)) else { return 1 };
        let Ok(view) = os::region_map(region, READ_WRITE) else { return 2 };
        touch::store(view, os::own_id());
        0
    });
    checks.equal("a child makes a region and goes", maker, GOOD);
    let region = checks.value("opened", os::region_open(NAME, PLAIN));
    let view = checks.value("mapped", os::region_map(region, Protection::READ));
    checks.that("others find what it wrote", touch::load(view) > 1);
    let record = os::region_stat(region);
    checks.equal("where they alone are users", (record.users, record.descriptors), (2, 1));
    let again = os::region_create(NAME, &os::request(PAGE, RegionFlags::EXCLUSIVE));
    checks.equal("the name is taken while it is there", again, Err(Errno::EEXIST));
    os::ignore(os::region_leave(region));
    checks.equal("one call frees it", os::region_unlink(NAME), Ok(0));
    let again = os::region_create(NAME, &os::request(PAGE, RegionFlags::EXCLUSIVE));
    checks.that("for another", again.and_then(os::close).is_ok());
    os::ignore(os::region_unlink(NAME));
}

/// A descriptor's number says nothing to another process.
fn numbers_are_a_processs_own(checks: &mut Checks) {
    let child = os::start_child(|| {
        if os::region_sync::wait_name(NAME, Some(PATIENCE)).is_err() {
            return 1;
        }
        let foreign = (3..64).all(|number| {
            os::region_map(number, Protection::READ) == Err(Errno::EBADF)
                && os::region_leave(number) == Err(Errno::EBADF)
        });
        i32::from(!foreign) * 2
    });
    let child = checks.value("a child", child);
    let region = os::region_create(NAME, &os::request(PAGE, PLAIN));
    let region = checks.value("created", region);
    checks.equal("a handle is nothing to another process", os::wait(child), GOOD);
    let again = checks.value("opened", os::region_open(NAME, PLAIN));
    let (first, second) = (os::region_stat(region).id, os::region_stat(again).id);
    checks.equal("all handles lead to one object", first, second);
    os::close_all([region, again]);
    os::ignore(os::region_unlink(NAME));
}

/// Two processes take turns by loads and stores alone, at addresses of their own.
fn turns(checks: &mut Checks, region: i32) {
    const TURNS: u32 = 1000;
    let mine = checks.value("mapped", os::region_map(region, READ_WRITE));
    let child = os::start_child(|| {
        let other = os::map_file(region, PAGE, READ_WRITE, MapFlags::SHARED).unwrap_or(mine);
        if other == mine || os::region_unmap(mine).is_err() {
            return 1;
        }
        let answered = (0..TURNS).all(|turn| play(other, 2 * turn + 1));
        i32::from(!answered) * 2
    });
    let child = checks.value("a child", child);
    let played = (0..TURNS).all(|turn| play(mine, 2 * turn));
    checks.that("a store is seen by loads alone", played);
    checks.equal("at another address, too", os::wait(child), GOOD);
    checks.equal("a thousand times each", touch::load_word(mine), 2 * TURNS);
    os::ignore(os::region_unmap(mine));
}

/// Waits for the word to be `turn`, without a call unless it takes long, and adds one.
fn play(word: u64, turn: u32) -> bool {
    let holds = || (0..1_000_000).any(|_| touch::load_word(word) == turn);
    let begin = os::now();
    while !holds() {
        if os::now() - begin > PATIENCE {
            return false;
        }
        os::yield_core();
    }
    touch::store_word(word, turn + 1);
    true
}

/// After fork neither side's store to a region makes a fault or a copy; one to private memory does.
fn no_copies(checks: &mut Checks, region: i32) {
    let view = checks.value("mapped", os::region_map(region, READ_WRITE));
    let own = os::map(PAGE, os::ANONYMOUS);
    let store_all = |value| (0..PAGES).for_each(|page| touch::store(view + page * PAGE, value));
    store_all(1);
    touch::store(own, 1);
    let before = os::region_stat(region);
    let child = os::in_child(|| {
        store_all(2);
        touch::store(own, 2);
        0
    });
    checks.equal("a child stores to all pages", child, GOOD);
    let both = (touch::load(view + (PAGES - 1) * PAGE), touch::load(own));
    checks.equal("the region's are one, the private one is two", both, (2, 1));
    store_all(3);
    let after = os::region_stat(region);
    let counts = (after.faults - before.faults, after.resident_pages);
    checks.equal("no store to a region faults or copies after a fork", counts, (0, PAGES));
    os::ignore(os::region_unmap(view));
    os::ignore(os::unmap(own, PAGE));
}

/// The region's count of pages and the system's are those of the pages that were touched.
fn exact_counts(checks: &mut Checks, region: i32) {
    os::ignore(os::region_set_length(region, 0));
    os::ignore(os::region_set_length(region, PAGES * PAGE));
    let view = checks.value("mapped", os::region_map(region, READ_WRITE));
    let mut random = Random::new(11);
    let mut touched = [false; PAGES as usize];
    for _ in 0..2 * PAGES {
        let page = random.below(PAGES);
        touch::store(view + page * PAGE, page);
        touched[page as usize] = true;
    }
    let wanted = touched.iter().filter(|touched| **touched).count() as u64;
    checks.equal("it counts each page once", os::region_stat(region).resident_pages, wanted);
    let half = touched[..PAGES as usize / 2].iter().filter(|touched| **touched).count() as u64;
    let user = || os::memory_info().map_or(0, |record| record.user);
    let before = user();
    os::ignore(os::region_set_length(region, PAGES / 2 * PAGE));
    checks.equal("what is cut off is not counted", os::region_stat(region).resident_pages, half);
    checks.equal("and the system's count is as exact", before - user(), wanted - half);
    os::ignore(os::region_set_length(region, PAGES * PAGE));
    os::ignore(os::region_unmap(view));
}

/// A user who ends in any way, and cleans nothing up, is a user less.
fn ends(checks: &mut Checks, region: i32) {
    let users = || os::region_stat(region).users;
    let alone = users();
    for (what, end) in [("by an exit", 0), ("by a fault", 1), ("by a kill", 2)] {
        let counts = os::map(PAGE, os::COMMON);
        let child = os::start_child(|| {
            os::silence();
            let view = os::region_map(region, READ_WRITE);
            touch::store(counts, u64::from(view.is_ok()));
            match end {
                0 => return 0,
                1 => touch::probe(0),
                _ => os::ignore(os::sleep(1000 * os::SECOND)),
            }
            1
        });
        let child = checks.value("a child", child);
        let came = os::until(PATIENCE, || touch::load(counts) == 1);
        if end == 2 {
            checks.equal("a child counts with handle and view", users(), alone + 2);
            os::ignore(os::end(child));
        }
        os::ignore(os::wait(child));
        crate::say!("{what}");
        checks.equal("who is gone counts no more", (came, users()), (true, alone));
        os::ignore(os::unmap(counts, PAGE));
    }
}

/// The memory of a region without a name is there for the second user, and gone after him.
fn the_last_user_frees(checks: &mut Checks) {
    let mut stays = true;
    frames::unchanged(checks, "and is free after the last", || {
        stays &= is_there_for_the_second_user().unwrap_or(false);
    });
    checks.that("memory stays while a user is there", stays);
}

fn is_there_for_the_second_user() -> os::Answer<bool> {
    let before = frames::settled(None);
    let region = os::region_create(b"", &os::request(PAGES * PAGE, PLAIN))?;
    let view = os::region_map(region, READ_WRITE)?;
    (0..PAGES).for_each(|page| touch::store(view + page * PAGE, page));
    let second = os::start_child(|| {
        // It is killed when it has been looked at.
        os::ignore(os::sleep(1000 * os::SECOND));
        1
    })?;
    os::ignore(os::region_leave(region));
    let stays = frames::settled(None) + PAGES <= before;
    os::ignore(os::end(second));
    os::ignore(os::wait(second));
    Ok(stays)
}
