//! One topic: its books, and the memory and the waiting that go with them.

use super::books::Books;
use super::member::{Freed, Message, Mode};
use super::pool::{self, PoolView};
use crate::fs::permission::Permissions;
use crate::mm::AddressSpace;
use crate::region::{Region, names};
use crate::sched::WaitQueue;
use crate::sync::{Guard, Lock, Rank};
use abi::Errno;
use abi::topic::{MessageRecord, TopicPolicy, TopicRecord, TypeRecord};
use alloc::collections::BTreeMap;
use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;
use arch::clock;
use core::sync::atomic::AtomicU64;

/// Who waits for a topic.
#[derive(Default)]
pub struct Queues {
    /// Subscribers, for messages.
    pub messages: WaitQueue,
    /// Publishers, for room.
    pub room: WaitQueue,
}

/// A topic, and who waits for it: they look without the names of all topics.
pub struct SharedTopic {
    /// Who waits.
    pub queues: Queues,
    /// The number of the newest message, to be read without the lock.
    pub newest: AtomicU64,
    topic: Lock<Topic>,
}

impl SharedTopic {
    /// A topic without members.
    pub fn new(permissions: Permissions) -> Self {
        let topic = Lock::new(Rank::Topic, Topic::new(permissions));
        Self { queues: Queues::default(), newest: AtomicU64::new(0), topic }
    }

    /// The topic, for who may need nothing of [`Pools`], or has them.
    pub fn lock(&self) -> Guard<'_, Topic> {
        self.topic.lock()
    }
}

/// A subscriber, and where it is in the books.
#[derive(Clone, Copy)]
pub struct Seat {
    /// Its number.
    pub id: u32,
    /// Its place, which it keeps.
    pub place: usize,
}

impl Queues {
    /// Lets everybody look again, after somebody has come or gone.
    pub fn wake_all(&self) {
        self.messages.wake_all();
        self.room.wake_all();
    }
}

/// What all topics have in common about pools.
#[derive(Default)]
pub struct Pools {
    /// The views that subscribers have, by address space and region: one, however many topics need
    /// it.
    views: BTreeMap<(u64, u64), Weak<PoolView>>,
    /// Publishers of each pool, by region.
    publishers: BTreeMap<u64, u32>,
}

impl Pools {
    /// Nothing.
    pub const fn new() -> Self {
        Self { views: BTreeMap::new(), publishers: BTreeMap::new() }
    }

    /// A publisher has gone: the last one of a pool takes its name along.
    fn leave(&mut self, pool: &Region) {
        let Some(count) = self.publishers.get_mut(&pool.id()) else { return };
        *count -= 1;
        if *count == 0 {
            self.publishers.remove(&pool.id());
            forget_name(pool);
        }
    }
}

/// A topic.
pub struct Topic {
    pub books: Books,
    pub contents: TypeRecord,
    pub permissions: Permissions,
    /// The pool of each publisher, until its last message has left.
    pub(super) pools: BTreeMap<u32, Arc<Region>>,
    /// What each subscriber sees.
    spaces: BTreeMap<u32, Weak<AddressSpace>>,
    /// By publisher and subscriber.
    views: BTreeMap<(u32, u32), Arc<PoolView>>,
    /// The change of members up to which pools and views are what is needed.
    tidied: u64,
}

impl Topic {
    fn new(permissions: Permissions) -> Self {
        Self {
            books: Books::new(),
            contents: TypeRecord::any(),
            permissions,
            pools: BTreeMap::new(),
            spaces: BTreeMap::new(),
            views: BTreeMap::new(),
            tidied: 0,
        }
    }

    /// Fails with `EPROTOTYPE` if messages of the topic are something else.
    pub fn check_type(&self, contents: &TypeRecord) -> Result<(), Errno> {
        let (known, asked) = (&self.contents, contents);
        let key = |record: &TypeRecord| (record.size, record.alignment, record.layout);
        let is_same = known.name() == asked.name() && key(known) == key(asked);
        let is_open = known.name().is_empty() || asked.name().is_empty();
        if is_same || is_open { Ok(()) } else { Err(Errno::EPROTOTYPE) }
    }

    /// Notes what messages are, if nobody has said so.
    pub const fn settle_type(&mut self, contents: &TypeRecord) {
        if self.contents.name_length == 0 {
            self.contents = *contents;
        }
    }

    /// Notes a new publisher's pool, and shows it to the subscribers that there are.
    pub fn add_pool(&mut self, publisher: u32, pool: Arc<Region>, all: &mut Pools) {
        *all.publishers.entry(pool.id()).or_insert(0) += 1;
        self.pools.insert(publisher, pool);
        let subscribers: Vec<u32> = self.spaces.keys().copied().collect();
        for subscriber in subscribers {
            // One that has no room for it is told when it takes the first message there.
            let _ = self.show(publisher, subscriber, all);
        }
    }

    /// Notes a new subscriber's address space, and shows it the pools of the publishers that there
    /// are. It gets nothing of those that have gone.
    pub fn add_space(
        &mut self,
        subscriber: u32,
        space: &Arc<AddressSpace>,
        all: &mut Pools,
    ) -> Result<(), Errno> {
        self.spaces.insert(subscriber, Arc::downgrade(space));
        let is_there = |publisher: &u32| self.books.live(*publisher).is_ok();
        let publishers: Vec<u32> = self.pools.keys().copied().filter(is_there).collect();
        publishers.into_iter().try_for_each(|publisher| self.show(publisher, subscriber, all))
    }

