//! Offerers and receivers killed at every moment of an offer and of a claim: whoever is left has all
//! of the pages, with what was in them, or what it had before.
//!
//! The kill comes from another core after a delay that grows in small steps from nothing to well
//! beyond the end of the call.

use crate::os::{ANONYMOUS, COMMON, MILLISECOND, PAGE, READ_WRITE, SECOND};
use crate::{Checks, frames, os, touch};
use abi::Errno;
use abi::offer::OfferFlags;
use abi::process::ExitStatus;

const PAGES: u64 = 1024;
const BYTES: u64 = PAGES * PAGE;
const STEPS: u64 = 24;
/// How long before the call the first kill comes.
const LEAD: u64 = MILLISECOND / 10;
const ALL: u64 = OfferFlags::GRANTALL.bits() as u64;
const GIVE: u64 = ALL | OfferFlags::DISOWN.bits() as u64;

/// How the survivor ends.
const HAS_ALL: i32 = 0;
const HAS_NONE: i32 = 1;
const TORN: i32 = 2;
const LOST: i32 = 3;

/// Where things are on the board that all share.
const READY: u64 = 0;
const GO: u64 = 64;
const CHECK: u64 = 128;
const AT: u64 = 192;
const TIME: u64 = 256;
const RECEIVER: u64 = 320;

/// What the pages are like, and what the claim does to them.
#[derive(Clone, Copy, Debug)]
enum Mode {
    /// The offerer's own, which leave it.
    Given,
    /// The offerer's own, which both have from then on.
    Shared,
    /// Shared with a relative since a fork: the claim copies them all.
    Copied,
}

/// Who is killed, and when: at its offer, or at the claim.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Victim {
    OfferingGiver,
    Giver,
    Receiver,
    Nobody,
}

/// The checks.
pub fn run(checks: &mut Checks) {
    for (mode, name) in [
        (Mode::Given, "pages that are given"),
        (Mode::Shared, "pages that are shared"),
        (Mode::Copied, "pages that are copied"),
    ] {
        let mut wrong = 0;
        let mut seen = [0; 2];
        frames::unchanged(checks, name, || {
            for victim in [Victim::OfferingGiver, Victim::Giver, Victim::Receiver] {
                let (bad, ends) = sweep(mode, victim);
                wrong += bad;
                seen = [seen[0] + ends[0], seen[1] + ends[1]];
            }
        });
        checks.equal("the survivor has all or what it had", wrong, 0);
        checks
            .that("some kills came before the claim and some after it", seen[0] > 0 && seen[1] > 0);
    }
    checks.equal("nothing is offered in the end", os::list_offers(&mut []), (Ok(0), 0));
}

/// Kills after every delay; gives how often something was wrong, and how often the survivor had all
/// and none.
fn sweep(mode: Mode, victim: Victim) -> (u32, [u32; 2]) {
    let relative = relative(mode);
    let (_, time) = round(mode, Victim::Nobody, 0, relative);
    let longest = match victim {
        Victim::OfferingGiver => MILLISECOND / 4,
        _ => LEAD + time + time / 2,
    };
    let (mut wrong, mut seen) = (0, [0; 2]);
    for step in 0..STEPS {
        let (end, _) = round(mode, victim, longest * step / STEPS, relative);
        match end {
            Ok(ExitStatus::Exited(0)) => seen[0] += 1,
            Ok(ExitStatus::Exited(1)) => seen[1] += 1,
            _ => wrong += 1,
        }
        wrong += u32::from(relative.is_some_and(|at| state(at) != HAS_ALL));
    }
    if let Some(at) = relative {
        os::ignore(os::unmap(at, BYTES));
    }
    (wrong, seen)
}

/// Pages of this process, which its children share until somebody stores.
fn relative(mode: Mode) -> Option<u64> {
    matches!(mode, Mode::Copied).then(filled)
}

fn filled() -> u64 {
    let at = os::map_at(0, BYTES, READ_WRITE, ANONYMOUS, (-1, 0)).unwrap_or(0);
    for page in 0..PAGES {
        touch::store(at + page * PAGE, sum(page));
        touch::store(at + page * PAGE + PAGE - 8, !sum(page));
    }
    at
}

