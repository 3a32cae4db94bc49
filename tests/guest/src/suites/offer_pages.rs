//! The pages of an offer: the very same frames on the other side, of any size and any source, and
//! nothing before the claim.

use super::holdings::view_at;
use super::memory::faults;
use crate::os::{ANONYMOUS, COMMON, PAGE, READ_WRITE, SECOND};
use crate::{Checks, frames, names, os, touch};
use abi::Errno;
use abi::memory::{MapFlags, Protection};
use abi::offer::OfferFlags;
use abi::process::ExitStatus;
use abi::region::RegionFlags;

const WELL: os::Answer<ExitStatus> = Ok(ExitStatus::Exited(0));
const READ: u64 = OfferFlags::GRANT_R.bits() as u64;
const ALL: u64 = OfferFlags::GRANTALL.bits() as u64;
const GIVE: u64 = ALL | OfferFlags::DISOWN.bits() as u64;
/// Pages whose first words fit on a board.
const SHOWN: u64 = 64;
const PATIENCE: u64 = 60 * SECOND;

/// The checks.
pub fn run(checks: &mut Checks) {
    same_frames(checks);
    sizes(checks);
    before_the_claim(checks);
    cancelled(checks);
    told_apart(checks);
    sources(checks);
    files(checks);
    one_writer(checks);
    one_address(checks);
}

/// Memory by which the processes of a check tell each other things.
///
/// Receivers are started before the pages exist, so that they share none of them since a fork.
fn board() -> u64 {
    let board = os::map(PAGE, COMMON);
    touch::store(board, 0);
    board
}

/// Waits until the others have come to a step, which a word of the board counts.
fn step(board: u64, number: u32) -> bool {
    os::until(PATIENCE, || touch::load_word(board) >= number)
}

/// Memory whose pages hold their numbers from one on.
fn numbered(pages: u64, flags: MapFlags) -> u64 {
    let at = os::map(pages * PAGE, flags);
    (0..pages).for_each(|page| touch::store(at + page * PAGE, page + 1));
    at
}

fn are_numbered(at: u64, pages: u64) -> bool {
    (0..pages).all(|page| touch::load(at + page * PAGE) == page + 1)
}

/// Frames that hold the memory of programs, in the whole system.
fn user_frames() -> u64 {
    os::memory_info().map_or(0, |information| information.user)
}

fn region_at(address: u64) -> u64 {
    view_at(0, address).map_or(0, |view| view.region)
}

fn same_frames(checks: &mut Checks) {
    const PAGES: u64 = 2048;
    let (parent, board) = (os::own_id(), board());
    let receiver = os::start_child(move || {
        let Ok(record) = os::wait_offer(PATIENCE) else { return 2 };
        let before = (user_frames(), user_frames()).1;
        let Ok((here, length)) = os::claim(parent, record.address) else { return 3 };
        touch::store(board + 8, user_frames().abs_diff(before));
        touch::store(board + 16, u64::from(are_numbered(here, PAGES)));
        touch::store(board + 24, region_at(here));
        let back = os::offer(parent, here, length, GIVE);
        i32::from(back.and(os::wait_claim(parent, here, PATIENCE)).is_err())
    });
    let receiver = checks.value("a receiver", receiver);
    let at = numbered(PAGES, ANONYMOUS);
    checks.equal("offered", os::offer(receiver, at, PAGES * PAGE, GIVE), Ok(0));
    let (here, length) = checks.value("it comes back", os::take_offer(PATIENCE));
    let copied = touch::load(board + 8);
    checks.that("a claim of 2048 pages makes no frame", copied < 8);
    checks.equal("they are the sender's", touch::load(board + 16), 1);
    checks.that("and are whole when they come back", are_numbered(here, PAGES));
    let (theirs, ours) = (touch::load(board + 24), region_at(here));
    checks.that("from hand to hand they are the same pages", ours == theirs && ours != 0);
    checks.equal("the receiver is content", os::wait(receiver), WELL);
    os::ignore(os::unmap(here, length).and(os::unmap(board, PAGE)));
}

/// Gives so many pages to another process; whether they arrive whole and leave.
fn gives(pages: u64) -> bool {
    let receiver = os::start_child(move || {
        let Ok((here, length)) = os::take_offer(10 * PATIENCE) else { return 2 };
        i32::from(length != pages * PAGE || !are_numbered(here, pages))
    });
    let Ok(receiver) = receiver else { return false };
    let at = numbered(pages, ANONYMOUS);
    let offered = os::offer(receiver, at, pages * PAGE, GIVE).is_ok();
    offered && os::wait(receiver) == WELL && view_at(0, at).is_none()
}

fn sizes(checks: &mut Checks) {
    for pages in [1, 2, 511, 512, 513, 1025] {
        checks.that("a message of any number of pages arrives", gives(pages));
    }
    let most = frames::free() / 4 * 3;
    let before = frames::settled(None);
    // In a child, whose end gives its tables back as well.
    let giver = os::in_child(|| i32::from(!gives(most)));
    checks.equal("also one of most of the memory", giver, WELL);
    checks.equal("which comes back", frames::settled(Some(before)), before);
}

