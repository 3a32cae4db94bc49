//! All topics, by name. A topic is there as long as it has a publisher or a subscriber.
//!
//! A member has its topic at hand: publishing, taking and releasing take that topic's lock alone. The
//! lock of the names, which comes first, is for coming and going, and for a pool that a subscriber
//! does not see yet. Whoever has to look again is woken after the locks were left.

use super::member::{Filter, Freed, Mode};
use super::object::{Pools, Queues, Seat, SharedTopic, Topic};
use super::pool;

use crate::check::Report;
use crate::fs::permission::{Permissions, Want};
use crate::mm::AddressSpace;
use crate::process::Credentials;
use crate::region::Region;
use crate::sync::{Guard, Lock, Rank};
use abi::Errno;
use abi::topic::{MemberRecord, MessageRecord, TopicPolicy, TopicRecord, TypeRecord};
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::ops::Bound::{Excluded, Unbounded};
use core::sync::atomic::{AtomicU64, Ordering};

struct Registry {
    topics: BTreeMap<Box<[u8]>, Arc<SharedTopic>>,
    pools: Pools,
}

static REGISTRY: Lock<Registry> =
    Lock::new(Rank::Topics, Registry { topics: BTreeMap::new(), pools: Pools::new() });

/// Who joins a topic, and which.
pub struct Caller<'a> {
    /// The topic's name, which is checked already.
    pub name: &'a [u8],
    /// What its messages are.
    pub contents: &'a TypeRecord,
    /// Permissions of a topic that is made.
    pub permissions: Permissions,
    /// Who asks.
    pub credentials: Credentials,
    /// The process that asks.
    pub pid: u32,
    /// What it sees.
    pub space: Arc<AddressSpace>,
}

/// A member of a topic.
pub struct Membership {
    /// The topic's name.
    pub name: Box<[u8]>,
    /// The member's number in it.
    pub id: u32,
    /// A subscriber's place in the topic's books.
    place: usize,
    /// The number of the last message that the subscriber has taken.
    after: AtomicU64,
    topic: Arc<SharedTopic>,
}

impl Membership {
    /// Who waits for the topic.
    pub fn queues(&self) -> &Queues {
        &self.topic.queues
    }

    /// Whether no message has come since the last one that was taken: found out without the lock.
    #[inline]
    fn has_no_news(&self) -> bool {
        // As with every wait queue: a sleeper is in it before it looks, and a publisher changes this
        // before it looks into the queue, so one of them sees the other.
        self.topic.newest.load(Ordering::Acquire) <= self.after.load(Ordering::Relaxed)
    }

    const fn seat(&self) -> Seat {
        Seat { id: self.id, place: self.place }
    }
}

impl Registry {
    /// Lets somebody into a topic, which is made if need be, and stays if that succeeds.
    fn join(
        &mut self,
        caller: &Caller<'_>,
        want: Want,
        enter: impl FnOnce(&mut Topic, &mut Pools) -> Result<u32, Errno>,
    ) -> Result<Membership, Errno> {
        let name: Box<[u8]> = caller.name.into();
        let made = || Arc::new(SharedTopic::new(caller.permissions));
        let shared = self.topics.entry(name.clone()).or_insert_with(made).clone();
        let mut topic = shared.lock();
        let allowed = topic.permissions.allow(caller.credentials, want);
        let outcome = if allowed { topic.check_type(caller.contents) } else { Err(Errno::EACCES) };
        let outcome = outcome.and_then(|()| enter(&mut topic, &mut self.pools));
        if outcome.is_ok() {
            topic.settle_type(caller.contents);
        }
        let place = outcome.as_ref().ok().and_then(|id| topic.books.place(*id).ok()).unwrap_or(0);
        drop(topic);
        self.forget_if_empty(&name);
        outcome.map(|id| Membership { name, id, place, after: AtomicU64::new(0), topic: shared })
    }

    fn forget_if_empty(&mut self, name: &[u8]) {
        if self.topics.get(name).is_some_and(|topic| topic.lock().books.is_empty()) {
            self.topics.remove(name);
        }
        if self.topics.is_empty() {
            // A tree that has become empty keeps a node.
            self.topics = BTreeMap::new();
            self.pools = Pools::new();
        }
    }
}

/// Calls `visit` with the pool of each publisher.
pub fn visit_pools(visit: &mut dyn FnMut(&Arc<Region>)) {
    let registry = REGISTRY.lock();
    for topic in registry.topics.values() {
        topic.lock().pools.values().for_each(&mut *visit);
    }
}

/// Looks at the books of all topics.
pub fn check(report: &mut Report) {
    let registry = REGISTRY.lock();
    let mut messages = 0;
    for (name, topic) in &registry.topics {
        let topic = topic.lock();
        messages += topic.books.entries();
        topic.books.check(name, report);
    }
    let topics = registry.topics.len();
    report.looked_at("topics", format_args!("{topics} with {messages} messages"));
}

/// Begins to publish messages of the pool.
pub fn advertise(
    caller: &Caller<'_>,
    depth: u32,
    policy: TopicPolicy,
    region: Arc<Region>,
) -> Result<Membership, Errno> {
    pool::check(&region, &caller.space)?;
    let member = REGISTRY.lock().join(caller, Want::WRITE, |topic, pools| {
        let id = topic.books.advertise(caller.pid, depth, policy)?;
        topic.add_pool(id, region, pools);
        Ok(id)
    })?;
    member.queues().wake_all();
    Ok(member)
}

