//! Topics: messages that are read where they lie, whoever dies when.

use crate::random::Random;
use crate::{Checks, frames, os, touch};
use abi::poll::{PollEvents, PollFd};
use abi::process::ExitStatus;
use abi::region::{RegionFlags, RegionRequest};
use abi::signal::Signal;
use abi::topic::{SubscribeFlags, TakeFlags, TopicPolicy, TopicRequest};
use abi::{Errno, Sysno};

const NAME: &[u8] = b"/topics-test";
const PLAIN: SubscribeFlags = SubscribeFlags::empty();
const NEXT: TakeFlags = TakeFlags::NO_WAIT;
const OVERWRITE: TopicPolicy = TopicPolicy::Overwrite;
const POOL: u64 = 64 * 1024;
/// Bytes of a message of the storms.
const MESSAGE: u64 = 1024;
const DEPTH: u32 = 4;

/// The checks.
pub fn run(checks: &mut Checks) {
    sight(checks);
    ends(checks);
    waiting(checks);
    refusals(checks);
    names(checks);
    frames::unchanged(checks, "storms and kills leak nothing", || {
        let _ = storm(10);
    });
    let (read, torn) = storm(40);
    checks.that("messages are read in a storm", read > 0);
    checks.equal("none of them is torn", torn, 0);
    checks.equal("no topic is left", os::topics(), Ok(0));
}

fn ready(fd: i32) -> PollEvents {
    let events = (PollEvents::IN | PollEvents::OUT | PollEvents::PRI).bits();
    let mut files = [PollFd { fd, events, revents: 0 }];
    os::ignore(os::poll(&mut files, Some(0)));
    PollEvents::from_bits_retain(files[0].revents)
}

/// A publisher in a child, which publishes `first`, waits for a byte, and then does the rest.
fn publisher(gate: i32, rest: impl FnOnce(i32, os::Pool) -> i32) -> os::Answer {
    os::start_child(|| {
        let Ok(pool) = os::pool(POOL) else { return 1 };
        let Ok(topic) = os::advertise(NAME, DEPTH, OVERWRITE, pool) else { return 2 };
        touch::store(pool.address, 77);
        if os::publish(topic, pool.address, 8, None).is_err() {
            return 3;
        }
        os::ignore(os::read(gate, &mut [0]));
        rest(topic, pool)
    })
}

fn sight(checks: &mut Checks) {
    let topic = checks.value("subscribed", os::subscribe(NAME, 10, PLAIN));
    checks.equal("nothing is there", ready(topic), PollEvents::empty());
    checks.equal("nothing to take", os::take(topic, NEXT, None).err(), Some(Errno::EAGAIN));
    let [gate, open] = checks.value("a pipe", os::pipe(abi::file::OpenFlags::empty()));
    let child = publisher(gate, |topic, pool| {
        // The pool grows, and a message lies in what it has grown by.
        let far = pool.address + 2 * POOL;
        os::ignore(os::region_set_length(pool.region, 3 * POOL));
        touch::store(far, 88);
        i32::from(os::publish(topic, far, 8, None).is_err())
    });
    let first = checks.value("a message comes", os::take(topic, TakeFlags::empty(), None));
    checks.equal("it can be read where it lies", touch::load(first.address), 77);
    checks.equal("it is the child's", Ok(first.pid.into()), child);
    let news = PollEvents::PRI;
    checks.that("the publisher's coming is told", ready(topic).contains(news));
    checks.equal("once", os::topic_status(topic).map(|record| record.publishers), Ok(1));
    checks.equal("and no more", ready(topic), PollEvents::empty());
    let stored = os::in_child(|| {
        let Ok(own) = os::subscribe(NAME, 1, PLAIN) else { return 1 };
        os::ignore(os::topic_status(own));
        touch::store(first.address, 1);
        0
    });
    let fault = Ok(ExitStatus::Signalled(Signal::SEGV as u8));
    checks.equal("a subscriber can't write to it", stored, fault);
    let bare = os::in_child(|| i32::from(os::topic_status(topic).err() != Some(Errno::EBADF)));
    checks.equal("a child is no subscriber", bare, Ok(ExitStatus::Exited(0)));
    os::ignore(os::write(open, b"x"));
    let second = checks.value("the next", os::take(topic, TakeFlags::empty(), None));
    checks.equal("it lies where the pool has grown", touch::load(second.address), 88);
    checks.equal("its publisher ends", child.and_then(os::wait), Ok(ExitStatus::Exited(0)));
    checks.equal("what is held can be read", touch::load(first.address), 77);
    checks.equal("the first is released", os::release(topic, first.entry), Ok(0));
    checks.equal("once", os::release(topic, first.entry), Err(Errno::EINVAL));
    checks.equal("the other lasts", touch::load(second.address), 88);
    os::ignore(os::release(topic, second.entry));
    let gone = os::call(Sysno::Write, [os::fd(open), second.address, 1]);
    checks.equal("then the pool goes", gone, Err(Errno::EFAULT));
    os::close_all([topic, gate, open]);
}

