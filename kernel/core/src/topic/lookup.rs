//! Looking things up in a topic's books: members by number, and what waits for whom.

use super::books::{Books, Entry};
use super::member::{Error, Publisher, Subscriber};
use alloc::collections::BTreeSet;

impl Books {
    /// The publisher, unless it has gone.
    pub(super) fn live(&self, id: u32) -> Result<&Publisher, Error> {
        self.publishers.get(&id).filter(|publisher| publisher.ended.is_none()).ok_or(Error::Unknown)
    }

    /// The place of a subscriber.
    pub(super) fn place(&self, id: u32) -> Result<usize, Error> {
        let is_it = |slot: &Option<Subscriber>| slot.as_ref().is_some_and(|other| other.id == id);
        self.subscribers.iter().position(is_it).ok_or(Error::Unknown)
    }

    pub(super) fn subscriber(&self, place: usize) -> Result<&Subscriber, Error> {
        self.subscribers.get(place).and_then(Option::as_ref).ok_or(Error::Unknown)
    }

    pub(super) fn subscriber_mut(&mut self, place: usize) -> Result<&mut Subscriber, Error> {
        self.subscribers.get_mut(place).and_then(Option::as_mut).ok_or(Error::Unknown)
    }

    /// The messages that the subscriber can take, the newest first: as far back as its depth.
    pub(super) fn window<'a>(
        &'a self,
        subscriber: &'a Subscriber,
    ) -> impl Iterator<Item = u64> + 'a {
        let later = self.entries.range(subscriber.after + 1..).rev();
        let visible = later.filter(|(_, entry)| self.is_visible(entry, subscriber));
        visible.map(|(number, _)| *number).take(subscriber.depth as usize)
    }

    fn is_visible(&self, entry: &Entry, subscriber: &Subscriber) -> bool {
        self.publishers.get(&entry.publisher).is_some_and(|publisher| {
            subscriber.wants(publisher.pid)
                && publisher.ended.is_none_or(|ended| subscriber.id <= ended)
        })
    }

    /// The messages that wait for a subscriber.
    pub(super) fn awaited(&self) -> BTreeSet<u64> {
        let subscribers = self.subscribers.iter().flatten();
        subscribers.flat_map(|subscriber| self.window(subscriber)).collect()
    }
}