fn before_the_claim(checks: &mut Checks) {
    let (parent, board) = (os::own_id(), board());
    let receiver = os::start_child(move || {
        let Ok(record) = os::wait_offer(PATIENCE) else { return 2 };
        let blind = faults(|| touch::probe(record.address));
        let unlisted = view_at(0, record.address).is_none();
        touch::store_word(board, 1);
        if !step(board, 2) || os::claim(parent, record.address).is_err() {
            return 3;
        }
        i32::from(!blind || !unlisted)
    });
    let receiver = checks.value("a receiver", receiver);
    let at = numbered(2, ANONYMOUS);
    checks.equal("offered", os::offer(receiver, at, 2 * PAGE, GIVE), Ok(0));
    checks.that("the receiver has looked", step(board, 1));
    touch::store(at, 17);
    checks.that("its giver works with it meanwhile", touch::load(at) == 17);
    let listed = |address| view_at(0, address).is_some();
    checks.that("and has it in the list of its views", listed(at) && listed(at + PAGE));
    touch::store_word(board, 2);
    checks.equal("claimed", os::wait_claim(receiver, at, PATIENCE), Ok(0));
    checks.that("with the claim it leaves that list", !listed(at) && !listed(at + PAGE));
    checks.that("and a load faults", faults(|| touch::probe(at)));
    checks.equal("the receiver had nothing before", os::wait(receiver), WELL);
    os::ignore(os::unmap(board, PAGE));
}

fn cancelled(checks: &mut Checks) {
    let (parent, board) = (os::own_id(), board());
    let receiver = os::start_child(move || {
        let Ok(record) = os::wait_offer(PATIENCE) else { return 2 };
        touch::store_word(board, 1);
        let gone = step(board, 2) && os::fails(os::claim(parent, record.address), Errno::ENOENT);
        i32::from(!gone || os::list_offers(&mut []).1 != 0)
    });
    let receiver = checks.value("a receiver", receiver);
    let at = numbered(1, ANONYMOUS);
    checks.equal("offered", os::offer(receiver, at, PAGE, GIVE), Ok(0));
    checks.that("the receiver knows", step(board, 1));
    checks.equal("cancelled", os::offer(receiver, at, 0, 0), Ok(0));
    touch::store_word(board, 2);
    checks.equal("a claim after the cancel fails", os::wait(receiver), WELL);
    checks.that("and the page stays its owner's", are_numbered(at, 1));
    os::ignore(os::unmap(at, PAGE).and(os::unmap(board, PAGE)));
}

fn told_apart(checks: &mut Checks) {
    let (parent, board) = (os::own_id(), board());
    let before = names::all();
    let receiver = os::start_child(move || {
        if !step(board, 1) {
            return 2;
        }
        let (first, second) = (touch::load(board + 8), touch::load(board + 16));
        // The later one first.
        let (Ok(two), Ok(one)) = (os::claim(parent, second), os::claim(parent, first)) else {
            return 3;
        };
        let apart = one.0 + one.1 <= two.0 || two.0 + two.1 <= one.0;
        let right = (touch::load(one.0), touch::load(two.0)) == (1, 50);
        let local = one.0.is_multiple_of(PAGE) && two.0.is_multiple_of(PAGE);
        let nameless = names::all() == before;
        touch::store(board + 24, one.1);
        touch::store(board + 32, two.1);
        i32::from(!apart || !right || !local) + 2 * i32::from(!nameless)
    });
    let receiver = checks.value("a receiver", receiver);
    let (first, second) = (numbered(3, ANONYMOUS), numbered(1, ANONYMOUS));
    touch::store(second, 50);
    touch::store(board + 8, first);
    touch::store(board + 16, second);
    let offered = os::offer(receiver, first, 3 * PAGE, GIVE);
    let offered = offered.and(os::offer(receiver, second, PAGE, GIVE));
    checks.equal("two offers to one process", offered, Ok(0));
    checks.that("without any name", names::all() == before);
    touch::store_word(board, 1);
    checks.equal("are told apart by their addresses", os::wait(receiver), WELL);
    let sizes = (touch::load(board + 24), touch::load(board + 32));
    checks.equal("and each claim tells its size", sizes, (3 * PAGE, PAGE));
    os::ignore(os::unmap(board, PAGE));
}

/// A process that takes what is offered and shows the first word of each page on the board.
fn reader(board: u64) -> u64 {
    let reader = os::start_child(move || {
        let Ok((here, length)) = os::take_offer(PATIENCE) else { return 2 };
        for page in 0..(length / PAGE).min(SHOWN) {
            touch::store(board + 64 + page * 8, touch::load(here + page * PAGE));
        }
        touch::store_word(board, 1);
        // It sees what its giver stores later, if the two share it.
        if step(board, 2) && touch::load(here) == 99 { 0 } else { 1 }
    });
    reader.unwrap_or(0)
}

fn shown(board: u64) -> [u64; 3] {
    [0, 8, 16].map(|offset| touch::load(board + 64 + offset))
}