fn ends(checks: &mut Checks) {
    let topic = checks.value("subscribed", os::subscribe(NAME, 10, PLAIN));
    let [gate, open] = checks.value("a pipe", os::pipe(abi::file::OpenFlags::empty()));
    let child = checks.value("a publisher", publisher(gate, |_, _| 0));
    os::ignore(os::poll(
        &mut [PollFd { fd: topic, events: PollEvents::IN.bits(), revents: 0 }],
        None,
    ));
    os::ignore(os::kill(child as i64, Signal::KILL as u64));
    let killed = Ok(ExitStatus::Signalled(Signal::KILL as u8));
    checks.equal("a publisher is killed", os::wait(child), killed);
    let mut buffer = [0; 16];
    let name = os::region_open(os::pool_name(child, &mut buffer), Default::default());
    checks.equal("its pool has no name", name, Err(Errno::ENOENT));
    let left = checks.value("its message stays", os::take(topic, NEXT, None));
    checks.equal("as it was", touch::load(left.address), 77);
    os::close_all([topic, gate, open]);
    checks.equal("the topic goes with its last member", os::topics(), Ok(0));
}

fn waiting(checks: &mut Checks) {
    let pool = checks.value("a pool", os::pool(POOL));
    let topic = checks.value("advertised", os::advertise(NAME, 1, TopicPolicy::Wait, pool));
    let other = os::advertise(NAME, 1, OVERWRITE, pool);
    checks.equal("a topic has one policy", other.err(), Some(Errno::EINVAL));
    let own = checks.value("subscribed", os::subscribe(NAME, 1, PLAIN));
    os::ignore(os::topic_status(topic));
    checks.equal("there is room", ready(topic), PollEvents::OUT);
    checks.that("for one", os::publish(topic, pool.address, 8, None).is_ok());
    checks.equal("there is none", ready(topic), PollEvents::empty());
    let late = os::publish(topic, pool.address + 8, 8, Some(10 * os::MILLISECOND));
    checks.equal("a publisher waits", late.err(), Some(Errno::ETIMEDOUT));
    checks.equal("a message waits", ready(own) & PollEvents::IN, PollEvents::IN);
    let message = checks.value("it is taken", os::take(own, NEXT, None));
    checks.equal("it is its publisher's own", message.address, pool.address);
    checks.equal("while it is read there is no room", ready(topic), PollEvents::empty());
    os::ignore(os::release(own, message.entry));
    let next = os::publish(topic, pool.address + 8, 8, None);
    let freed = next.map(|(_, freed)| (freed.count, freed.addresses[0]));
    checks.equal("then its memory comes back", freed, Ok((1, pool.address)));
    let before = os::now();
    os::ignore(os::take(own, NEXT, None));
    let none = os::take(own, TakeFlags::empty(), Some(10 * os::MILLISECOND));
    checks.equal("a subscriber waits", none.err(), Some(Errno::ETIMEDOUT));
    checks.that("as long as it says", os::now() - before >= 10 * os::MILLISECOND);
    os::close_all([topic, own]);
    os::ignore(os::region_leave(pool.region));
}

fn refusals(checks: &mut Checks) {
    let pool = checks.value("a pool", os::pool(POOL));
    let wrong = |name: &[u8], depth| os::subscribe(name, depth, PLAIN).err();
    checks.equal("a name begins with /", wrong(b"name", 1), Some(Errno::EINVAL));
    checks.equal("and has no other", wrong(b"/a/b", 1), Some(Errno::EINVAL));
    checks.equal("a depth is not 0", wrong(NAME, 0), Some(Errno::EINVAL));
    checks.equal("nor endless", wrong(NAME, 1025), Some(Errno::EINVAL));
    let none = os::Pool { region: 99, address: 0 };
    let bad = os::advertise(NAME, 1, OVERWRITE, none).err();
    checks.equal("a publisher has a pool", bad, Some(Errno::EBADF));
    let topic = checks.value("advertised", os::advertise(NAME, 1, OVERWRITE, pool));
    let outside = os::publish(topic, pool.address + POOL - 4, 8, None).err();
    checks.equal("a message lies in the pool", outside, Some(Errno::EINVAL));
    let taken = os::take(topic, NEXT, None).err();
    checks.equal("a publisher takes nothing", taken, Some(Errno::EINVAL));
    let size = size_of::<TopicRequest>() as u64;
    for call in [Sysno::TopicAdvertise, Sysno::TopicSubscribe] {
        checks.equal("bad requests are EFAULT", os::call(call, [8, size]), Err(Errno::EFAULT));
        checks.equal("of one size", os::call(call, [8, 5]), Err(Errno::EINVAL));
    }
    let bad = os::call(Sysno::TopicPublish, [os::fd(topic), pool.address, 8, 0, 8]);
    checks.equal("a bad list is EFAULT", bad, Err(Errno::EFAULT));
    let record = os::topic_status(topic).map(|record| record.published);
    checks.equal("and nothing is published", record, Ok(0));
    checks.equal("no file is a topic", os::release(pool.region, 1), Err(Errno::EINVAL));
    os::ignore(os::close(topic));
    os::ignore(os::region_leave(pool.region));
}

