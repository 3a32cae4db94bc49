//! Waiting for offers by their descriptor, among other files; and who sleeps on a page that is
//! claimed meanwhile.

use crate::os::{ANONYMOUS, COMMON, MILLISECOND, PAGE, READ_WRITE, SECOND};
use crate::random::Random;
use crate::{Checks, frames, os, touch};
use abi::Errno;
use abi::file::OpenFlags;
use abi::offer::{OfferFlags, OfferRecord};
use abi::poll::{PollEvents, PollFd};
use abi::process::ExitStatus;
use abi::topic::{SubscribeFlags, TopicPolicy};
use zerocopy::IntoBytes;

const WELL: os::Answer<ExitStatus> = Ok(ExitStatus::Exited(0));
const ALL: u64 = OfferFlags::GRANTALL.bits() as u64;
const GIVE: u64 = ALL | OfferFlags::DISOWN.bits() as u64;
const ROUNDS: u64 = 3000;
const NOBODY: (os::Answer, u16) = (Ok(0), 0);
const READY: (os::Answer, u16) = (Ok(1), PollEvents::IN.bits());

/// The checks.
pub fn run(checks: &mut Checks) {
    arguments(checks);
    readiness(checks);
    reading(checks);
    inheritance(checks);
    offers_topics_and_pipes(checks);
    let mut missed = 0;
    frames::unchanged(checks, "a storm of waits leaks nothing", || missed += storm());
    checks.equal("no wake-up is lost", missed, 0);
    frames::unchanged(checks, "who is killed in a wait leaks nothing", killed_in_wait);
    sleepers(checks);
}

fn asked(fd: i32) -> PollFd {
    PollFd { fd, events: PollEvents::IN.bits(), revents: 0 }
}

fn poll(fd: i32, patience: u64) -> (os::Answer, u16) {
    let mut files = [asked(fd)];
    let count = os::poll(&mut files, Some(patience));
    (count, files[0].revents)
}

fn open() -> i32 {
    os::offer_descriptor(OpenFlags::NON_BLOCKING).unwrap_or(-1)
}

/// A child that offers a page to this process and takes it back after so long; it ends then.
fn offerer(patience: u64) -> u64 {
    let parent = os::own_id();
    let child = os::start_child(|| {
        let at = os::map(PAGE, ANONYMOUS);
        touch::store(at, 7);
        os::ignore(os::offer(parent, at, PAGE, ALL));
        os::ignore(os::wait_claim(parent, at, patience));
        os::ignore(os::offer(parent, at, 0, 0));
        os::ignore(os::sleep(10 * MILLISECOND));
        0
    });
    child.unwrap_or(0)
}

fn arguments(checks: &mut Checks) {
    let bad = os::offer_descriptor(OpenFlags::READ_WRITE);
    checks.equal("only two flags are taken", bad, Err(Errno::EINVAL));
    let inbox = checks.value("a descriptor", os::offer_descriptor(OpenFlags::NON_BLOCKING));
    let mut records = [OfferRecord::default(); 2];
    let buffer = records.as_mut_bytes();
    checks.equal("nothing to read", os::read(inbox, buffer), Err(Errno::EAGAIN));
    let short = os::read(inbox, &mut buffer[..31]);
    checks.equal("a record has 32 bytes", short, Err(Errno::EINVAL));
    checks.equal("it is not written", os::write(inbox, b"x"), Err(Errno::EBADF));
    checks.equal("nor sought in", os::seek(inbox, 0, 0), Err(Errno::ESPIPE));
    os::ignore(os::close(inbox));
}

fn readiness(checks: &mut Checks) {
    let inbox = open();
    checks.equal("without an offer it is not ready", poll(inbox, 0), NOBODY);
    let child = offerer(10 * SECOND);
    checks.equal("an offer makes it ready", poll(inbox, 10 * SECOND), READY);
    checks.equal("for as long as it is open", poll(inbox, 0), READY);
    let (here, length) = checks.value("a claim", os::take_offer(0));
    checks.equal("ends it", poll(inbox, 0), NOBODY);
    checks.equal("the page is there", touch::load(here), 7);
    os::ignore(os::unmap(here, length).and(os::wait(child)));
    let child = offerer(20 * MILLISECOND);
    checks.equal("another offer", poll(inbox, 10 * SECOND), READY);
    let ended = os::until(10 * SECOND, || poll(inbox, 0) == NOBODY);
    checks.that("which its offerer cancels", ended);
    os::ignore(os::wait(child));
    let child = offerer(1000 * SECOND);
    checks.equal("a third", poll(inbox, 10 * SECOND), READY);
    os::ignore(os::end(child).and(os::wait(child)));
    checks.equal("whose offerer is killed", poll(inbox, 0), NOBODY);
    os::ignore(os::close(inbox));
}

