//! Looking things up in a topic's books: members by number, and what waits for whom.

use super::books::Books;
use super::member::{Error, Mode, Publisher, Subscriber};
use super::messages::Entry;
use alloc::collections::BTreeSet;

/// A message that a subscriber would be given.
#[derive(Clone, Copy)]
pub(super) struct Next {
    /// Its place among the messages.
    pub index: usize,
    /// How many will come after it; `None` if it was taken before.
    pub newer: Option<u64>,
}

impl Books {
    /// The publisher, unless it has gone.
    pub(super) fn live(&self, id: u32) -> Result<&Publisher, Error> {
        self.publishers.get(&id).filter(|publisher| publisher.ended.is_none()).ok_or(Error::Unknown)
    }

    /// The place of a subscriber.
    pub fn place(&self, id: u32) -> Result<usize, Error> {
        let is_it = |slot: &Option<Subscriber>| slot.as_ref().is_some_and(|other| other.id == id);
        self.subscribers.iter().position(is_it).ok_or(Error::Unknown)
    }

    /// The same, where it is most likely known.
    #[inline]
    pub(super) fn place_at(&self, id: u32, likely: usize) -> Result<usize, Error> {
        match self.subscribers.get(likely) {
            Some(Some(subscriber)) if subscriber.id == id => Ok(likely),
            _ => self.place(id),
        }
    }

    pub(super) fn subscriber(&self, place: usize) -> Result<&Subscriber, Error> {
        self.subscribers.get(place).and_then(Option::as_ref).ok_or(Error::Unknown)
    }

    pub(super) fn subscriber_mut(&mut self, place: usize) -> Result<&mut Subscriber, Error> {
        self.subscribers.get_mut(place).and_then(Option::as_mut).ok_or(Error::Unknown)
    }

    /// The message that the subscriber gets next, by its place, and how many will come after it.
    #[inline]
    pub(super) fn next_for(&self, subscriber: &Subscriber, mode: Mode) -> Option<(usize, u64)> {
        let first = self.entries.first_behind(subscriber.after);
        let end = self.entries.len();
        if first == end {
            return None;
        }
        if self.departed == 0 && !subscriber.filter.ignore_local {
            // It gets all of them, as far back as its depth.
            let oldest = first.max(end.saturating_sub(subscriber.depth as usize));
            let next = if mode.latest { end - 1 } else { oldest };
            return Some((next, (end - 1 - next) as u64));
        }
        let mut window = self.window(subscriber);
        let found = if mode.latest {
            window.next().map(|number| (number, 0))
        } else {
            window.enumerate().last().map(|(newer, number)| (number, newer as u64))
        };
        found.and_then(|(number, newer)| Some((self.entries.position(number)?, newer)))
    }

    /// The message that the subscriber at a place gets next.
    #[inline]
    pub(super) fn find(&self, place: usize, mode: Mode) -> Result<Next, Error> {
        let subscriber = self.subscriber(place)?;
        if let Some((index, newer)) = self.next_for(subscriber, mode) {
            return Ok(Next { index, newer: Some(newer) });
        }
        let again = || if mode.again { self.entries.position(subscriber.after) } else { None };
        let index = again().ok_or(Error::Nothing)?;
        Ok(Next { index, newer: None })
    }

    /// Who has published it.
    #[inline]
    pub(super) fn publisher_of(&self, next: Next) -> u32 {
        self.entries[next.index].publisher
    }

    /// Whether the subscriber at a place was seen to have a publisher's pool.
    #[inline]
    pub(super) fn sees(&self, place: usize, publisher: u32) -> bool {
        self.subscriber(place).is_ok_and(|subscriber| subscriber.sees == publisher)
    }

    /// Notes that it was. It keeps the pool for as long as there is a message of the publisher.
    pub(super) fn note_view(&mut self, place: usize, publisher: u32) -> Result<(), Error> {
        self.subscriber_mut(place)?.sees = publisher;
        Ok(())
    }

    /// The numbers of the messages that the subscriber can take, the newest first: as far back as
    /// its depth.
    pub(super) fn window<'a>(
        &'a self,
        subscriber: &'a Subscriber,
    ) -> impl Iterator<Item = u64> + 'a {
        let later = self.entries.starting_at(self.entries.first_behind(subscriber.after)).rev();
        let visible = later.filter(|entry| self.is_visible(entry, subscriber));
        visible.map(|entry| entry.number).take(subscriber.depth as usize)
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
