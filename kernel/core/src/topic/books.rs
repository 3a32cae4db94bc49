//! The books of one topic: who publishes, who subscribes, which messages there are, who holds them.
//!
//! A pure state machine. A message *waits* for a subscriber that has not taken it yet and can still
//! do so, and is *held* by one that has taken and not released it. It leaves the books when it has
//! left its publisher's queue and nobody holds it, or, if its publisher has gone, when it neither
//! waits nor is held.

use super::holders::Holders;
use super::member::{Error, Filter, Freed, Message, Mode, Publisher, Subscriber, Taken};
use abi::topic::{TOPIC_DEPTH_MAX, TOPIC_HELD_MAX, TOPIC_MEMBERS_MAX, TopicPolicy};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// A message in the books.
pub(super) struct Entry {
    pub publisher: u32,
    pub message: Message,
    pub holders: Holders,
}

/// The books of one topic.
#[derive(Default)]
pub struct Books {
    policy: TopicPolicy,
    /// Numbers of publishers and subscribers come from one counter and are never used again.
    last_member: u32,
    next_entry: u64,
    published: u64,
    bytes: u64,
    changes: u64,
    pub(super) publishers: BTreeMap<u32, Publisher>,
    /// By the place that each has in [`Holders`].
    pub(super) subscribers: Vec<Option<Subscriber>>,
    pub(super) entries: BTreeMap<u64, Entry>,
}

impl Books {
    /// Empty books.
    pub fn new() -> Self {
        Self::default()
    }

    /// A process begins to publish; returns the publisher's number.
    ///
    /// The first publisher decides the topic's policy.
    pub fn advertise(&mut self, pid: u32, depth: u32, policy: TopicPolicy) -> Result<u32, Error> {
        check_depth(depth)?;
        if self.publishers.is_empty() {
            self.policy = policy;
        }
        if self.policy != policy {
            return Err(Error::OtherPolicy);
        }
        if self.publishers.len() >= TOPIC_MEMBERS_MAX {
            return Err(Error::TooMany);
        }
        let id = self.new_member();
        self.publishers.insert(id, Publisher { pid, depth, ended: None });
        Ok(id)
    }

    /// A process begins to subscribe; returns the subscriber's number.
    pub fn subscribe(&mut self, pid: u32, depth: u32, filter: Filter) -> Result<u32, Error> {
        check_depth(depth)?;
        let free = self.subscribers.iter().position(Option::is_none);
        let place = free.unwrap_or(self.subscribers.len());
        if place >= TOPIC_MEMBERS_MAX {
            return Err(Error::TooMany);
        }
        if place == self.subscribers.len() {
            self.subscribers.try_reserve(1).map_err(|_| Error::NoMemory)?;
            self.subscribers.push(None);
        }
        let id = self.new_member();
        let mut subscriber = Subscriber { id, pid, depth, filter, after: 0, promised: 0, held: 0 };
        if filter.transient_local {
            subscriber.promised = self.window(&subscriber).count() as u64;
        } else {
            // It takes a number, so that it sees only messages with later ones.
            subscriber.after = self.new_entry();
        }
        self.subscribers[place] = Some(subscriber);
        Ok(id)
    }

    /// Puts a message into the books; returns its number, and adds what has left to `freed`.
    ///
    /// `NoRoom` if the policy keeps messages that are waited for, and the queue is full of them.
    pub fn publish(&mut self, id: u32, message: Message, freed: &mut Freed) -> Result<u64, Error> {
        if !self.has_room(id)? {
            return Err(Error::NoRoom);
        }
        let pid = self.publishers.get(&id).map_or(0, |publisher| publisher.pid);
        let number = self.new_entry();
        self.entries.insert(number, Entry { publisher: id, message, holders: Holders::new() });
        self.published += 1;
        self.bytes += message.length;
        for subscriber in self.subscribers.iter_mut().flatten() {
            subscriber.promised += u64::from(subscriber.wants(pid));
        }
        self.reclaim(id, freed)?;
        self.forget_orphans();
        Ok(number)
    }

