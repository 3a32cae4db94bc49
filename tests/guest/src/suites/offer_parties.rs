//! Who takes part in an offer: programs that were never told of each other, strangers, and
//! processes that end or become something else.

use super::holdings::view_at;
use super::memory::faults;
use super::offers::{bystander, end};
use crate::os::{ANONYMOUS, COMMON, PAGE, SECOND};
use crate::{Checks, frames, os, start, touch};
use abi::Errno;
use abi::offer::OfferFlags;
use abi::process::{ExitStatus, ProcessState};

const WELL: os::Answer<ExitStatus> = Ok(ExitStatus::Exited(0));
const ALL: u64 = OfferFlags::GRANTALL.bits() as u64;
const GIVE: u64 = ALL | OfferFlags::DISOWN.bits() as u64;
const PATIENCE: u64 = 60 * SECOND;

/// The checks.
pub fn run(checks: &mut Checks) {
    another_program(checks);
    strangers(checks);
    overlaps(checks);
    half_dead(checks);
    another_image(checks);
    survivors(checks);
    frames::unchanged(checks, "who is killed with what it has claimed leaks nothing", || {
        killed_with_pages();
    });
    checks.equal("no offer is left of anybody", os::list_offers(&mut []), (Ok(0), 0));
}

/// `take-offer`: a program whose only calls about memory of others are these two; tells the first
/// byte of what it got.
pub fn take_offer() -> i32 {
    os::take_offer(PATIENCE).map_or(255, |(here, _)| i32::from(touch::load_byte(here)))
}

/// A process that becomes `take-offer` when the gate opens.
fn program(board: u64) -> u64 {
    let program = os::start_child(|| {
        os::until(PATIENCE, || touch::load_word(board) == 1);
        os::execute(start::own_path(), &[c"guest", c"take-offer"], &[]);
        127
    });
    program.unwrap_or(0)
}

fn another_program(checks: &mut Checks) {
    let board = os::map(PAGE, COMMON);
    let receiver = program(board);
    let at = os::map(PAGE, ANONYMOUS);
    touch::store(at, 42);
    // It may be offered before the receiver is the program that takes it.
    checks.equal("offered", os::offer(receiver, at, PAGE, GIVE), Ok(0));
    touch::store_word(board, 1);
    let taken = os::wait(receiver);
    checks.equal("a program that knows nobody takes it", taken, Ok(ExitStatus::Exited(42)));
    checks.that("and the giver has it no more", view_at(0, at).is_none());
    os::ignore(os::unmap(board, PAGE));
}

fn strangers(checks: &mut Checks) {
    let (parent, board) = (os::own_id(), os::map(PAGE, COMMON));
    let stranger = os::start_child(move || {
        os::until(PATIENCE, || touch::load_word(board) == 1);
        let at = touch::load(board + 8);
        let refused = os::fails(os::claim(parent, at), Errno::ENOENT);
        let ignorant = os::list_offers(&mut []) == (Ok(0), 0);
        let cannot_cancel = os::fails(os::offer(bystander_of(board), at, 0, 0), Errno::ENOENT);
        i32::from(!refused || !ignorant || !cannot_cancel)
    });
    let stranger = checks.value("a stranger", stranger);
    let receiver = bystander();
    let at = os::map(PAGE, ANONYMOUS);
    touch::store(at, 5);
    touch::store(board + 8, at);
    touch::store(board + 16, receiver);
    checks.equal("offered", os::offer(receiver, at, PAGE, GIVE), Ok(0));
    touch::store_word(board, 1);
    checks.equal("a third process can't take, see or cancel it", os::wait(stranger), WELL);
    checks.equal("and the offer stays", os::list_offers(&mut []), (Err(Errno::ERANGE), 1));
    checks.equal("as its page does", touch::load(at), 5);
    end(receiver);
    os::ignore(os::unmap(at, PAGE).and(os::unmap(board, PAGE)));
}

fn bystander_of(board: u64) -> u64 {
    touch::load(board + 16)
}

/// A process that claims at an address when it is told to; 0 if that gives pages, else the error.
fn claimer(parent: u64, board: u64) -> u64 {
    let claimer = os::start_child(move || {
        let mine = os::own_id();
        os::until(PATIENCE, || touch::load(board) == mine);
        match os::claim(parent, touch::load(board + 8)) {
            Ok((here, _)) => i32::from(touch::load(here) == 0),
            Err(error) => error as i32,
        }
    });
    claimer.unwrap_or(0)
}

/// Lets a claimer claim, and tells how it ended.
fn claims(board: u64, claimer: u64, at: u64) -> os::Answer<ExitStatus> {
    touch::store(board + 8, at);
    touch::store(board, claimer);
    os::wait(claimer)
}