fn reading(checks: &mut Checks) {
    let inbox = checks.value("a descriptor that waits", os::offer_descriptor(OpenFlags::empty()));
    let first = offerer(1000 * SECOND);
    let mut one = [OfferRecord::default()];
    checks.equal("a read waits for an offer", os::read(inbox, one.as_mut_bytes()), Ok(32));
    checks.equal("and tells whose it is", one[0].pid, first as u32);
    let second = offerer(1000 * SECOND);
    let mut records = [OfferRecord::default(); 3];
    let both = os::until(10 * SECOND, || os::read(inbox, records.as_mut_bytes()) == Ok(64));
    checks.that("a read takes nothing away", both);
    let pids = records.map(|record| u64::from(record.pid));
    checks.equal("the oldest comes first", pids, [first, second, 0]);
    checks.equal("as it is waited for", os::wait_offer(0), Ok(records[0]));
    checks.equal("one fits", os::read(inbox, &mut records.as_mut_bytes()[..63]), Ok(32));
    for child in [first, second] {
        os::ignore(os::end(child).and(os::wait(child)));
    }
    os::ignore(os::close(inbox));
}

fn inheritance(checks: &mut Checks) {
    let inbox = open();
    let child = os::in_child(|| i32::from(poll(inbox, 0) != (Ok(1), PollEvents::NVAL.bits())));
    checks.equal("a child does not inherit it", child, WELL);
    os::ignore(os::close(inbox));
}

/// One wait for all three; each of them ends it.
fn offers_topics_and_pipes(checks: &mut Checks) {
    let inbox = open();
    let topic = checks.value("a topic", os::subscribe(b"/waits", 4, SubscribeFlags::empty()));
    let [from, to] = checks.value("a pipe", os::pipe(OpenFlags::empty()));
    for (which, name) in ["an offer", "a message", "a byte"].into_iter().enumerate() {
        let parent = os::own_id();
        let child = os::start_child(|| {
            os::ignore(os::sleep(5 * MILLISECOND));
            match which {
                0 => {
                    let at = os::map(PAGE, ANONYMOUS);
                    os::ignore(os::offer(parent, at, PAGE, ALL));
                }
                1 => {
                    let Ok(pool) = os::pool(PAGE) else { return 2 };
                    let topic = os::advertise(b"/waits", 4, TopicPolicy::Overwrite, pool);
                    let Ok(topic) = topic else { return 3 };
                    os::ignore(os::publish(topic, pool.address, 8, None));
                }
                _ => os::ignore(os::write(to, b"x")),
            }
            os::ignore(os::sleep(1000 * SECOND));
            0
        });
        let child = checks.value("a child", child);
        let mut files = [asked(inbox), asked(topic), asked(from)];
        checks.equal("one is ready", os::poll(&mut files, Some(20 * SECOND)), Ok(1));
        checks.that(name, files[which].revents == PollEvents::IN.bits());
        os::ignore(os::end(child).and(os::wait(child)));
        if which == 1 {
            let taken = os::take(topic, abi::topic::TakeFlags::NO_WAIT, None);
            os::ignore(taken.and_then(|message| os::release(topic, message.entry)));
        }
    }
    os::close_all([inbox, topic, from, to]);
}

/// Two processes give pages and a third writes bytes; this one waits for all of them at once.
/// Gives how many waits ended without anything.
fn storm() -> u64 {
    let inbox = open();
    let Ok([from, to]) = os::pipe(OpenFlags::NON_BLOCKING) else { return 1 };
    let parent = os::own_id();
    let givers = [1, 2].map(|seed| os::start_child(|| giver(parent, seed)));
    let writer = os::start_child(|| {
        for round in 0..ROUNDS {
            os::ignore(os::write(to, b"x"));
            if round % 16 == 0 {
                os::yield_core();
            }
        }
        0
    });
    os::ignore(os::close(to));
    let (mut missed, mut pages, mut files) = (0, 0, [asked(inbox), asked(from)]);
    while pages < 2 * ROUNDS || files[1].fd >= 0 {
        if os::poll(&mut files, Some(20 * SECOND)) == Ok(0) {
            missed += 1;
            break;
        }
        if files[0].revents != 0 {
            let Ok((here, length)) = os::take_offer(0) else { return missed + 1 };
            os::ignore(os::unmap(here, length));
            pages += 1;
        }
        if files[1].revents != 0 && os::read(from, &mut [0; 64]) == Ok(0) {
            os::ignore(os::close(from));
            files[1].fd = -1;
        }
    }
    for child in givers.into_iter().chain([writer]).flatten() {
        os::ignore(os::wait(child));
    }
    os::ignore(os::close(inbox));
    missed
}

