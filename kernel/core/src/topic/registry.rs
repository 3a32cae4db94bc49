//! All topics, by name. A topic is there as long as it has a publisher or a subscriber.
//!
//! Whoever has to look again is woken after the lock of the topics was left.

use super::member::{Filter, Freed, Mode};
use super::object::{Pools, Queues, Topic};
use super::pool;

use crate::fs::permission::{Permissions, Want};
use crate::mm::AddressSpace;
use crate::process::Credentials;
use crate::region::Region;
use crate::sync::{Lock, Rank};
use abi::Errno;
use abi::topic::{MemberRecord, MessageRecord, TopicPolicy, TopicRecord, TypeRecord};
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::ops::Bound::{Excluded, Unbounded};

struct Registry {
    topics: BTreeMap<Box<[u8]>, Topic>,
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
    /// Who waits for the topic.
    pub queues: Arc<Queues>,
}

impl Registry {
    fn topic(&mut self, member: &Membership) -> Result<(&mut Topic, &mut Pools), Errno> {
        let topic = self.topics.get_mut(&member.name).ok_or(Errno::EINVAL)?;
        Ok((topic, &mut self.pools))
    }

    /// Lets somebody into a topic, which is made if need be, and stays if that succeeds.
    fn join(
        &mut self,
        caller: &Caller<'_>,
        want: Want,
        enter: impl FnOnce(&mut Topic, &mut Pools) -> Result<u32, Errno>,
    ) -> Result<Membership, Errno> {
        let name: Box<[u8]> = caller.name.into();
        let made = || Topic::new(caller.permissions);
        let topic = self.topics.entry(name.clone()).or_insert_with(made);
        let allowed = topic.permissions.allow(caller.credentials, want);
        let outcome = if allowed { topic.check_type(caller.contents) } else { Err(Errno::EACCES) };
        let outcome = outcome.and_then(|()| enter(topic, &mut self.pools));
        if outcome.is_ok() {
            topic.settle_type(caller.contents);
        }
        let queues = topic.queues.clone();
        self.forget_if_empty(&name);
        outcome.map(|id| Membership { name, id, queues })
    }

    fn forget_if_empty(&mut self, name: &[u8]) {
        if self.topics.get(name).is_some_and(|topic| topic.books.is_empty()) {
            self.topics.remove(name);
        }
        if self.topics.is_empty() {
            // A tree that has become empty keeps a node.
            self.topics = BTreeMap::new();
            self.pools = Pools::new();
        }
    }
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
    member.queues.wake_all();
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
    member.queues.wake_all();
    Ok(member)
}

/// Ends a membership.
pub fn leave(member: &Membership) {
    let mut registry = REGISTRY.lock();
    if let Ok((topic, pools)) = registry.topic(member) {
        topic.leave(member.id, pools);
        registry.forget_if_empty(&member.name);
    }
    drop(registry);
    member.queues.wake_all();
}

/// Publishes bytes of the pool; `EAGAIN` if there is no room. Also tells the topic's policy.
pub fn publish(
    member: &Membership,
    address: u64,
    length: u64,
    freed: &mut Freed,
) -> Result<u64, (TopicPolicy, Errno)> {
    let mut registry = REGISTRY.lock();
    let found = registry.topic(member);
    let (topic, pools) = found.map_err(|error| (TopicPolicy::Overwrite, error))?;
    let policy = topic.books.policy();
    let outcome = topic.publish(member.id, address, length, freed);
    topic.tidy(pools);
    drop(registry);
    if outcome.is_ok() {
        member.queues.messages.wake_all();
    }
    outcome.map_err(|error| (policy, error))
}

/// What has become the publisher's own again.
pub fn reclaim(member: &Membership, freed: &mut Freed) -> Result<(), Errno> {
    Ok(REGISTRY.lock().topic(member)?.0.books.reclaim(member.id, freed)?)
}

/// Takes a message.
pub fn take(member: &Membership, mode: Mode) -> Result<MessageRecord, Errno> {
    change(member, |topic, pools| topic.take(member.id, mode, pools))
}

/// Releases a message.
pub fn release(member: &Membership, entry: u64) -> Result<(), Errno> {
    change(member, |topic, _| Ok(topic.books.release(member.id, entry)?))
}

/// Does what may make room for publishers.
fn change<T>(
    member: &Membership,
    change: impl FnOnce(&mut Topic, &mut Pools) -> Result<T, Errno>,
) -> Result<T, Errno> {
    let mut registry = REGISTRY.lock();
    let (topic, pools) = registry.topic(member)?;
    let outcome = change(topic, pools);
    topic.tidy(pools);
    let is_waited_for = topic.has_waiting_publishers();
    drop(registry);
    if is_waited_for && outcome.is_ok() {
        member.queues.room.wake_all();
    }
    outcome
}

/// What a member's topic is like.
pub fn status(member: &Membership) -> Result<TopicRecord, Errno> {
    let record = REGISTRY.lock().topic(member)?.0.record(&member.name);
    Ok(TopicRecord { member: member.id, ..record })
}

/// Whether a subscriber would get a message.
pub fn has_message(member: &Membership) -> bool {
    let mut registry = REGISTRY.lock();
    let topic = registry.topic(member);
    topic.is_ok_and(|(topic, _)| topic.books.peek(member.id, Mode::default()).is_ok())
}

/// Whether a publisher's message would find room.
pub fn has_room(member: &Membership) -> bool {
    let mut registry = REGISTRY.lock();
    let topic = registry.topic(member);
    topic.is_ok_and(|(topic, _)| topic.books.has_room(member.id).unwrap_or(false))
}

/// What the topic of this name is like.
pub fn find(name: &[u8]) -> Option<TopicRecord> {
    REGISTRY.lock().topics.get(name).map(|topic| topic.record(name))
}

/// Who publishes and subscribes there; `ENOENT` if there is no such topic.
pub fn members(name: &[u8]) -> Result<Vec<MemberRecord>, Errno> {
    REGISTRY.lock().topics.get(name).ok_or(Errno::ENOENT)?.members()
}

/// All topics in the order of their names; the lock is held for one at a time.
pub fn all() -> impl Iterator<Item = TopicRecord> {
    core::iter::successors(next(b""), |record| next(record.name()))
}

fn next(after: &[u8]) -> Option<TopicRecord> {
    let registry = REGISTRY.lock();
    let (name, topic) = registry.topics.range::<[u8], _>((Excluded(after), Unbounded)).next()?;
    Some(topic.record(name))
}
