//! Pools of topics: one writer, many readers, one address in all of them, pointers that lead
//! everywhere, and growth that is there without a call.

use super::memory::faults;
use crate::os::{ANONYMOUS, COMMON, PAGE, READ_WRITE, SECOND};
use crate::{Checks, os, touch};
use abi::Errno;
use abi::file::OpenFlags;
use abi::memory::{MapFlags, Protection};
use abi::process::ExitStatus;
use abi::region::{RegionFlags, RegionRequest};
use abi::topic::{SubscribeFlags, TakeFlags, TopicPolicy};

const NAME: &[u8] = b"/topic-pools";
const WELL: os::Answer<ExitStatus> = Ok(ExitStatus::Exited(0));
const PLAIN: SubscribeFlags = SubscribeFlags::empty();
const KEEPING: SubscribeFlags = SubscribeFlags::TRANSIENT_LOCAL;
const WAIT: TakeFlags = TakeFlags::empty();
const OVERWRITE: TopicPolicy = TopicPolicy::Overwrite;
const POOL: u64 = 64 * 1024;
const READERS: u64 = 9;
const PATIENCE: u64 = 60 * SECOND;

/// The checks.
pub fn run(checks: &mut Checks) {
    alone(checks);
    any_order(checks);
    many_publishers(checks);
    many_readers(checks);
    pointers(checks);
    growth(checks);
    one_writer(checks);
    children(checks);
    areas(checks);
    conflict_at_joining(checks);
    conflict_at_taking(checks);
    checks.equal("no topic is left", os::topics(), Ok(0));
}

/// Memory by which the processes of a check tell each other things.
fn board() -> u64 {
    let board = os::map(PAGE, COMMON);
    touch::store(board, 0);
    board
}

fn step(board: u64, number: u32) -> bool {
    os::until(PATIENCE, || touch::load_word(board) >= number)
}

/// A pool and a publisher that keeps eight messages.
fn publisher(checks: &mut Checks) -> (os::Pool, i32) {
    let pool = checks.value("a pool", os::pool(POOL));
    (pool, checks.value("advertised", os::advertise(NAME, 8, OVERWRITE, pool)))
}

fn finish(pool: os::Pool, topic: i32) {
    os::ignore(os::close(topic));
    os::ignore(os::region_leave(pool.region));
}

/// Each of the three calls by itself, in a process that makes no other.
fn alone(checks: &mut Checks) {
    let pool = os::in_child(|| {
        let Ok(pool) = os::pool(POOL) else { return 1 };
        touch::store(pool.address, 1);
        let mut buffer = [0; 16];
        let name = os::pool_name(os::own_id(), &mut buffer);
        let listed = os::region_open(name, RegionFlags::READ_ONLY).map(os::region_stat);
        i32::from(listed.map(|record| record.address) != Ok(pool.address))
    });
    checks.equal("a pool without a topic has its name and its address", pool, WELL);
    let publisher = os::in_child(|| {
        let joined = os::pool(POOL).and_then(|pool| os::advertise(NAME, 1, OVERWRITE, pool));
        let record = joined.and_then(os::topic_status);
        i32::from(record.map(|record| (record.publishers, record.subscribers)) != Ok((1, 0)))
    });
    checks.equal("a publisher needs no subscriber", publisher, WELL);
    let subscriber = os::in_child(|| {
        let record = os::subscribe(NAME, 1, PLAIN).and_then(os::topic_status);
        i32::from(record.map(|record| (record.publishers, record.subscribers)) != Ok((0, 1)))
    });
    checks.equal("a subscriber needs no publisher", subscriber, WELL);
    checks.equal("and each takes its topic along", os::topics(), Ok(0));
}

/// A subscriber in a child: takes one message and compares its first word.
fn reader(flags: SubscribeFlags, ready: u64, word: u64) -> os::Answer {
    os::start_child(move || {
        let Ok(topic) = os::subscribe(NAME, 8, flags) else { return 1 };
        touch::add(ready, 1);
        let Ok(message) = os::take(topic, WAIT, Some(PATIENCE)) else { return 2 };
        i32::from(touch::load(message.address) != word)
    })
}

