//! Offers: who may offer what, cancel, claim, the listing, and what the end of a process means.

use crate::os::{ANONYMOUS, COMMON, PAGE, READ_WRITE, SECOND};
use crate::{Checks, frames, os, touch};
use abi::Errno;
use abi::memory::{MapFlags, Protection};
use abi::offer::{Direction, OfferFlags, OfferRecord};
use abi::process::ExitStatus;
use abi::signal::Signal;

const WELL: os::Answer<ExitStatus> = Ok(ExitStatus::Exited(0));
const ALL: u64 = OfferFlags::GRANTALL.bits() as u64;
const GIVE: u64 = ALL | OfferFlags::DISOWN.bits() as u64;

/// A process that waits to be killed.
pub(super) fn bystander() -> u64 {
    let child = os::start_child(|| {
        os::ignore(os::sleep(1000 * SECOND));
        0
    });
    child.unwrap_or(0)
}

/// Kills a process and waits for its end.
pub(super) fn end(process: u64) {
    os::ignore(os::end(process));
    os::ignore(os::wait(process));
}

/// The checks.
pub fn run(checks: &mut Checks) {
    refusals(checks);
    cancelling(checks);
    listing(checks);
    claims(checks);
    ends(checks);
    sharing(checks);
    frames::unchanged(checks, "2000 one-page messages leak nothing", messages);
}

fn refusals(checks: &mut Checks) {
    let (other, at) = (bystander(), os::map(3 * PAGE, ANONYMOUS));
    let mut refused = |name, offer: (u64, u64, u64, u64), errno| {
        let (pid, address, length, flags) = offer;
        checks.equal(name, os::offer(pid, address, length, flags), Err(errno));
    };
    refused("an odd address", (other, at + 8, PAGE, ALL), Errno::EINVAL);
    refused("an odd length", (other, at, PAGE + 1, ALL), Errno::EINVAL);
    refused("an unknown flag", (other, at, PAGE, 64), Errno::EINVAL);
    refused("an offer to oneself", (os::own_id(), at, PAGE, ALL), Errno::EINVAL);
    refused("nobody of that number", (999_999, at, PAGE, ALL), Errno::ESRCH);
    refused("the kernel's half", (other, 1 << 63, PAGE, ALL), Errno::EFAULT);
    refused("W and X together", (other, at, PAGE, 6), Errno::EACCES);
    os::ignore(os::unmap(at + PAGE, PAGE));
    refused("a hole in the range", (other, at, 3 * PAGE, ALL), Errno::EFAULT);
    let exe = os::open_to_read(c"/bin/true").unwrap_or(-1);
    let text = os::map_file(exe, PAGE, Protection::READ, MapFlags::SHARED).unwrap_or(0);
    refused("a right that the offerer has not", (other, text, PAGE, 3), Errno::EACCES);
    os::ignore(os::unmap(text, PAGE).and(os::unmap(at, 3 * PAGE)).and(os::close(exe)));
    end(other);
    let at = os::map(PAGE, ANONYMOUS);
    checks.equal("nobody any more", os::offer(other, at, PAGE, ALL), Err(Errno::ESRCH));
    let bad = os::call(abi::Sysno::VmClaim, [1, at, at, at + 8, 1]);
    checks.equal("claims have no flags", bad, Err(Errno::EINVAL));
    let bad = os::call(abi::Sysno::VmWaitOffer, [8, 8]);
    checks.equal("a bad time", bad, Err(Errno::EFAULT));
    checks.equal("nothing to wait for", os::wait_offer(1000).err(), Some(Errno::ETIMEDOUT));
    os::ignore(os::unmap(at, PAGE));
}

fn cancelling(checks: &mut Checks) {
    let (other, at) = (bystander(), os::map(PAGE, ANONYMOUS));
    touch::store(at, 5);
    checks.equal("offered", os::offer(other, at, PAGE, GIVE), Ok(0));
    checks.equal("again", os::offer(other, at, PAGE, GIVE), Err(Errno::EEXIST));
    touch::store(at, touch::load(at) + 1);
    checks.equal("until the claim it is the offerer's", touch::load(at), 6);
    checks.equal("not claimed yet", os::wait_claim(other, at, 1000), Err(Errno::ETIMEDOUT));
    checks.equal("cancelled", os::offer(other, at, 0, 0), Ok(0));
    checks.equal("cancelled twice", os::offer(other, at, 0, 0), Err(Errno::ENOENT));
    checks.equal("it has ended", os::wait_claim(other, at, SECOND), Ok(0));
    checks.equal("the page stays", touch::load(at), 6);
    end(other);
    os::ignore(os::unmap(at, PAGE));
}