/// Shares three pages with a reader; what it sees of them, and whether it sees a later store.
fn shared_with_reader(at: impl FnOnce() -> u64, later: impl FnOnce(u64)) -> ([u64; 3], bool) {
    let board = board();
    let reader = reader(board);
    let at = at();
    let offered = os::offer(reader, at, 3 * PAGE, READ);
    if offered.is_ok() && step(board, 1) {
        later(at);
    }
    touch::store_word(board, 2);
    let sees = os::wait(reader) == WELL;
    let found = shown(board);
    os::ignore(os::unmap(board, PAGE));
    (found, sees)
}

fn sources(checks: &mut Checks) {
    let store = |at| touch::store(at, 99);
    let private = shared_with_reader(|| numbered(3, ANONYMOUS), store);
    checks.equal("private memory can be offered", private, ([1, 2, 3], true));
    let common = shared_with_reader(|| numbered(3, COMMON), store);
    checks.equal("shared memory, too", common, ([1, 2, 3], true));
    let blank = shared_with_reader(|| os::map(3 * PAGE, ANONYMOUS), store);
    checks.equal("and pages that nobody has touched", blank, ([0; 3], true));
    let within = shared_with_reader(|| numbered(9, ANONYMOUS) + 4 * PAGE, store);
    checks.equal("or some in the middle", within, ([5, 6, 7], true));
    let region = os::region_create(b"/offered", &os::request(5 * PAGE, RegionFlags::empty()));
    let region = checks.value("a named region", region);
    let whole = checks.value("mapped", os::region_map(region, READ_WRITE));
    (0..5).for_each(|page| touch::store(whole + page * PAGE, page + 1));
    let other = checks.value("mapped again", os::region_map(region, READ_WRITE));
    let part = shared_with_reader(
        || whole + PAGE,
        // By another view of the region, which is what was offered.
        |_| touch::store(other + PAGE, 99),
    );
    checks.equal("a part of a region is offered as it is", part, ([2, 3, 4], true));
    os::ignore(os::region_leave(region).and(os::region_unlink(b"/offered")));
}

fn files(checks: &mut Checks) {
    let file = checks.value("a file", os::create(c"/tmp/offered", 0o600));
    os::ignore(os::set_length(file, 3 * PAGE).and(os::write(file, &[7; 8])));
    let seven = u64::from_ne_bytes([7; 8]);
    let view = || os::map_file(file, 3 * PAGE, READ_WRITE, MapFlags::PRIVATE).unwrap_or(0);
    let private = shared_with_reader(view, |at| touch::store(at, 99));
    checks.equal("a private view is offered as a copy", private, ([seven, 0, 0], true));
    let mut bytes = [0; 8];
    os::ignore(os::seek(file, 0, 0).and(os::read(file, &mut bytes)));
    checks.equal("and its file stays as it is", bytes, [7; 8]);
    os::ignore(os::close(file).and(os::unlink(c"/tmp/offered")));
}

fn one_writer(checks: &mut Checks) {
    let board = board();
    let reader = reader(board);
    let request = os::request(3 * PAGE, RegionFlags::SINGLE_WRITER);
    let region = checks.value("a region with one writer", os::region_create(b"", &request));
    let at = checks.value("mapped", os::region_map(region, READ_WRITE));
    let write = os::offer(reader, at, 3 * PAGE, u64::from(OfferFlags::GRANT_W.bits()));
    checks.equal("it gets no second one", write, Err(Errno::EACCES));
    checks.equal("nor has anything happened", os::list_offers(&mut []), (Ok(0), 0));
    checks.equal("readers it may have", os::offer(reader, at, 3 * PAGE, READ), Ok(0));
    checks.that("one reads", step(board, 1));
    touch::store(at, 99);
    touch::store_word(board, 2);
    checks.equal("what the one writes", os::wait(reader), WELL);
    let only = os::protect(at, PAGE, Protection::READ).and(os::protect(at, PAGE, READ_WRITE));
    checks.equal("who is as before", only, Ok(0));
    os::ignore(os::region_leave(region).and(os::unmap(board, PAGE)));
}

/// A region with one address for all has it in a receiver, too.
fn one_address(checks: &mut Checks) {
    let receiver = os::start_child(move || match os::take_offer(PATIENCE) {
        Ok((here, _)) => i32::from(touch::load(touch::load(here)) != 17),
        Err(_) => 255,
    });
    let receiver = checks.value("a receiver", receiver);
    let request = os::request(3 * PAGE, RegionFlags::SAME_ADDRESS);
    let region = checks.value("a region with one address", os::region_create(b"", &request));
    let at = checks.value("mapped", os::region_map(region, READ_WRITE));
    touch::store(at + PAGE, at + 2 * PAGE);
    touch::store(at + 2 * PAGE, 17);
    checks.equal("offered", os::offer(receiver, at + PAGE, 2 * PAGE, READ), Ok(0));
    checks.equal("pointers in what is offered lead there", os::wait(receiver), WELL);
    os::ignore(os::region_leave(region));
}
