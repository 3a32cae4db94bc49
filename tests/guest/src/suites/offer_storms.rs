//! Offers on all cores at once: pages go round in a ring, others store to them meanwhile, and
//! processes are killed at any moment.

use crate::os::{ANONYMOUS, COMMON, MILLISECOND, PAGE, READ_WRITE, SECOND};
use crate::random::Random;
use crate::{Checks, frames, os, touch};
use abi::offer::OfferFlags;
use abi::process::ExitStatus;

const RING: usize = 4;
const LAPS: u64 = 60;
const PAGES: u64 = 24;
const ALL: u64 = OfferFlags::GRANTALL.bits() as u64;
const GIVE: u64 = ALL | OfferFlags::DISOWN.bits() as u64;

/// The checks.
pub fn run(checks: &mut Checks) {
    let mut torn = 0;
    frames::unchanged(checks, "pages that go round leak nothing", || {
        torn += ring(LAPS, None);
    });
    checks.equal("every message arrives whole, everywhere", torn, 0);
    let mut lost = 0;
    frames::unchanged(checks, "pages that others store to leak nothing", || {
        lost += u64::from(!stores_during_claims());
    });
    checks.equal("no store is lost while pages change hands", lost, 0);
    let mut random = Random::new(4);
    frames::unchanged(checks, "kills at any moment leak nothing", || {
        for _ in 0..24 {
            let moment = random.below(12 * MILLISECOND);
            ring(u64::MAX, Some((random.below(RING as u64) as usize, moment)));
        }
    });
    checks.equal("nothing is offered in the end", os::list_offers(&mut []), (Ok(0), 0));
}

/// Sends pages round in a ring of processes; gives how many of them saw something wrong.
///
/// One of them may be killed after a time; the others then end because nothing comes any more.
fn ring(laps: u64, kill: Option<(usize, u64)>) -> u32 {
    let board = os::map(PAGE, COMMON);
    let patience = if kill.is_some() { 50 * MILLISECOND } else { 60 * SECOND };
    let members: [u64; RING] = core::array::from_fn(|place| {
        os::start_child(|| member(board, place, laps, patience)).unwrap_or(0)
    });
    for (place, member) in (0..).zip(members) {
        touch::store(board + place * 8, member);
    }
    touch::store_word(board + 512, 1);
    if let Some((victim, moment)) = kill {
        os::ignore(os::sleep(moment));
        os::ignore(os::end(members[victim]));
    }
    let ends = members.map(os::wait);
    os::ignore(os::unmap(board, PAGE));
    let went_wrong = |end: &os::Answer<ExitStatus>| match kill {
        None => *end != Ok(ExitStatus::Exited(0)),
        Some(_) => *end == Ok(ExitStatus::Exited(3)),
    };
    ends.iter().filter(|end| went_wrong(end)).count() as u32
}

/// Takes the pages, checks that they are whole, changes them all, and gives them on.
fn member(board: u64, place: usize, laps: u64, patience: u64) -> i32 {
    os::until(10 * SECOND, || touch::load_word(board + 512) == 1);
    let next = touch::load(board + ((place + 1) % RING) as u64 * 8);
    let mut at = 0;
    if place == 0 {
        at = os::map_at(0, PAGES * PAGE, READ_WRITE, ANONYMOUS, (-1, 0)).unwrap_or(0);
        if os::offer(next, at, PAGES * PAGE, GIVE).is_err() {
            return 2;
        }
    }
    for lap in 0..laps {
        let Ok((here, length)) = os::take_offer(patience) else { return 2 };
        let first = touch::load(here);
        let whole = (0..PAGES).all(|page| touch::load(here + page * PAGE) == first);
        if !whole || length != PAGES * PAGE {
            return 3;
        }
        (0..PAGES).for_each(|page| touch::store(here + page * PAGE, first + 1));
        let is_last = place == 0 && lap + 1 == laps;
        if !is_last && os::offer(next, here, length, GIVE).is_err() {
            return 2;
        }
        at = here;
    }
    // What is not claimed ends with its offerer.
    if place != 0 && os::wait_claim(next, at, patience).is_err() {
        return 2;
    }
    if place == 0 && touch::load(at) != laps * RING as u64 { 3 } else { 0 }
}

/// Adds 1 to a word of each of four pages.
fn add_to_all(at: u64) {
    for page in 0..4 {
        touch::add(at + page * PAGE, 1);
    }
}

/// Children add to pages all the time, while these go to others and back as views.
fn stores_during_claims() -> bool {
    const ADDERS: u64 = 3;
    let shared = os::map(4 * PAGE, COMMON);
    let control = os::map(PAGE, COMMON);
    let adders: [os::Answer; ADDERS as usize] = core::array::from_fn(|_| {
        os::start_child(|| {
            let mut count = 0;
            while touch::load_word(control) == 0 {
                add_to_all(shared);
                count += 1;
            }
            touch::add(control + 64, count);
            0
        })
    });
    let mut taken = 0;
    for round in 0..40_u64 {
        let receiver = os::start_child(|| {
            let Ok((here, length)) = os::take_offer(20 * SECOND) else { return 2 };
            add_to_all(here);
            i32::from(os::unmap(here, length).is_err())
        });
        let Ok(receiver) = receiver else { break };
        let drops = if round % 2 == 0 { 0 } else { u64::from(OfferFlags::DROP_X.bits()) };
        if os::offer(receiver, shared, 4 * PAGE, ALL | drops).is_ok() {
            taken += u64::from(os::wait(receiver) == Ok(ExitStatus::Exited(0)));
        }
        add_to_all(shared);
    }
    touch::store_word(control, 1);
    adders.iter().flatten().for_each(|adder| os::ignore(os::wait(*adder)));
    let sum = touch::load(control + 64) + taken + 40;
    let right = (0..4).all(|page| touch::load(shared + page * PAGE) == sum);
    os::ignore(os::unmap(shared, 4 * PAGE).and(os::unmap(control, PAGE)));
    right && taken == 40
}