fn listing(checks: &mut Checks) {
    let (one, two) = (bystander(), bystander());
    let at = os::map(4 * PAGE, ANONYMOUS);
    os::ignore(os::offer(one, at, PAGE, 1));
    os::ignore(os::offer(two, at, 2 * PAGE, 11));
    let (parent, back) = (os::own_id(), os::map(PAGE, ANONYMOUS));
    let third = os::start_child(|| {
        os::ignore(os::offer(parent, back, PAGE, 2));
        os::ignore(os::sleep(1000 * SECOND));
        0
    });
    let third = checks.value("a process that offers", third);
    let received = os::wait_offer(10 * SECOND).unwrap_or_default();
    let canary = OfferRecord { reserved: 77, ..OfferRecord::default() };
    let mut records = [canary; 4];
    let short = os::list_offers(&mut records[..2]);
    checks.equal("too small a list", short, (Err(Errno::ERANGE), 3));
    checks.equal("leaves it as it was", records, [canary; 4]);
    checks.equal("all of them", os::list_offers(&mut records), (Ok(0), 3));
    let sent = Direction::Sent as u32;
    let record = |address, bytes, pid: u64, direction, flags| OfferRecord {
        address,
        bytes,
        pid: pid as u32,
        direction,
        flags,
        reserved: 0,
    };
    let from_third = record(back, PAGE, third, Direction::Received as u32, 2);
    let wanted =
        [record(at, PAGE, one, sent, 1), record(at, 2 * PAGE, two, sent, 11), from_third, canary];
    checks.equal("as they were made", records, wanted);
    checks.equal("the one that was waited for", received, from_third);
    let exact = os::list_offers(&mut records[..3]);
    checks.equal("just enough room", exact, (Ok(0), 3));
    let child = os::in_child(|| i32::from(os::list_offers(&mut []) != (Ok(0), 0)));
    checks.equal("a child has none of them", child, WELL);
    [one, two, third].into_iter().for_each(end);
    checks.equal("they end with the processes", os::list_offers(&mut records), (Ok(0), 0));
    os::ignore(os::unmap(at, 4 * PAGE).and(os::unmap(back, PAGE)));
}

fn claims(checks: &mut Checks) {
    let at = os::map(3 * PAGE, ANONYMOUS);
    (0..3).for_each(|page| touch::store(at + page * PAGE, 100 + page));
    let parent = os::own_id();
    let receiver = os::start_child(move || {
        let early = os::fails(os::claim(parent, at + 64 * PAGE), Errno::ENOENT);
        let Ok(record) = os::wait_offer(10 * SECOND) else { return 2 };
        let right = (record.address, record.bytes) == (at, 3 * PAGE);
        let bad = os::call(abi::Sysno::VmClaim, [parent, at, 8, 8, 0]) == Err(Errno::EFAULT);
        // A third process can't take it.
        let third = os::in_child(|| i32::from(!os::fails(os::claim(parent, at), Errno::ENOENT)));
        let Ok((here, length)) = os::claim(parent, at) else { return 3 };
        let twice = os::fails(os::claim(parent, at), Errno::ENOENT);
        let seen = (0..3).all(|page| touch::load(here + page * PAGE) == 100 + page);
        touch::store(here, 1);
        let good = early && right && bad && third == WELL && twice && seen && length == 3 * PAGE;
        i32::from(!good)
    });
    let receiver = checks.value("a receiver", receiver);
    checks.equal("offered", os::offer(receiver, at, 3 * PAGE, GIVE), Ok(0));
    checks.equal("claimed", os::wait_claim(receiver, at, 20 * SECOND), Ok(0));
    let gone = os::in_child(|| {
        touch::probe(at + PAGE);
        0
    });
    let fault = Ok(ExitStatus::Signalled(Signal::SEGV as u8));
    checks.equal("the giver's next touch faults", gone, fault);
    checks.equal("too late to cancel", os::offer(receiver, at, 0, 0), Err(Errno::ENOENT));
    let again = os::offer(receiver, at, PAGE, GIVE);
    checks.that("the address is no longer valid", again.is_err());
    checks.equal("the receiver is content", os::wait(receiver), WELL);
}