    /// Takes the publisher's messages out that have left its queue and that nobody holds.
    pub fn reclaim(&mut self, id: u32, freed: &mut Freed) -> Result<(), Error> {
        let depth = self.live(id)?.depth as usize;
        let own = |entry: &Entry| entry.publisher == id;
        let mut beyond = self.entries.values().filter(|entry| own(entry)).count();
        beyond = beyond.saturating_sub(depth);
        let mut next = 0;
        while beyond > 0 && freed.has_room() {
            let found = self.entries.range(next..).find(|(_, entry)| own(entry));
            let Some((number, entry)) = found else { break };
            let (number, is_free) = (*number, entry.holders.is_empty());
            beyond -= 1;
            next = number + 1;
            if is_free && let Some(entry) = self.entries.remove(&number) {
                freed.add(entry.message.address);
            }
        }
        Ok(())
    }

    /// Whether a message of the publisher would find room in its queue.
    pub fn has_room(&self, id: u32) -> Result<bool, Error> {
        let depth = self.live(id)?.depth as usize;
        if self.policy == TopicPolicy::Overwrite {
            return Ok(true);
        }
        let awaited = self.awaited();
        let busy = self.entries.iter().filter(|(number, entry)| {
            entry.publisher == id && (!entry.holders.is_empty() || awaited.contains(number))
        });
        Ok(busy.count() < depth)
    }

    /// Gives a subscriber a message, which it holds from then on.
    pub fn take(&mut self, id: u32, mode: Mode) -> Result<Taken, Error> {
        let place = self.place(id)?;
        let Some((number, newer)) = self.next_for(place, mode)? else {
            return self.take_again(place, mode);
        };
        let subscriber = self.subscriber(place)?;
        if subscriber.held >= TOPIC_HELD_MAX {
            return Err(Error::TooMany);
        }
        // What was promised, will not come, and is not this one, is lost.
        let lost = subscriber.promised.saturating_sub(newer + 1);
        let subscriber = self.subscriber_mut(place)?;
        subscriber.promised = newer;
        subscriber.after = number;
        subscriber.held += 1;
        self.entries.get_mut(&number).ok_or(Error::Nothing)?.holders.add(place);
        let taken = self.taken(number, lost)?;
        self.forget_orphans();
        Ok(taken)
    }

    /// The message that the subscriber gets next, and how many will come after it.
    fn next_for(&self, place: usize, mode: Mode) -> Result<Option<(u64, u64)>, Error> {
        let mut window = self.window(self.subscriber(place)?);
        Ok(if mode.latest {
            window.next().map(|number| (number, 0))
        } else {
            window.enumerate().last().map(|(newer, number)| (number, newer as u64))
        })
    }

    /// The last message that the subscriber took, if it is still there; held once, not twice.
    fn take_again(&mut self, place: usize, mode: Mode) -> Result<Taken, Error> {
        if !mode.again {
            return Err(Error::Nothing);
        }
        let (number, held) = {
            let subscriber = self.subscriber(place)?;
            (subscriber.after, subscriber.held)
        };
        let entry = self.entries.get_mut(&number).ok_or(Error::Nothing)?;
        if !entry.holders.contains(place) {
            if held >= TOPIC_HELD_MAX {
                return Err(Error::TooMany);
            }
            entry.holders.add(place);
            self.subscriber_mut(place)?.held += 1;
        }
        self.taken(number, 0)
    }

    /// What [`Self::take`] would give.
    pub fn peek(&self, id: u32, mode: Mode) -> Result<Taken, Error> {
        let place = self.place(id)?;
        let next = self.next_for(place, mode)?.map(|(number, _)| number);
        let again = mode.again.then_some(self.subscriber(place)?.after);
        let number = next.or(again).ok_or(Error::Nothing)?;
        self.taken(number, 0)
    }