fn any_order(checks: &mut Checks) {
    let board = board();
    let early = checks.value("a reader", reader(PLAIN, board, 31));
    checks.that("which is there first", step(board, 1));
    let (pool, topic) = publisher(checks);
    let record = os::topic_status(topic).map(|record| (record.publishers, record.subscribers));
    checks.equal("a publisher is told of those that are there", record, Ok((1, 1)));
    touch::store(pool.address, 31);
    checks.that("published", os::publish(topic, pool.address, 8, None).is_ok());
    checks.equal("the subscriber before the publisher", os::wait(early), WELL);
    let late = checks.value("a reader", reader(KEEPING, board, 31));
    checks.equal("the publisher before the subscriber", os::wait(late), WELL);
    finish(pool, topic);
    os::ignore(os::unmap(board, PAGE));
}

/// Who comes late is told of all publishers, and sees all of their pools.
fn many_publishers(checks: &mut Checks) {
    let boards = [(); 3].map(|()| board());
    let children = boards.map(remote_publisher);
    boards.into_iter().for_each(|board| touch::store_word(board, 1));
    checks.that("three publish", boards.into_iter().all(|board| step(board, 2)));
    let topic = checks.value("subscribed", os::subscribe(NAME, 8, KEEPING));
    let count = os::topic_status(topic).map(|record| record.publishers);
    checks.equal("who subscribes is told of the publishers", count, Ok(3));
    // Before anything is taken.
    let seen = boards.map(|board| touch::load(touch::load(board + 8)));
    checks.equal("and sees the pools of all", seen, [55; 3]);
    let taken = [(); 3].map(|()| os::take(topic, WAIT, Some(PATIENCE)).map_or(0, |m| m.address));
    let from_each = boards.iter().all(|board| taken.contains(&touch::load(board + 8)));
    checks.that("and gets a message of each", from_each);
    boards.into_iter().for_each(|board| touch::store_word(board, 3));
    checks.equal("they end", children.map(os::wait), [WELL; 3]);
    os::ignore(os::close(topic));
    boards.into_iter().for_each(|board| os::ignore(os::unmap(board, PAGE)));
}

/// A reader that holds the message until it is told to go; it tries to write to it in the end.
fn holder(board: u64) -> u64 {
    let holder = os::start_child(move || {
        let Ok(topic) = os::subscribe(NAME, 8, PLAIN) else { return 1 };
        touch::add(board + 8, 1);
        let Ok(message) = os::take(topic, WAIT, Some(PATIENCE)) else { return 2 };
        let right = touch::load(message.address) == 66;
        let denied = os::protect(message.address & !(PAGE - 1), PAGE, READ_WRITE);
        touch::add(board + 16, u64::from(right && os::fails(denied, Errno::EACCES)));
        os::until(PATIENCE, || touch::load_word(board) == 1);
        os::silence();
        touch::store(message.address, 0);
        3
    });
    holder.unwrap_or(0)
}

fn many_readers(checks: &mut Checks) {
    let board = board();
    let (pool, topic) = publisher(checks);
    let holders: [u64; READERS as usize] = core::array::from_fn(|_| holder(board));
    checks.that("nine join", os::until(PATIENCE, || touch::load(board + 8) == READERS));
    touch::store(pool.address, 66);
    checks.that("published", os::publish(topic, pool.address, 8, None).is_ok());
    let all = || touch::load(board + 16) == READERS;
    checks.that("all nine read it, and none may write", os::until(PATIENCE, all));
    let record = os::region_stat(pool.region);
    let found = (u64::from(record.readers), record.writers);
    checks.equal("which are nine readers and one writer", found, (READERS, 1));
    touch::store_word(board, 1);
    let fault = Ok(ExitStatus::Signalled(abi::signal::Signal::SEGV as u8));
    let ends = holders.map(os::wait);
    checks.that("a store of theirs is their end", ends.iter().all(|end| *end == fault));
    checks.equal("and the message is as it was", touch::load(pool.address), 66);
    let mut freed = (0..8).map(|_| os::publish(topic, pool.address + 64, 8, None));
    let last = freed.nth(7).and_then(Result::ok).map(|(_, freed)| freed.addresses[0]);
    checks.equal("what they held is the publisher's again", last, Some(pool.address));
    finish(pool, topic);
    os::ignore(os::unmap(board, PAGE));
}

