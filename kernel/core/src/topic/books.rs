//! The books of one topic: who publishes, who subscribes, which messages there are, who holds them.
//!
//! A pure state machine. A message *waits* for a subscriber that has not taken it yet and can still
//! do so, and is *held* by one that has taken and not released it. It leaves the books when it has
//! left its publisher's queue and nobody holds it, or, if its publisher has gone, when it neither
//! waits nor is held.

use super::holders::Holders;
use super::lookup::Next;
use super::member::{Error, Filter, Freed, Message, Mode, Publisher, Subscriber, Taken};
use super::messages::{Entry, Messages};
use abi::topic::{TOPIC_DEPTH_MAX, TOPIC_HELD_MAX, TOPIC_MEMBERS_MAX, TopicPolicy};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

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
    pub(super) entries: Messages,
    /// Publishers that have gone and are remembered.
    pub(super) departed: usize,
    /// Subscribers that get nothing of their own process.
    ignoring: usize,
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
        self.publishers
            .insert(id, Publisher { pid, depth, ended: None, messages: 0, published: 0 });
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
        let mut subscriber = Subscriber {
            id,
            pid,
            depth,
            filter,
            after: 0,
            not_promised: self.published,
            held: 0,
            taken: 0,
            sees: 0,
        };
        if filter.transient_local {
            subscriber.not_promised -= self.window(&subscriber).count() as u64;
        } else {
            // It takes a number, so that it sees only messages with later ones.
            subscriber.after = self.new_entry();
        }
        self.ignoring += usize::from(filter.ignore_local);
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
        self.entries.reserve()?;
        let number = self.new_entry();
        let publisher = self.publishers.get_mut(&id).ok_or(Error::Unknown)?;
        publisher.messages += 1;
        publisher.published += 1;
        let pid = publisher.pid;
        let holders = Holders::new();
        self.entries.push(Entry { number, publisher: id, message, holders });
        self.published += 1;
        self.bytes += message.length;
        if self.ignoring > 0 {
            for subscriber in self.subscribers.iter_mut().flatten() {
                subscriber.not_promised += u64::from(!subscriber.wants(pid));
            }
        }
        self.reclaim(id, freed)?;
        self.forget_orphans();
        Ok(number)
    }

    /// Takes the publisher's messages out that have left its queue and that nobody holds.
    pub fn reclaim(&mut self, id: u32, freed: &mut Freed) -> Result<(), Error> {
        let publisher = self.live(id)?;
        let mut beyond = publisher.messages.saturating_sub(publisher.depth as usize);
        let (mut next, mut removed) = (0, 0);
        while beyond > 0 && freed.has_room() && next < self.entries.len() {
            let entry = &self.entries[next];
            if entry.publisher != id {
                next += 1;
                continue;
            }
            beyond -= 1;
            if entry.holders.is_empty() {
                freed.add(entry.message.address);
                self.entries.remove(next);
                removed += 1;
            } else {
                next += 1;
            }
        }
        if let Some(publisher) = self.publishers.get_mut(&id) {
            publisher.messages -= removed;
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
        let busy = self.entries.iter().filter(|entry| {
            let is_busy = !entry.holders.is_empty() || awaited.contains(&entry.number);
            entry.publisher == id && is_busy
        });
        Ok(busy.count() < depth)
    }

    /// Gives a subscriber a message, which it holds from then on.
    pub fn take(&mut self, id: u32, mode: Mode) -> Result<Taken, Error> {
        self.take_at(self.place(id)?, mode)
    }

    /// The same for the subscriber at a place.
    fn take_at(&mut self, place: usize, mode: Mode) -> Result<Taken, Error> {
        let next = self.find(place, mode)?;
        self.take_found(place, next)
    }

    /// Gives the subscriber at a place the message that was found for it since the last change.
    pub(super) fn take_found(&mut self, place: usize, next: Next) -> Result<Taken, Error> {
        let Next { index, newer } = next;
        let published = self.published;
        let Entry { number, ref holders, .. } = self.entries[index];
        // One that is taken again is held once, not twice.
        let is_held = newer.is_none() && holders.contains(place);
        let subscriber = self.subscriber_mut(place)?;
        if subscriber.held >= TOPIC_HELD_MAX && !is_held {
            return Err(Error::TooMany);
        }
        let mut lost = 0;
        if let Some(newer) = newer {
            // What was promised, will not come, and is not this one, is lost.
            let promised = published - subscriber.not_promised;
            lost = promised.saturating_sub(newer + 1);
            subscriber.not_promised = published - newer;
            subscriber.after = number;
            subscriber.taken += 1;
        }
        if !is_held {
            subscriber.held += 1;
            self.entries[index].holders.add(place);
        }
        let taken = self.taken(index, lost);
        self.forget_orphans();
        Ok(taken)
    }

    /// What [`Self::take`] would give.
    pub fn peek(&self, id: u32, mode: Mode) -> Result<Taken, Error> {
        Ok(self.taken(self.find(self.place(id)?, mode)?.index, 0))
    }

    /// A subscriber has read a message.
    pub fn release(&mut self, id: u32, number: u64) -> Result<(), Error> {
        self.release_at(self.place(id)?, number)
    }

    /// The same for the subscriber at a place.
    pub(super) fn release_at(&mut self, place: usize, number: u64) -> Result<(), Error> {
        let index = self.entries.position(number).ok_or(Error::NotHeld)?;
        if !self.entries[index].holders.remove(place) {
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
            let left = self.subscribers[place].take();
            self.ignoring -= usize::from(left.is_some_and(|left| left.filter.ignore_local));
            for entry in self.entries.iter_mut() {
                entry.holders.remove(place);
            }
            self.changes += 1;
        } else if let Some(publisher) = self.publishers.get_mut(&id)
            && publisher.ended.is_none()
        {
            publisher.ended = Some(self.last_member);
            self.departed += 1;
            self.changes += 1;
        }
        self.forget_orphans();
    }

    /// Forgets the messages of publishers that have gone, as far as nobody needs them, and those
    /// publishers without messages.
    fn forget_orphans(&mut self) {
        if self.departed == 0 {
            return;
        }
        let awaited = self.awaited();
        let publishers = &mut self.publishers;
        self.entries.retain(|entry| {
            let Some(publisher) = publishers.get_mut(&entry.publisher) else { return false };
            let is_needed = publisher.ended.is_none()
                || !entry.holders.is_empty()
                || awaited.contains(&entry.number);
            publisher.messages -= usize::from(!is_needed);
            is_needed
        });
        let count = publishers.len();
        publishers.retain(|_, publisher| publisher.ended.is_none() || publisher.messages > 0);
        let forgotten = count - publishers.len();
        self.departed -= forgotten;
        self.changes += forgotten as u64;
    }

    fn taken(&self, index: usize, lost: u64) -> Taken {
        let Entry { number, publisher, message, .. } = self.entries[index];
        let pid = self.publishers.get(&publisher).map_or(0, |publisher| publisher.pid);
        Taken { number, publisher, pid, message, lost }
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

    /// The number of the newest message; none that a subscriber will find has a higher one.
    pub const fn newest(&self) -> u64 {
        self.next_entry
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