/// Begins to subscribe.
pub fn subscribe(caller: &Caller<'_>, depth: u32, filter: Filter) -> Result<Membership, Errno> {
    let member = REGISTRY.lock().join(caller, Want::READ, |topic, pools| {
        let id = topic.books.subscribe(caller.pid, depth, filter)?;
        if let Err(error) = topic.add_space(id, &caller.space, pools) {
            topic.leave(id, pools);
            return Err(error);
        }
        Ok(id)
    })?;
    member.queues().wake_all();
    Ok(member)
}

/// Ends a membership.
pub fn leave(member: &Membership) {
    let mut registry = REGISTRY.lock();
    member.topic.lock().leave(member.id, &mut registry.pools);
    registry.forget_if_empty(&member.name);
    drop(registry);
    member.queues().wake_all();
}

/// Publishes bytes of the pool; `EAGAIN` if there is no room. Also tells the topic's policy.
pub fn publish(
    member: &Membership,
    address: u64,
    length: u64,
    freed: &mut Freed,
) -> Result<u64, (TopicPolicy, Errno)> {
    let mut topic = member.topic.lock();
    let policy = topic.books.policy();
    let outcome = topic.publish(member.id, address, length, freed);
    member.topic.newest.store(topic.books.newest(), Ordering::Release);
    leave_tidy(member, topic);
    if outcome.is_ok() {
        member.queues().messages.wake_all();
    }
    outcome.map_err(|error| (policy, error))
}

/// Lets go of a topic's lock after a change, by which the last message of a publisher that has gone
/// may have left.
fn leave_tidy(member: &Membership, topic: Guard<'_, Topic>) {
    let is_tidy = topic.is_tidy();
    drop(topic);
    if !is_tidy {
        let mut registry = REGISTRY.lock();
        member.topic.lock().tidy(&mut registry.pools);
    }
}

/// What has become the publisher's own again.
pub fn reclaim(member: &Membership, freed: &mut Freed) -> Result<(), Errno> {
    Ok(member.topic.lock().books.reclaim(member.id, freed)?)
}

/// Takes a message.
pub fn take(member: &Membership, mode: Mode) -> Result<MessageRecord, Errno> {
    if !mode.again && member.has_no_news() {
        return Err(Errno::EAGAIN);
    }
    loop {
        match change(member, |topic| topic.take(member.seat(), mode))? {
            Some(record) => {
                member.after.fetch_max(record.entry, Ordering::Relaxed);
                return Ok(record);
            }
            None => show_next(member, mode)?,
        }
    }
}

/// Shows a subscriber the pool of its next message.
fn show_next(member: &Membership, mode: Mode) -> Result<(), Errno> {
    let mut registry = REGISTRY.lock();
    member.topic.lock().show_next(member.seat(), mode, &mut registry.pools)
}

/// Releases a message.
pub fn release(member: &Membership, entry: u64) -> Result<(), Errno> {
    change(member, |topic| topic.release(member.seat(), entry))
}

/// Does what may make room for publishers.
fn change<T>(
    member: &Membership,
    change: impl FnOnce(&mut Topic) -> Result<T, Errno>,
) -> Result<T, Errno> {
    let mut topic = member.topic.lock();
    let outcome = change(&mut topic);
    let is_waited_for = topic.has_waiting_publishers();
    leave_tidy(member, topic);
    if is_waited_for && outcome.is_ok() {
        member.queues().room.wake_all();
    }
    outcome
}

/// What a member's topic is like.
pub fn status(member: &Membership) -> TopicRecord {
    let record = member.topic.lock().record(&member.name);
    TopicRecord { member: member.id, ..record }
}

/// Comings and goings in a member's topic so far.
pub fn changes(member: &Membership) -> u64 {
    member.topic.lock().books.changes()
}

/// Whether a subscriber would get a message.
pub fn has_message(member: &Membership) -> bool {
    let topic = member.topic.lock();
    let place = topic.books.place_at(member.id, member.place);
    place.is_ok_and(|place| topic.books.find(place, Mode::default()).is_ok())
}

/// Whether a publisher's message would find room.
pub fn has_room(member: &Membership) -> bool {
    member.topic.lock().books.has_room(member.id).unwrap_or(false)
}

/// What the topic of this name is like.
pub fn find(name: &[u8]) -> Option<TopicRecord> {
    REGISTRY.lock().topics.get(name).map(|topic| topic.lock().record(name))
}

/// Who publishes and subscribes there; `ENOENT` if there is no such topic.
pub fn members(name: &[u8]) -> Result<Vec<MemberRecord>, Errno> {
    REGISTRY.lock().topics.get(name).ok_or(Errno::ENOENT)?.lock().members()
}

/// All topics in the order of their names; the lock is held for one at a time.
pub fn all() -> impl Iterator<Item = TopicRecord> {
    core::iter::successors(next(b""), |record| next(record.name()))
}

fn next(after: &[u8]) -> Option<TopicRecord> {
    let registry = REGISTRY.lock();
    let (name, topic) = registry.topics.range::<[u8], _>((Excluded(after), Unbounded)).next()?;
    Some(topic.lock().record(name))
}