/// Gives pages one by one, each when the one before was claimed.
fn giver(to: u64, seed: u64) -> i32 {
    let mut random = Random::new(seed);
    for _ in 0..ROUNDS {
        let at = os::map_at(0, PAGE, READ_WRITE, ANONYMOUS, (-1, 0)).unwrap_or(0);
        touch::store(at, seed);
        if os::offer(to, at, PAGE, GIVE).is_err() || os::wait_claim(to, at, 20 * SECOND).is_err() {
            return 2;
        }
        if random.below(4) == 0 {
            os::yield_core();
        }
    }
    0
}

fn killed_in_wait() {
    for _ in 0..20 {
        let waits: [fn(); 3] = [
            || os::ignore(os::poll(&mut [asked(open())], None)),
            || os::ignore(os::wait_offer(1000 * SECOND)),
            || {
                let inbox = os::offer_descriptor(OpenFlags::empty()).unwrap_or(-1);
                os::ignore(os::read(inbox, OfferRecord::default().as_mut_bytes()));
            },
        ];
        let children = waits.map(|wait| {
            os::start_child(|| {
                wait();
                0
            })
        });
        os::ignore(os::sleep(MILLISECOND));
        for child in children.into_iter().flatten() {
            os::ignore(os::end(child).and(os::wait(child)));
        }
    }
}

/// The offerer sleeps on a word of a private page that it shares; the receiver wakes it by its own
/// view, whenever the claim comes between the two.
fn sleepers(checks: &mut Checks) {
    let mut random = Random::new(9);
    let mut hung = 0;
    for round in 0..200 {
        let at = os::map(2 * PAGE, ANONYMOUS);
        touch::store_word(at + PAGE, 0);
        let moment = if round == 0 { 10 * MILLISECOND } else { random.below(MILLISECOND / 4) };
        let receiver = os::start_child(|| {
            let Ok(record) = os::wait_offer(20 * SECOND) else { return 2 };
            let until = os::now() + moment;
            while os::now() < until {}
            let Ok((here, _)) = os::claim(record.pid.into(), record.address) else { return 3 };
            touch::store_word(here + PAGE, 1);
            os::ignore(os::futex_wake(here + PAGE, 1));
            0
        });
        let receiver = checks.value("a receiver", receiver);
        os::ignore(os::offer(receiver, at, 2 * PAGE, ALL));
        while touch::load_word(at + PAGE) == 0 && hung == 0 {
            let slept = os::futex_wait(at + PAGE, 0, Some(10 * SECOND));
            hung += u32::from(slept == Err(Errno::ETIMEDOUT));
        }
        os::ignore(os::wait(receiver).map(drop).and(os::unmap(at, 2 * PAGE)));
    }
    checks.equal("who sleeps on a page that becomes shared is woken by it", hung, 0);
    // The pages leave: the sleeper is told, and finds them gone.
    let parent = os::own_id();
    let board = os::map(PAGE, COMMON);
    let sleeper = os::start_child(|| {
        let at = os::map(PAGE, ANONYMOUS);
        touch::store(at, 0);
        os::ignore(os::offer(parent, at, PAGE, GIVE));
        let slept = os::futex_wait(at, 0, Some(20 * SECOND));
        touch::store(board, 1 + u64::from(slept == Ok(0)));
        0
    });
    let inbox = open();
    checks.equal("pages to be given", poll(inbox, 10 * SECOND), READY);
    os::ignore(os::sleep(10 * MILLISECOND));
    let (here, length) = checks.value("given", os::take_offer(0));
    let end = sleeper.and_then(os::wait);
    checks.equal("their giver's sleep ends", (end, touch::load(board)), (WELL, 2));
    os::ignore(os::unmap(here, length).and(os::unmap(board, PAGE)).and(os::close(inbox)));
}
