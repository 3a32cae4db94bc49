//! `user::offer`: pages that are given and taken back, and channels.

use crate::check::Checks;
use crate::children::{self, GOOD};
use abi::Errno;
use alloc::vec::Vec;
use user::offer::{self, COPIED_MAX, Channel, Message, OfferFlags, Pages};
use user::process::Pid;
use user::time::Duration;

const PATIENCE: Option<Duration> = Some(Duration::from_secs(60));
const SIZES: [usize; 9] = [0, 1, 64, COPIED_MAX, COPIED_MAX + 1, 4096, 4097, 65_536, (1 << 20) + 3];

/// The checks.
pub fn run(checks: &mut Checks) {
    taken_back(checks);
    echo(checks);
    ends(checks);
    one_after_the_other(checks);
}

fn message(length: usize) -> Vec<u8> {
    (0..length).map(|index| (index * 31 + length) as u8).collect()
}

fn taken_back(checks: &mut Checks) {
    let child = children::start(|| Channel::accept(PATIENCE).is_err());
    let Ok(pages) = Pages::new(1) else { return checks.that("pages", false) };
    let written = pages.memory().write(0, b"mine").is_some();
    let Err(refused) = pages.give(Pid(999_999), OfferFlags::GRANTALL) else {
        return checks.that("nobody has that number", false);
    };
    let mut bytes = [0; 4];
    let read = refused.pages.memory().read(0, &mut bytes).is_some();
    checks.that("what nobody can have is still there", written && read && bytes == *b"mine");
    checks.equal("because of this", refused.error.errno(), Some(Errno::ESRCH));
    let given = child.and_then(|pid| refused.pages.give(pid, OfferFlags::GRANTALL).ok());
    let claimed = given.and_then(|given| given.wait(PATIENCE).ok());
    checks.equal("pages are given", claimed, Some(true));
    checks.equal("and are no channel", children::end(child), GOOD);
}

fn echo(checks: &mut Checks) {
    let child = children::start(|| {
        let Ok(Some(channel)) = Channel::accept(PATIENCE) else { return false };
        while let Ok(Some(message)) = channel.receive(PATIENCE) {
            let sent = match message {
                Message::Bytes(bytes) => channel.send(&bytes),
                // The very pages go back.
                Message::Pages(pages, length) => channel.send_pages(pages, length),
            };
            if sent.is_err() {
                return false;
            }
        }
        true
    });
    let channel = child.and_then(|pid| Channel::connect(pid, PATIENCE).ok());
    let Some(channel) = channel else { return checks.that("a channel", false) };
    for length in SIZES {
        let wanted = message(length);
        let sent = channel.send(&wanted).is_ok();
        let back = channel.receive(PATIENCE).ok().flatten();
        let is_copied = matches!(back, Some(Message::Bytes(_)));
        checks.equal("small ones are copied", is_copied, length <= COPIED_MAX);
        let right = back.is_some_and(|back| back.to_vec() == wanted);
        checks.that("a message comes back as it was sent", sent && right);
    }
    let burst = (0..12).all(|_| channel.send(&message(1000)).is_ok());
    let all = (0..12)
        .all(|_| channel.receive(PATIENCE).ok().flatten().is_some_and(|back| back.len() == 1000));
    checks.that("many in a row wait for room", burst && all);
    drop(channel);
    checks.equal("the other side is told of the end", children::end(child), GOOD);
}

fn ends(checks: &mut Checks) {
    let child = children::start(|| {
        let Ok(Some(channel)) = Channel::accept(PATIENCE) else { return false };
        let sent = channel.send(b"last words").is_ok();
        core::mem::forget(channel);
        sent
    });
    let channel = child.and_then(|pid| Channel::connect(pid, PATIENCE).ok());
    let Some(channel) = channel else { return checks.that("a channel", false) };
    checks.equal("it ends", children::end(child), GOOD);
    let last = channel.receive(PATIENCE).ok().flatten().map(|message| message.to_vec());
    checks.equal("what was sent before is received", last.as_deref(), Some(&b"last words"[..]));
    checks.that("then the end", channel.receive(None).is_ok_and(|message| message.is_none()));
    while channel.send(&[0; 1000]).is_ok() {}
    let error = channel.send(&[0; 1000]).err().and_then(|error| error.errno());
    checks.equal("nobody reads any more", error, Some(Errno::EPIPE));
    checks.that("nothing is offered in the end", offer::list(None).is_ok_and(|all| all.is_empty()));
}

/// A closed channel leaves nothing behind that a process has few of.
fn one_after_the_other(checks: &mut Checks) {
    let one = || {
        let child =
            children::start(|| Channel::accept(PATIENCE).is_ok_and(|found| found.is_some()));
        let channel = child.and_then(|pid| Channel::connect(pid, PATIENCE).ok());
        children::end(child) == GOOD && channel.is_some()
    };
    checks.that("any number of channels, one after the other", (0..300).all(|_| one()));
}
