//! What topics keep, tell and refuse: notices of who comes and goes, the three policies, what a
//! subscriber gets of the past, and who gets the memory back when somebody dies.

use super::offers::end;
use crate::os::{COMMON, MILLISECOND, PAGE, SECOND};
use crate::{Checks, os, touch};
use abi::poll::{PollEvents, PollFd};
use abi::process::ExitStatus;
use abi::topic::{
    FREED_MAX, FreedRecord, SubscribeFlags, TOPIC_HELD_MAX, TakeFlags, TopicPolicy, TopicRecord,
};
use abi::{Errno, Sysno};
use zerocopy::IntoBytes;

const NAME: &[u8] = b"/topic-queues";
const WELL: os::Answer<ExitStatus> = Ok(ExitStatus::Exited(0));
const PLAIN: SubscribeFlags = SubscribeFlags::empty();
const KEEPING: SubscribeFlags = SubscribeFlags::TRANSIENT_LOCAL;
const NEXT: TakeFlags = TakeFlags::NO_WAIT;
const OVERWRITE: TopicPolicy = TopicPolicy::Overwrite;
const PATIENCE: u64 = 60 * SECOND;

/// The checks.
pub fn run(checks: &mut Checks) {
    let pool = checks.value("a pool", os::pool(64 * 1024));
    notices(checks, pool);
    awaited_notice(checks, pool);
    the_past(checks, pool);
    own_messages(checks, pool);
    taking(checks, pool);
    overwriting(checks, pool);
    refusing(checks, pool);
    waiting(checks, pool);
    dead_holder(checks, pool);
    freed_in_parts(checks, pool);
    too_many_held(checks, pool);
    listing(checks, pool);
    names(checks);
    checks.equal("no topic is left", os::topics(), Ok(0));
    os::ignore(os::region_leave(pool.region));
}

fn ready(fd: i32) -> PollEvents {
    let events = (PollEvents::IN | PollEvents::OUT | PollEvents::PRI).bits();
    let mut files = [PollFd { fd, events, revents: 0 }];
    os::ignore(os::poll(&mut files, Some(0)));
    PollEvents::from_bits_retain(files[0].revents)
}

fn has_news(fd: i32) -> bool {
    ready(fd).contains(PollEvents::PRI)
}

fn advertise(checks: &mut Checks, depth: u32, policy: TopicPolicy, pool: os::Pool) -> i32 {
    checks.value("advertised", os::advertise(NAME, depth, policy, pool))
}

fn subscribe(checks: &mut Checks, depth: u32, flags: SubscribeFlags) -> i32 {
    checks.value("subscribed", os::subscribe(NAME, depth, flags))
}

/// Publishes the message of a number, each at an address of its own; gives what has become free.
fn publish(topic: i32, pool: os::Pool, number: u64) -> os::Answer<FreedRecord> {
    let address = pool.address + number * 8;
    touch::store(address, number);
    os::publish(topic, address, 8, None).map(|(_, freed)| freed)
}

/// Takes without waiting; the number of the message, how many were lost, and its entry.
fn take(topic: i32, flags: TakeFlags) -> os::Answer<(u64, u64, u64)> {
    let message = os::take(topic, flags | NEXT, None)?;
    Ok((touch::load(message.address), message.lost, message.entry))
}

fn number(topic: i32, flags: TakeFlags) -> os::Answer {
    take(topic, flags).map(|(number, ..)| number)
}

/// Takes and releases the next message.
fn read(topic: i32) -> os::Answer {
    let (number, _, entry) = take(topic, NEXT)?;
    os::release(topic, entry).map(|_| number)
}

fn freed(record: FreedRecord) -> [u64; 3] {
    [record.count, record.addresses[0], record.addresses[1]]
}