    /// A subscriber has read a message.
    pub fn release(&mut self, id: u32, number: u64) -> Result<(), Error> {
        let place = self.place(id)?;
        let entry = self.entries.get_mut(&number).ok_or(Error::NotHeld)?;
        if !entry.holders.remove(place) {
            return Err(Error::NotHeld);
        }
        self.subscriber_mut(place)?.held -= 1;
        self.forget_orphans();
        Ok(())
    }

    /// A publisher or a subscriber has gone.
    ///
    /// A subscriber lets go of what it holds. A publisher's messages stay for those who could take
    /// them when it went, and the publisher is remembered until the last has left.
    pub fn leave(&mut self, id: u32) {
        if let Ok(place) = self.place(id) {
            self.subscribers[place] = None;
            for entry in self.entries.values_mut() {
                entry.holders.remove(place);
            }
            self.changes += 1;
        } else if let Some(publisher) = self.publishers.get_mut(&id)
            && publisher.ended.is_none()
        {
            publisher.ended = Some(self.last_member);
            self.changes += 1;
        }
        self.forget_orphans();
    }

    /// Forgets the messages of publishers that have gone, as far as nobody needs them, and those
    /// publishers without messages.
    fn forget_orphans(&mut self) {
        if self.publishers.values().all(|publisher| publisher.ended.is_none()) {
            return;
        }
        let awaited = self.awaited();
        let publishers = &self.publishers;
        let is_orphan = |entry: &Entry| {
            publishers.get(&entry.publisher).is_none_or(|publisher| publisher.ended.is_some())
        };
        self.entries.retain(|number, entry| {
            !is_orphan(entry) || !entry.holders.is_empty() || awaited.contains(number)
        });
        let entries = &self.entries;
        let count = self.publishers.len();
        self.publishers.retain(|id, publisher| {
            publisher.ended.is_none() || entries.values().any(|entry| entry.publisher == *id)
        });
        self.changes += (count - self.publishers.len()) as u64;
    }

    fn taken(&self, number: u64, lost: u64) -> Result<Taken, Error> {
        let entry = self.entries.get(&number).ok_or(Error::Nothing)?;
        let pid = self.publishers.get(&entry.publisher).map_or(0, |publisher| publisher.pid);
        Ok(Taken { number, publisher: entry.publisher, pid, message: entry.message, lost })
    }

    fn new_member(&mut self) -> u32 {
        self.changes += 1;
        self.last_member += 1;
        self.last_member
    }

    fn new_entry(&mut self) -> u64 {
        self.next_entry += 1;
        self.next_entry
    }
}

/// What is told about the books.
impl Books {
    /// Whether nobody is left, so that the topic goes.
    pub fn is_empty(&self) -> bool {
        self.publishers.is_empty() && self.subscribers.iter().all(Option::is_none)
    }

    /// What becomes of a message for which there is no room.
    pub const fn policy(&self) -> TopicPolicy {
        self.policy
    }

    /// Messages published, and their bytes.
    pub const fn published(&self) -> (u64, u64) {
        (self.published, self.bytes)
    }

    /// Messages that are there.
    pub fn entries(&self) -> usize {
        self.entries.len()
    }

    /// Comings and goings of publishers and subscribers so far.
    pub const fn changes(&self) -> u64 {
        self.changes
    }

    /// Publishers that have not gone.
    pub fn live_publishers(&self) -> usize {
        self.publishers.values().filter(|publisher| publisher.ended.is_none()).count()
    }

    /// Subscribers.
    pub fn live_subscribers(&self) -> usize {
        self.subscribers.iter().flatten().count()
    }

    /// Whether the publisher or its messages are there.
    pub fn knows_publisher(&self, id: u32) -> bool {
        self.publishers.contains_key(&id)
    }
}

fn check_depth(depth: u32) -> Result<(), Error> {
    if (1..=TOPIC_DEPTH_MAX).contains(&depth) { Ok(()) } else { Err(Error::Depth) }
}