/// A list whose nodes lie far apart in the pool, each with the address of the next.
fn pointers(checks: &mut Checks) {
    const NODES: u64 = 40;
    let board = board();
    let walker = os::start_child(move || {
        let Ok(topic) = os::subscribe(NAME, 8, PLAIN) else { return 1 };
        touch::store_word(board, 1);
        let Ok(message) = os::take(topic, WAIT, Some(PATIENCE)) else { return 2 };
        let (mut at, mut sum) = (message.address, 0);
        while at != 0 {
            sum += touch::load(at + 8);
            at = touch::load(at);
        }
        i32::from(sum != NODES * (NODES + 1) / 2)
    });
    let walker = checks.value("a reader", walker);
    checks.that("joined", step(board, 1));
    let (pool, topic) = publisher(checks);
    let node = |index: u64| pool.address + index * 7 % NODES * (POOL / NODES / 8 * 8);
    for index in 0..NODES {
        let next = if index + 1 < NODES { node(index + 1) } else { 0 };
        touch::store(node(index), next);
        touch::store(node(index) + 8, index + 1);
    }
    checks.that("published", os::publish(topic, node(0), 16, None).is_ok());
    checks.equal("a list is walked by its pointers as they are", os::wait(walker), WELL);
    finish(pool, topic);
    os::ignore(os::unmap(board, PAGE));
}

/// A subscriber that makes no call any more sees what the pool has grown by.
fn growth(checks: &mut Checks) {
    let board = board();
    let watcher = os::start_child(move || {
        let Ok(topic) = os::subscribe(NAME, 8, PLAIN) else { return 1 };
        touch::store_word(board, 1);
        let Ok(message) = os::take(topic, WAIT, Some(PATIENCE)) else { return 2 };
        touch::store_word(board, 2);
        // Only loads from here to the end.
        let far = loop {
            match touch::load_word(message.address) {
                0 => core::hint::spin_loop(),
                _ => break touch::load(message.address + 8),
            }
        };
        i32::from(touch::load(far) != 123)
    });
    let watcher = checks.value("a watcher", watcher);
    checks.that("joined", step(board, 1));
    let (pool, topic) = publisher(checks);
    touch::store(pool.address, 0);
    checks.that("published", os::publish(topic, pool.address, 16, None).is_ok());
    checks.that("it watches", step(board, 2));
    let length = 3 << 20;
    checks.equal("the pool grows", os::region_set_length(pool.region, length), Ok(0));
    let far = pool.address + length - 8;
    touch::store(far, 123);
    touch::store(pool.address + 8, far);
    touch::store_word(pool.address, 1);
    let seen = os::wait_or_kill(watcher, PATIENCE);
    checks.equal("a subscriber sees the growth without a call", seen, WELL);
    finish(pool, topic);
    os::ignore(os::unmap(board, PAGE));
}

fn one_writer(checks: &mut Checks) {
    let (pool, topic) = publisher(checks);
    let mut buffer = [0; 16];
    let name = os::pool_name(os::own_id(), &mut buffer);
    let second = os::region_open(name, RegionFlags::empty());
    checks.equal("a pool is not opened to write", second, Err(Errno::EBUSY));
    let mut path = [0; 32];
    path[..8].copy_from_slice(b"/dev/shm");
    path[8..8 + name.len()].copy_from_slice(name);
    let path = core::ffi::CStr::from_bytes_until_nul(&path).unwrap_or(c"/");
    let file = os::open(path, OpenFlags::READ_WRITE, 0);
    checks.equal("nor as a file", file, Err(Errno::EBUSY));
    let again = os::pool(POOL);
    checks.equal("a process has one pool", again.err(), Some(Errno::EEXIST));
    let reader = checks.value("readers open it", os::region_open(name, RegionFlags::READ_ONLY));
    let view = os::map_file(reader, PAGE, READ_WRITE, MapFlags::SHARED);
    checks.that("without a writable view", view.is_err());
    os::ignore(os::close(reader));
    finish(pool, topic);
}

fn children(checks: &mut Checks) {
    let (pool, topic) = publisher(checks);
    touch::store(pool.address, 5);
    checks.that("a publisher's child can't write", faults(|| touch::store(pool.address, 6)));
    let publish = os::in_child(|| {
        let refused = os::publish(topic, pool.address, 8, None);
        i32::from(refused.err() != Some(Errno::EBADF))
    });
    checks.equal("nor publish", publish, WELL);
    let own = os::in_child(|| {
        let Ok(own) = os::pool(POOL) else { return 1 };
        let Ok(topic) = os::advertise(NAME, 1, OVERWRITE, own) else { return 2 };
        touch::store(own.address, 7);
        i32::from(own.address == pool.address || os::publish(topic, own.address, 8, None).is_err())
    });
    checks.equal("but may have a pool of its own", own, WELL);
    checks.equal("and the publisher's is as it was", touch::load(pool.address), 5);
    finish(pool, topic);
}