/// Each coming and going is told once, to both kinds of members.
fn notices(checks: &mut Checks, pool: os::Pool) {
    let topic = advertise(checks, 4, OVERWRITE, pool);
    let watcher = subscribe(checks, 4, PLAIN);
    os::ignore(os::topic_status(topic).and(os::topic_status(watcher)));
    checks.that("nobody new, no notice", !has_news(topic) && !has_news(watcher));
    let mut told = 0;
    let mut members = [-1; 4];
    for (index, member) in members.iter_mut().enumerate() {
        *member = if index % 2 == 0 {
            subscribe(checks, 4, PLAIN)
        } else {
            advertise(checks, 4, OVERWRITE, pool)
        };
        for fd in [topic, watcher] {
            let before = has_news(fd);
            let record = os::topic_status(fd).map(|record| record.publishers + record.subscribers);
            told += u64::from(before && record == Ok(3 + index as u32) && !has_news(fd));
        }
    }
    checks.equal("each joining is noticed once, by publisher and subscriber", told, 8);
    for member in members {
        os::ignore(os::close(member));
        for fd in [topic, watcher] {
            told += u64::from(has_news(fd) && os::topic_status(fd).is_ok() && !has_news(fd));
        }
    }
    checks.equal("and so is each leaving", told, 16);
    let record = os::topic_status(topic).map(|record| (record.publishers, record.subscribers));
    checks.equal("those who stay are counted", record, Ok((1, 1)));
    checks.equal("messages are no news of members", publish(topic, pool, 1).map(freed), Ok([0; 3]));
    checks.equal("to the subscriber", ready(watcher), PollEvents::IN);
    os::close_all([topic, watcher]);
}

/// Who sleeps for news alone is woken by the one who joins.
fn awaited_notice(checks: &mut Checks, pool: os::Pool) {
    let topic = advertise(checks, 4, OVERWRITE, pool);
    os::ignore(os::topic_status(topic));
    let joins = os::start_child(|| {
        os::ignore(os::sleep(10 * MILLISECOND));
        let Ok(own) = os::subscribe(NAME, 1, PLAIN) else { return 1 };
        i32::from(os::take(own, TakeFlags::empty(), Some(PATIENCE)).is_err())
    });
    let mut files = [PollFd { fd: topic, events: PollEvents::PRI.bits(), revents: 0 }];
    checks.equal("a wait for news ends", os::poll(&mut files, Some(PATIENCE)), Ok(1));
    let found = os::topic_status(topic).map(|record| record.subscribers);
    checks.equal("when somebody joins", found, Ok(1));
    checks.that("who gets what is published then", publish(topic, pool, 2).is_ok());
    checks.equal("and is woken for it", joins.and_then(os::wait), WELL);
    os::ignore(os::close(topic));
}

fn the_past(checks: &mut Checks, pool: os::Pool) {
    let topic = advertise(checks, 3, OVERWRITE, pool);
    (1..=5).for_each(|number| os::ignore(publish(topic, pool, number)));
    let keeping = subscribe(checks, 10, KEEPING);
    let near = subscribe(checks, 2, KEEPING);
    let plain = subscribe(checks, 10, PLAIN);
    let all = [(); 4].map(|()| number(keeping, NEXT));
    let none = Err(Errno::EAGAIN);
    checks.equal("a keeping one gets what the queue has", all, [Ok(3), Ok(4), Ok(5), none]);
    let two = [(); 3].map(|()| number(near, NEXT));
    checks.equal("as far back as its depth", two, [Ok(4), Ok(5), none]);
    checks.equal("a plain one nothing", number(plain, NEXT), none);
    os::ignore(publish(topic, pool, 6));
    let later = [keeping, near, plain].map(|fd| number(fd, NEXT));
    checks.equal("and all get what comes", later, [Ok(6); 3]);
    os::close_all([topic, keeping, near, plain]);
}