/// A pool's name is its own process's, and nobody keeps it from the next of its number.
fn names(checks: &mut Checks) {
    let mut buffer = [0; 16];
    let own = os::pool_name(os::own_id(), &mut buffer);
    let plain = RegionRequest { bytes: 4096, mode: 0o600, ..Default::default() };
    let pool = RegionFlags::SAME_ADDRESS | RegionFlags::SINGLE_WRITER | RegionFlags::EPHEMERAL;
    let pool = RegionRequest { flags: pool.bits(), ..plain };
    let make = |name: &[u8], request| os::region_create(name, request).err();
    checks.equal("only a pool has its name", make(own, &plain), Some(Errno::EPERM));
    for name in [&b"/pool@1"[..], b"/pool@", b"/pool@007"] {
        checks.equal("another's name is refused", make(name, &pool), Some(Errno::EPERM));
    }
    let [gate, open] = checks.value("a pipe", os::pipe(abi::file::OpenFlags::empty()));
    let [said, say] = checks.value("another", os::pipe(abi::file::OpenFlags::empty()));
    let child = os::start_child(|| {
        if os::pool(POOL).is_err() {
            return 1;
        }
        os::ignore(os::write(say, b"x"));
        os::ignore(os::read(gate, &mut [0]));
        0
    });
    let child = checks.value("a child with a pool", child);
    os::ignore(os::read(said, &mut [0]));
    let name = os::pool_name(child, &mut buffer);
    let opened = checks.value("it is opened", os::region_open(name, RegionFlags::READ_ONLY));
    os::ignore(os::write(open, b"x"));
    checks.equal("its process ends", os::wait(child), Ok(ExitStatus::Exited(0)));
    let gone = os::region_open(name, RegionFlags::READ_ONLY);
    checks.equal("the name goes, though it is open", gone, Err(Errno::ENOENT));
    os::close_all([opened, gate, open, said, say]);
}

/// Three publishers and four subscribers, of which one after the other is killed and replaced;
/// returns how many messages the last subscriber has read, and how many were torn.
fn storm(rounds: usize) -> (u64, u64) {
    let mut random = Random::new(u64::from(rounds as u32));
    let mut children = [0; 6];
    for (index, child) in children.iter_mut().enumerate() {
        *child = start(index);
    }
    let Ok(own) = os::subscribe(NAME, 8, SubscribeFlags::TRANSIENT_LOCAL) else { return (0, 1) };
    let (mut read, mut torn) = (0, 0);
    for _ in 0..rounds {
        for _ in 0..20 {
            let Ok(message) = os::take(own, TakeFlags::empty(), Some(os::SECOND)) else { break };
            read += 1;
            torn += u64::from(is_torn(message.address));
            os::ignore(os::release(own, message.entry));
        }
        let index = random.below(6) as usize;
        torn += stop(children[index]);
        children[index] = start(index);
    }
    torn += children.into_iter().map(stop).sum::<u64>();
    os::ignore(os::close(own));
    (read, torn)
}

/// Kills a child; 1 if it has ended by itself, because something was wrong.
fn stop(child: u64) -> u64 {
    os::ignore(os::kill(child as i64, Signal::KILL as u64));
    u64::from(os::wait(child) != Ok(ExitStatus::Signalled(Signal::KILL as u8)))
}

fn start(index: usize) -> u64 {
    let work = || if index < 3 { publish_on() } else { read_on(index as u64) };
    os::start_child(work).unwrap_or(0)
}

/// A message is one word over and over.
fn is_torn(address: u64) -> bool {
    let first = touch::load(address);
    (address..address + MESSAGE).step_by(8).any(|at| touch::load(at) != first)
}

fn publish_on() -> i32 {
    let Ok(pool) = os::pool(POOL) else { return 1 };
    let Ok(topic) = os::advertise(NAME, DEPTH, OVERWRITE, pool) else { return 2 };
    let mut is_used = [false; (POOL / MESSAGE) as usize];
    for word in 0.. {
        let Some(free) = is_used.iter().position(|used| !used) else { return 3 };
        is_used[free] = true;
        let address = pool.address + free as u64 * MESSAGE;
        for at in (address..address + MESSAGE).step_by(8) {
            touch::store(at, word);
        }
        let Ok((_, freed)) = os::publish(topic, address, MESSAGE, None) else { return 4 };
        for address in &freed.addresses[..freed.count as usize] {
            is_used[((address - pool.address) / MESSAGE) as usize] = false;
        }
        os::yield_core();
    }
    0
}

fn read_on(pace: u64) -> i32 {
    let Ok(topic) = os::subscribe(NAME, 2, PLAIN) else { return 1 };
    loop {
        if let Ok(message) = os::take(topic, TakeFlags::LATEST, None) {
            os::ignore(os::sleep(pace * os::MILLISECOND / 10));
            if is_torn(message.address) {
                return 2;
            }
            os::ignore(os::release(topic, message.entry));
        }
    }
}