/// The address that the next pool gets: it is known, because a pool that goes leaves it.
fn next_address() -> os::Answer {
    let flags = RegionFlags::SAME_ADDRESS | RegionFlags::SINGLE_WRITER;
    let request = RegionRequest { maximum: 4 << 20, ..os::request(POOL, flags) };
    let region = os::region_create(b"", &request)?;
    let address = os::region_stat(region).address;
    os::close(region)?;
    Ok(address)
}

fn areas(checks: &mut Checks) {
    let expected = checks.value("an address", next_address());
    let (pool, topic) = publisher(checks);
    let record = os::region_stat(pool.region);
    checks.equal("a pool is mapped where the kernel says", pool.address, record.address);
    checks.equal("which is where there is room", pool.address, expected);
    let next = checks.value("another address", next_address());
    let room = record.maximum;
    checks.that("areas never overlap", next >= pool.address + room || next + room <= pool.address);
    finish(pool, topic);
}

/// Memory of the caller's own at an address, with a word in it.
fn occupy(address: u64) -> bool {
    let flags = ANONYMOUS | MapFlags::FIXED_NO_REPLACE;
    let mapped = os::map_at(address, PAGE, READ_WRITE, flags, (-1, 0));
    if mapped != Ok(address) {
        return false;
    }
    touch::store(address, 404);
    true
}

/// A publisher in a child, which begins when the board says 1 and publishes one message.
fn remote_publisher(board: u64) -> u64 {
    let child = os::start_child(move || {
        step(board, 1);
        let Ok(pool) = os::pool(POOL) else { return 1 };
        let Ok(topic) = os::advertise(NAME, 8, OVERWRITE, pool) else { return 2 };
        touch::store(pool.address, 55);
        touch::store(board + 8, pool.address);
        if os::publish(topic, pool.address, 8, None).is_err() {
            return 3;
        }
        touch::store_word(board, 2);
        i32::from(!step(board, 3))
    });
    child.unwrap_or(0)
}

fn conflict_at_joining(checks: &mut Checks) {
    let board = board();
    let child = remote_publisher(board);
    touch::store_word(board, 1);
    checks.that("a publisher is there", step(board, 2));
    let address = touch::load(board + 8);
    checks.that("something else is at its pool's address", occupy(address));
    let refused = os::subscribe(NAME, 8, KEEPING);
    checks.equal("who has no room for a pool can't subscribe", refused.err(), Some(Errno::EEXIST));
    checks.equal("and keeps what it has there", touch::load(address), 404);
    os::ignore(os::unmap(address, PAGE));
    let topic = checks.value("then it can", os::subscribe(NAME, 8, KEEPING));
    let message = checks.value("taken", os::take(topic, WAIT, Some(PATIENCE)));
    checks.equal("and sees the pool", touch::load(message.address), 55);
    os::ignore(os::close(topic));
    touch::store_word(board, 3);
    checks.equal("the publisher ends", os::wait(child), WELL);
    os::ignore(os::unmap(board, PAGE));
}

fn conflict_at_taking(checks: &mut Checks) {
    let board = board();
    let child = remote_publisher(board);
    let topic = checks.value("subscribed", os::subscribe(NAME, 8, PLAIN));
    let address = checks.value("an address", next_address());
    checks.that("something is where the next pool comes", occupy(address));
    touch::store_word(board, 1);
    checks.that("a publisher comes", step(board, 2));
    checks.equal("there", touch::load(board + 8), address);
    let refused = os::take(topic, TakeFlags::NO_WAIT, None);
    checks.equal("its messages can't be taken", refused.err(), Some(Errno::EEXIST));
    checks.equal("and nothing is mapped over another", touch::load(address), 404);
    os::ignore(os::unmap(address, PAGE));
    let message = checks.value("with room they can", os::take(topic, WAIT, Some(PATIENCE)));
    checks.equal("and are read in place", touch::load(message.address), 55);
    let only = os::protect(message.address, PAGE, Protection::READ | Protection::WRITE);
    checks.equal("never written", only, Err(Errno::EACCES));
    os::ignore(os::close(topic));
    touch::store_word(board, 3);
    checks.equal("the publisher ends", os::wait(child), WELL);
    os::ignore(os::unmap(board, PAGE));
}