fn own_messages(checks: &mut Checks, pool: os::Pool) {
    let topic = advertise(checks, 4, OVERWRITE, pool);
    let deaf = subscribe(checks, 4, SubscribeFlags::IGNORE_LOCAL);
    let hearing = subscribe(checks, 4, PLAIN);
    os::ignore(os::topic_status(deaf));
    os::ignore(publish(topic, pool, 1));
    checks.equal("own messages can be passed over", number(deaf, NEXT), Err(Errno::EAGAIN));
    checks.that("and wake nobody then", !ready(deaf).contains(PollEvents::IN));
    checks.equal("others of the process get them", number(hearing, NEXT), Ok(1));
    os::ignore(os::close(topic));
    let child = os::in_child(|| {
        let Ok(pool) = os::pool(PAGE) else { return 1 };
        let Ok(topic) = os::advertise(NAME, 4, OVERWRITE, pool) else { return 2 };
        i32::from(publish(topic, pool, 2).is_err())
    });
    checks.equal("another process publishes", child, WELL);
    checks.equal("and is heard", number(deaf, NEXT), Ok(2));
    os::close_all([deaf, hearing]);
}

fn taking(checks: &mut Checks, pool: os::Pool) {
    let topic = advertise(checks, 4, OVERWRITE, pool);
    let other = advertise(checks, 4, OVERWRITE, pool);
    let own = subscribe(checks, 10, PLAIN);
    (1..=2).for_each(|number| os::ignore(publish(topic, pool, number)));
    (3..=4).for_each(|number| os::ignore(publish(other, pool, number)));
    os::ignore(publish(topic, pool, 5));
    checks.equal("the oldest first", [(); 2].map(|()| number(own, NEXT)), [Ok(1), Ok(2)]);
    checks.equal("of all publishers", number(own, NEXT), Ok(3));
    let (latest, lost, entry) = checks.value("the latest", take(own, TakeFlags::LATEST));
    checks.equal("passes over the rest", (latest, lost), (5, 1));
    checks.equal("after which there is none", number(own, NEXT), Err(Errno::EAGAIN));
    checks.equal("but the last one again", number(own, TakeFlags::AGAIN), Ok(5));
    checks.equal("which is held once", os::release(own, entry), Ok(0));
    checks.equal("and not twice", os::release(own, entry), Err(Errno::EINVAL));
    checks.equal("released, it can be had again", number(own, TakeFlags::AGAIN), Ok(5));
    checks.equal("what is not held", os::release(own, 9999), Err(Errno::EINVAL));
    let by_publisher = os::release(topic, entry);
    checks.equal("is not released, nor by a publisher", by_publisher, Err(Errno::EINVAL));
    os::close_all([topic, other, own]);
    checks.equal("nor by nobody", os::release(own, entry), Err(Errno::EBADF));
}

fn overwriting(checks: &mut Checks, pool: os::Pool) {
    let topic = advertise(checks, 2, OVERWRITE, pool);
    let slow = subscribe(checks, 10, PLAIN);
    let (one, two) = (pool.address + 8, pool.address + 16);
    checks.equal("within the depth", publish(topic, pool, 1).map(freed), Ok([0; 3]));
    let (first, ..) = checks.value("held", take(slow, NEXT));
    checks.equal("a message is held", first, 1);
    let quiet = [2, 3].map(|number| publish(topic, pool, number).map(freed));
    checks.equal("what is held stays", quiet, [Ok([0; 3]); 2]);
    checks.equal("what is not goes", publish(topic, pool, 4).map(freed), Ok([1, two, 0]));
    let next = take(slow, NEXT).map(|(number, lost, _)| (number, lost));
    checks.equal("who is slow is told what it has lost", next, Ok((3, 1)));
    checks.equal("and what it holds is as it was", touch::load(one), 1);
    os::close_all([slow]);
    checks.equal(
        "until it goes",
        publish(topic, pool, 5).map(freed),
        Ok([2, one, pool.address + 24]),
    );
    os::close_all([topic]);
}