fn overlaps(checks: &mut Checks) {
    let (parent, board) = (os::own_id(), os::map(PAGE, COMMON));
    let [one, two, three] = [(); 3].map(|()| claimer(parent, board));
    let at = os::map(4 * PAGE, ANONYMOUS);
    (0..4).for_each(|page| touch::store(at + page * PAGE, page + 1));
    let shared = os::offer(one, at, 3 * PAGE, ALL).and(os::offer(two, at + PAGE, 2 * PAGE, GIVE));
    let all = shared.and(os::offer(three, at, 4 * PAGE, ALL));
    checks.equal("offers may overlap", all, Ok(0));
    checks.equal("who comes first gets it", claims(board, one, at), WELL);
    checks.equal("another one as well, while it is there", claims(board, two, at + PAGE), WELL);
    let late = Ok(ExitStatus::Exited(Errno::EFAULT as u8));
    checks.equal("of what has left nobody gets anything", claims(board, three, at), late);
    checks.equal("and that offer has ended", os::list_offers(&mut []), (Ok(0), 0));
    let kept = (touch::load(at), touch::load(at + 3 * PAGE));
    checks.equal("the giver keeps the rest", kept, (1, 4));
    checks.that("and nothing else", faults(|| touch::probe(at + 2 * PAGE)));
    os::ignore(os::unmap(at, 4 * PAGE).and(os::unmap(board, PAGE)));
}

fn is_zombie(process: u64) -> bool {
    let mut found = false;
    os::for_each_process(|record| {
        let is_it = u64::from(record.pid) == process;
        found |= is_it && record.state == ProcessState::Zombie as u32;
    });
    found
}

fn half_dead(checks: &mut Checks) {
    let dead = checks.value("a process that ends", os::start_child(|| 0));
    checks.that("and is not waited for", os::until(PATIENCE, || is_zombie(dead)));
    let at = os::map(PAGE, ANONYMOUS);
    touch::store(at, 3);
    checks.equal("gets nothing", os::offer(dead, at, PAGE, GIVE), Err(Errno::ESRCH));
    checks.equal("its parent is told of it", os::wait(dead), WELL);
    checks.equal("nobody has the number 0", os::offer(0, at, PAGE, GIVE), Err(Errno::ESRCH));
    checks.equal("and the page is where it was", touch::load(at), 3);
    os::ignore(os::unmap(at, PAGE));
}

fn another_image(checks: &mut Checks) {
    let (parent, board) = (os::own_id(), os::map(PAGE, COMMON));
    let child = os::start_child(move || {
        let at = os::map(PAGE, ANONYMOUS);
        if os::offer(parent, at, PAGE, GIVE).is_ok() {
            os::until(PATIENCE, || touch::load_word(board) == 1);
            os::execute(c"/bin/sleep", &[c"sleep", c"1000"], &[]);
        }
        1
    });
    let child = checks.value("one who offers", child);
    let record = checks.value("its offer", os::wait_offer(PATIENCE));
    touch::store_word(board, 1);
    let gone = os::until(PATIENCE, || os::list_offers(&mut []) == (Ok(0), 0));
    checks.that("who becomes another program takes its offers along", gone);
    checks.equal("nothing is there", os::claim(child, record.address), Err(Errno::ENOENT));
    end(child);
    os::ignore(os::unmap(board, PAGE));
}

fn survivors(checks: &mut Checks) {
    let parent = os::own_id();
    let giver = os::start_child(move || {
        let at = os::map(2 * PAGE, ANONYMOUS);
        touch::store(at, 8);
        let given = os::offer(parent, at, 2 * PAGE, GIVE);
        i32::from(given.and(os::wait_claim(parent, at, PATIENCE)).is_err())
    });
    let giver = checks.value("a giver", giver);
    let (here, length) = checks.value("claimed", os::take_offer(PATIENCE));
    checks.equal("the giver ends", os::wait(giver), WELL);
    touch::store(here + PAGE, 9);
    let left = (touch::load(here), touch::load(here + PAGE), length);
    checks.equal("and the receiver has the pages", left, (8, 9, 2 * PAGE));
    os::ignore(os::unmap(here, length));
}

/// A process claims pages and is killed with them; what its giver keeps is as it was.
fn killed_with_pages() {
    let board = os::map(PAGE, COMMON);
    let receiver = os::start_child(|| {
        if os::take_offer(PATIENCE).is_err() {
            return 2;
        }
        touch::store_word(board, 1);
        os::ignore(os::sleep(1000 * SECOND));
        0
    });
    let at = os::map(64 * PAGE, ANONYMOUS);
    (0..64).for_each(|page| touch::store(at + page * PAGE, page + 1));
    if let Ok(receiver) = receiver {
        os::ignore(os::offer(receiver, at, 32 * PAGE, GIVE));
        os::until(PATIENCE, || touch::load_word(board) == 1);
        end(receiver);
    }
    assert_eq!(touch::load(at + 32 * PAGE), 33);
    os::ignore(os::unmap(at, 64 * PAGE).and(os::unmap(board, PAGE)));
}