const fn sum(page: u64) -> u64 {
    (page + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// What the process has of the pages there; asked of the kernel first, so that nothing faults.
fn state(at: u64) -> i32 {
    let mapped = (0..PAGES).filter(|page| os::futex_wake(at + page * PAGE, 1).is_ok()).count();
    match mapped as u64 {
        0 => HAS_NONE,
        PAGES => {
            let is_whole = |page: u64| {
                touch::load(at + page * PAGE) == sum(page)
                    && touch::load(at + page * PAGE + PAGE - 8) == !sum(page)
            };
            if (0..PAGES).all(is_whole) { HAS_ALL } else { TORN }
        }
        _ => LOST,
    }
}

/// One offer and its claim, with a kill so long after both were ready; gives how the survivor ended
/// and how long the call took, where nobody was killed.
fn round(
    mode: Mode,
    victim: Victim,
    delay: u64,
    relative: Option<u64>,
) -> (os::Answer<ExitStatus>, u64) {
    let board = os::map(PAGE, COMMON);
    let giver = os::start_child(|| giver(board, mode, victim, relative)).unwrap_or(0);
    let receiver = os::start_child(|| receiver(board, giver, victim)).unwrap_or(0);
    touch::store(board + RECEIVER, receiver);
    os::until(20 * SECOND, || touch::load(board + READY) == 2);
    // Both begin at this moment; the first kills come before it.
    let start = os::now() + 2 * LEAD;
    touch::store(board + GO, start);
    while os::now() < start - LEAD + delay {}
    let (killed, left) = match victim {
        Victim::Receiver => (Some(receiver), giver),
        Victim::Nobody => (None, receiver),
        Victim::Giver | Victim::OfferingGiver => (Some(giver), receiver),
    };
    if let Some(killed) = killed {
        os::ignore(os::end(killed).and(os::wait(killed)));
    }
    touch::store(board + CHECK, 1);
    let end = os::wait_or_kill(left, 20 * SECOND);
    if killed.is_none() {
        os::ignore(os::end(giver).and(os::wait(giver)));
    }
    let time = touch::load(board + TIME);
    os::ignore(os::unmap(board, PAGE));
    (end, time)
}

/// Waits for the moment that is told on the board.
fn wait_to_start(board: u64) {
    os::until(20 * SECOND, || touch::load(board + GO) != 0);
    let moment = touch::load(board + GO);
    while os::now() < moment {}
}

fn giver(board: u64, mode: Mode, victim: Victim, relative: Option<u64>) -> i32 {
    let at = relative.unwrap_or_else(filled);
    let flags = if matches!(mode, Mode::Shared) { ALL } else { GIVE };
    os::until(20 * SECOND, || touch::load(board + RECEIVER) != 0);
    let receiver = touch::load(board + RECEIVER);
    touch::store(board + AT, at);
    if victim == Victim::OfferingGiver {
        touch::add(board + READY, 1);
        wait_to_start(board);
    }
    if os::offer(receiver, at, BYTES, flags).is_err() {
        return LOST;
    }
    if victim != Victim::OfferingGiver {
        touch::add(board + READY, 1);
    }
    os::until(20 * SECOND, || touch::load(board + CHECK) == 1);
    if victim == Victim::Nobody {
        os::ignore(os::sleep(1000 * SECOND));
    }
    // The receiver has ended, and with it what it had not claimed.
    let is_closed = os::wait_claim(receiver, at, 0) == Ok(0);
    let found = state(at);
    if found == HAS_ALL {
        // They can still be written.
        (0..PAGES).for_each(|page| touch::store(at + page * PAGE + 8, 1));
    }
    let is_wrong = !is_closed || (matches!(mode, Mode::Shared) && found != HAS_ALL);
    if is_wrong { LOST } else { found }
}

fn receiver(board: u64, giver: u64, victim: Victim) -> i32 {
    if victim != Victim::OfferingGiver {
        os::ignore(os::wait_offer(20 * SECOND));
    }
    touch::add(board + READY, 1);
    wait_to_start(board);
    let remote = touch::load(board + AT);
    let before = os::now();
    let mut claimed = os::claim(giver, remote);
    if victim == Victim::OfferingGiver {
        // The offer may not have come yet; once the giver has ended it never does.
        while claimed == Err(Errno::ENOENT) && touch::load(board + CHECK) == 0 {
            claimed = os::claim(giver, remote);
        }
    }
    touch::store(board + TIME, os::now() - before);
    os::until(20 * SECOND, || touch::load(board + CHECK) == 1);
    if os::list_offers(&mut []).1 != 0 {
        return LOST;
    }
    match claimed {
        Ok((here, BYTES)) => state(here),
        Err(Errno::ENOENT) => HAS_NONE,
        _ => LOST,
    }
}