fn refusing(checks: &mut Checks, pool: os::Pool) {
    let topic = advertise(checks, 2, TopicPolicy::Refuse, pool);
    let slow = subscribe(checks, 10, PLAIN);
    checks.that("two fit", publish(topic, pool, 1).and(publish(topic, pool, 2)).is_ok());
    checks.equal("a third is refused", publish(topic, pool, 3).err(), Some(Errno::EAGAIN));
    checks.that("and nobody is told of room", !ready(topic).contains(PollEvents::OUT));
    checks.equal("nothing is lost", read(slow), Ok(1));
    checks.that("then there is room", ready(topic).contains(PollEvents::OUT));
    let back = publish(topic, pool, 3).map(freed);
    checks.equal("and memory comes back", back, Ok([1, pool.address + 8, 0]));
    checks.equal("all come in order", [(); 2].map(|()| read(slow)), [Ok(2), Ok(3)]);
    os::close_all([topic, slow]);
}

/// A subscriber in a child that takes a message when the board says so, and then does the rest.
fn slow_subscriber(board: u64, rest: impl FnOnce(i32, u64) -> i32) -> os::Answer {
    let child = os::start_child(|| {
        let Ok(topic) = os::subscribe(NAME, 4, PLAIN) else { return 1 };
        touch::store_word(board, 1);
        let Ok(message) = os::take(topic, TakeFlags::empty(), Some(PATIENCE)) else { return 2 };
        touch::store_word(board, 2);
        rest(topic, message.entry)
    })?;
    os::until(PATIENCE, || touch::load_word(board) == 1);
    Ok(child)
}

fn waiting(checks: &mut Checks, pool: os::Pool) {
    let topic = advertise(checks, 1, TopicPolicy::Wait, pool);
    let board = os::map(PAGE, COMMON);
    let child = slow_subscriber(board, |own, entry| {
        os::ignore(os::sleep(10 * MILLISECOND));
        i32::from(os::release(own, entry).is_err() || read_later(own) != Ok(2))
    });
    let child = checks.value("a subscriber", child);
    checks.that("there is room for one", publish(topic, pool, 1).is_ok());
    let late = publish(topic, pool, 2).map(freed);
    checks.equal("a publisher waits for a release", late, Ok([1, pool.address + 8, 0]));
    checks.equal("and nothing is lost", os::wait(child), WELL);
    touch::store_word(board, 0);
    let child = slow_subscriber(board, |_, _| {
        os::ignore(os::sleep(1000 * SECOND));
        0
    });
    let child = checks.value("another subscriber", child);
    checks.that("there is room for one more", publish(topic, pool, 3).is_ok());
    checks.that("which it holds", os::until(PATIENCE, || touch::load_word(board) == 2));
    let killer = os::start_child(|| {
        os::ignore(os::sleep(10 * MILLISECOND));
        i32::from(os::end(child).is_err())
    });
    checks.that("it goes on when the one it waits for is killed", publish(topic, pool, 4).is_ok());
    os::ignore(killer.and_then(os::wait).and(os::wait(child)));
    os::ignore(os::unmap(board, PAGE).and(os::close(topic)));
}

fn read_later(topic: i32) -> os::Answer {
    let message = os::take(topic, TakeFlags::empty(), Some(PATIENCE))?;
    Ok(touch::load(message.address))
}

fn dead_holder(checks: &mut Checks, pool: os::Pool) {
    let topic = advertise(checks, 1, OVERWRITE, pool);
    let board = os::map(PAGE, COMMON);
    let child = slow_subscriber(board, |_, _| {
        os::ignore(os::sleep(1000 * SECOND));
        0
    });
    let child = checks.value("a subscriber", child);
    os::ignore(publish(topic, pool, 1));
    checks.that("it holds a message", os::until(PATIENCE, || touch::load_word(board) == 2));
    checks.equal("which stays for it", publish(topic, pool, 2).map(freed), Ok([0; 3]));
    end(child);
    let (one, two) = (pool.address + 8, pool.address + 16);
    let back = publish(topic, pool, 3).map(freed);
    checks.equal("what a dead subscriber held comes back", back, Ok([2, one, two]));
    os::ignore(os::unmap(board, PAGE).and(os::close(topic)));
}