fn ends(checks: &mut Checks) {
    let (parent, at) = (os::own_id(), os::map(PAGE, ANONYMOUS));
    let offerer = os::in_child(|| i32::from(os::offer(parent, at, PAGE, GIVE).is_err()));
    checks.equal("an offerer that ends", offerer, WELL);
    checks.equal("its offer has gone", os::list_offers(&mut []), (Ok(0), 0));
    let other = bystander();
    os::ignore(os::offer(other, at, PAGE, GIVE));
    end(other);
    checks.equal("the receiver has gone, and the offer", os::list_offers(&mut []), (Ok(0), 0));
    checks.equal("who waits for the claim is told", os::wait_claim(other, at, SECOND), Ok(0));
    touch::store(at, 1);
    let receiver = os::start_child(move || {
        let Ok(record) = os::wait_offer(10 * SECOND) else { return 2 };
        // The offerer unmaps it before it says so by a second offer.
        let told = os::until(10 * SECOND, || os::list_offers(&mut []).1 == 2);
        let stale = os::claim(parent, record.address);
        let vanished = os::list_offers(&mut []).1 == 1;
        i32::from(!(told && os::fails(stale, Errno::EFAULT) && vanished))
    });
    let receiver = checks.value("a receiver", receiver);
    os::ignore(os::offer(receiver, at, PAGE, GIVE));
    os::ignore(os::unmap(at, PAGE));
    let second = os::map(PAGE, COMMON);
    os::ignore(os::offer(receiver, second, PAGE, 1));
    checks.equal("what is unmapped can't be claimed", os::wait(receiver), WELL);
    os::ignore(os::unmap(second, PAGE));
}

fn sharing(checks: &mut Checks) {
    let (parent, at) = (os::own_id(), os::map(2 * PAGE, ANONYMOUS));
    touch::store(at, 1);
    // A relative shares the page copy-on-write while it is given.
    let relative = os::start_child(move || {
        let told = os::until(10 * SECOND, || os::list_offers(&mut []).1 == 1);
        i32::from(!(told && touch::load(at) == 1))
    });
    let relative = checks.value("a relative", relative);
    let receiver = os::start_child(move || {
        let Ok((here, _)) = os::take_offer(10 * SECOND) else { return 2 };
        touch::store(here, 2);
        touch::store(here + PAGE, 3);
        let back = os::offer(parent, here, 2 * PAGE, ALL);
        let claimed = os::wait_claim(parent, here, 20 * SECOND);
        i32::from(back.and(claimed).is_err())
    });
    let receiver = checks.value("a receiver", receiver);
    checks.equal("shared", os::offer(receiver, at, 2 * PAGE, ALL), Ok(0));
    checks.equal("claimed", os::wait_claim(receiver, at, 20 * SECOND), Ok(0));
    let (here, _) = checks.value("offered back", os::take_offer(20 * SECOND));
    checks.equal("both see it", (touch::load(at), touch::load(at + PAGE)), (2, 3));
    touch::store(here, 9);
    checks.equal("two views of the same pages", touch::load(at), 9);
    let sign = os::map(PAGE, ANONYMOUS);
    os::ignore(os::offer(relative, sign, PAGE, 1));
    checks.equal("a relative never sees the change", os::wait(relative), WELL);
    checks.equal("the receiver is content", os::wait(receiver), WELL);
    os::ignore(os::unmap(sign, PAGE).and(os::unmap(at, 2 * PAGE)).and(os::unmap(here, 2 * PAGE)));
}

/// One process gives pages to another, one at a time.
fn messages() {
    const COUNT: u64 = 2000;
    let receiver = os::start_child(|| {
        for number in 0..COUNT {
            let Ok((here, length)) = os::take_offer(20 * SECOND) else { return 2 };
            if touch::load(here) != number || os::unmap(here, length).is_err() {
                return 3;
            }
        }
        0
    });
    let Ok(receiver) = receiver else { return };
    for number in 0..COUNT {
        let at = os::map_at(0, PAGE, READ_WRITE, ANONYMOUS, (-1, 0)).unwrap_or(0);
        touch::store(at, number);
        while os::offer(receiver, at, PAGE, GIVE) == Err(Errno::EAGAIN) {
            os::yield_core();
        }
    }
    assert_eq!(os::wait(receiver), WELL);
}