    fn show(&mut self, publisher: u32, subscriber: u32, all: &mut Pools) -> Result<(), Errno> {
        if self.views.contains_key(&(publisher, subscriber)) {
            return Ok(());
        }
        let pool = self.pools.get(&publisher).ok_or(Errno::EINVAL)?;
        let space = self.spaces.get(&subscriber).and_then(Weak::upgrade).ok_or(Errno::ESRCH)?;
        let key = (space.id(), pool.id());
        let known = all.views.get(&key).and_then(Weak::upgrade);
        let view = match known {
            Some(view) => view,
            None => PoolView::map(&space, pool)?,
        };
        all.views.insert(key, Arc::downgrade(&view));
        self.views.insert((publisher, subscriber), view);
        Ok(())
    }

    /// Puts a message into the books.
    pub fn publish(
        &mut self,
        publisher: u32,
        address: u64,
        length: u64,
        freed: &mut Freed,
    ) -> Result<u64, Errno> {
        let pool = self.pools.get(&publisher).ok_or(Errno::EINVAL)?;
        let is_of_type = self.contents.size == 0 || self.contents.size == length;
        let is_aligned = address.is_multiple_of(self.contents.alignment.max(1));
        if length == 0 || !is_of_type || !is_aligned || !pool::contains(pool, address, length) {
            return Err(Errno::EINVAL);
        }
        let message = Message { address, length, time: clock::now() };
        Ok(self.books.publish(publisher, message, freed)?)
    }

    /// Gives a subscriber a message; `None` if it does not see that message's pool yet, which
    /// [`Self::show_next`] changes.
    pub fn take(&mut self, subscriber: Seat, mode: Mode) -> Result<Option<MessageRecord>, Errno> {
        let place = self.books.place_at(subscriber.id, subscriber.place)?;
        let next = self.books.find(place, mode)?;
        let publisher = self.books.publisher_of(next);
        if !self.books.sees(place, publisher) {
            if !self.views.contains_key(&(publisher, subscriber.id)) {
                return Ok(None);
            }
            self.books.note_view(place, publisher)?;
        }
        let taken = self.books.take_found(place, next)?;
        Ok(Some(MessageRecord {
            entry: taken.number,
            address: taken.message.address,
            length: taken.message.length,
            lost: taken.lost,
            time: taken.message.time,
            publisher: taken.publisher,
            pid: taken.pid,
        }))
    }

    /// Shows a subscriber the pool of its next message.
    pub fn show_next(
        &mut self,
        subscriber: Seat,
        mode: Mode,
        all: &mut Pools,
    ) -> Result<(), Errno> {
        let place = self.books.place_at(subscriber.id, subscriber.place)?;
        let publisher = self.books.publisher_of(self.books.find(place, mode)?);
        self.show(publisher, subscriber.id, all)
    }

    /// A subscriber has read a message.
    pub fn release(&mut self, subscriber: Seat, entry: u64) -> Result<(), Errno> {
        let place = self.books.place_at(subscriber.id, subscriber.place)?;
        Ok(self.books.release_at(place, entry)?)
    }

    /// Lets a member go, and what was only there for it.
    pub fn leave(&mut self, member: u32, all: &mut Pools) {
        self.books.leave(member);
        self.spaces.remove(&member);
        self.views.retain(|(_, subscriber), _| *subscriber != member);
        if let Some(pool) = self.pools.get(&member) {
            all.leave(pool);
        }
        self.tidy(all);
    }

    /// Whether [`Self::tidy`] has nothing to do.
    pub const fn is_tidy(&self) -> bool {
        self.tidied == self.books.changes()
    }

    /// Lets go of the pools of publishers that have gone with their last message.
    pub fn tidy(&mut self, all: &mut Pools) {
        if self.is_tidy() {
            return;
        }
        let books = &self.books;
        self.tidied = books.changes();
        self.pools.retain(|publisher, _| books.knows_publisher(*publisher));
        self.views.retain(|(publisher, _), _| books.knows_publisher(*publisher));
        all.views.retain(|_, view| view.strong_count() > 0);
    }

    /// Whether releases make room that publishers wait for.
    pub fn has_waiting_publishers(&self) -> bool {
        self.books.policy() != TopicPolicy::Overwrite
    }

    /// What is told about the topic.
    pub fn record(&self, name: &[u8]) -> TopicRecord {
        let mut record = TopicRecord::empty();
        (record.published, record.bytes) = self.books.published();
        record.entries = self.books.entries() as u64;
        record.changes = self.books.changes();
        record.publishers = self.books.live_publishers() as u32;
        record.subscribers = self.books.live_subscribers() as u32;
        record.policy = self.books.policy() as u32;
        (record.mode, record.uid, record.gid) =
            (self.permissions.mode, self.permissions.uid, self.permissions.gid);
        let length = name.len().min(record.name.len());
        record.name[..length].copy_from_slice(&name[..length]);
        record.name_length = length as u64;
        record.contents = self.contents;
        record
    }
}

/// A pool whose publisher has gone has no name, so that a process of the same number can have it.
fn forget_name(pool: &Region) {
    let is_it =
        |region: &Region| if region.id() == pool.id() { Ok(()) } else { Err(Errno::ESTALE) };
    for name in pool.all_names() {
        if names::is_pool(&name) {
            // Somebody may have taken the name away already.
            let _ = names::unlink_if(&name, is_it);
        }
    }
}