fn freed_in_parts(checks: &mut Checks, pool: os::Pool) {
    const MANY: u64 = 40;
    let topic = advertise(checks, 1, OVERWRITE, pool);
    let own = subscribe(checks, 1000, PLAIN);
    let entries = (1..=MANY).map(|number| {
        os::ignore(publish(topic, pool, number));
        take(own, NEXT).map_or(0, |(_, _, entry)| entry)
    });
    checks.equal("forty are held", entries.filter(|entry| *entry != 0).count() as u64, MANY);
    os::ignore(os::close(own));
    let first = publish(topic, pool, MANY + 1).map_or(0, |freed| freed.count);
    checks.equal("a call gives back fifteen at most", first, FREED_MAX as u64);
    let mut total = first;
    loop {
        let mut record = FreedRecord::default();
        let to = record.as_mut_bytes().as_mut_ptr() as u64;
        match os::call(Sysno::TopicReclaim, [os::fd(topic), to]) {
            Ok(0) | Err(_) => break,
            Ok(count) => total += count,
        }
    }
    checks.equal("the rest can be asked for", total, MANY);
    os::ignore(os::close(topic));
}

fn too_many_held(checks: &mut Checks, pool: os::Pool) {
    let most = u64::from(TOPIC_HELD_MAX);
    let topic = advertise(checks, 1, OVERWRITE, pool);
    let own = subscribe(checks, 4, PLAIN);
    let held = (1..=most)
        .filter(|number| publish(topic, pool, *number).is_ok() && take(own, NEXT).is_ok());
    checks.equal("a subscriber holds 1024", held.count() as u64, most);
    os::ignore(publish(topic, pool, most + 1));
    checks.equal("and no more", take(own, NEXT).err(), Some(Errno::ENOBUFS));
    os::close_all([topic, own]);
}

fn info(name: &[u8]) -> os::Answer<TopicRecord> {
    let mut record = TopicRecord::empty();
    let to = record.as_mut_bytes().as_mut_ptr() as u64;
    os::call(Sysno::TopicInfo, [name.as_ptr() as u64, name.len() as u64, to])?;
    Ok(record)
}

fn listing(checks: &mut Checks, pool: os::Pool) {
    let topic = advertise(checks, 1, OVERWRITE, pool);
    let other = checks.value("another", os::subscribe(b"/topic-queues-2", 1, PLAIN));
    checks.equal("without room they are counted", os::topics(), Ok(2));
    let mut records = [const { None }; 1].map(|_: Option<()>| TopicRecord::empty());
    let at = records.as_mut_bytes().as_mut_ptr() as u64;
    checks.equal("with little room as well", os::call(Sysno::TopicList, [at, 1]), Ok(2));
    checks.equal("and as many are told as fit", records[0].name(), NAME);
    let found = info(b"/topic-queues-2").map(|record| (record.publishers, record.subscribers));
    checks.equal("one is told by its name", found, Ok((0, 1)));
    let none = info(b"/no-such-topic").err();
    checks.equal("one that is not there is ENOENT", none, Some(Errno::ENOENT));
    os::close_all([topic, other]);
}

fn names(checks: &mut Checks) {
    let long = [b'a'; 256];
    let mut full = long;
    full[0] = b'/';
    let refused = |name: &[u8]| os::subscribe(name, 1, PLAIN).err();
    checks.equal("a name is more than its /", refused(b"/"), Some(Errno::EINVAL));
    checks.equal("and not empty", refused(b""), Some(Errno::EINVAL));
    checks.equal("it begins with one", refused(&long), Some(Errno::EINVAL));
    checks.equal("and has no second", refused(b"/robot/pose"), Some(Errno::EINVAL));
    let longest = os::subscribe(&full, 1, PLAIN);
    checks.that("255 bytes may follow", longest.and_then(os::close).is_ok());
}
