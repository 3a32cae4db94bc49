//! A plain model of a topic: lists that are searched from end to end.

use super::super::{Error, Filter, Mode};
use abi::topic::TopicPolicy;
use alloc::collections::BTreeSet;
use alloc::vec::Vec;

pub struct Publisher {
    pub id: u32,
    pub pid: u32,
    pub depth: usize,
    pub has_gone: bool,
}

pub struct Subscriber {
    pub id: u32,
    pub pid: u32,
    pub depth: usize,
    pub filter: Filter,
    pub last_taken: u64,
    /// Every message that it was promised since, whatever became of it.
    pub promised: Vec<u64>,
}

#[derive(Clone)]
pub struct Entry {
    pub number: u64,
    pub publisher: u32,
    pub address: u64,
    pub holders: BTreeSet<u32>,
    /// Subscribers that it may ever reach.
    pub audience: BTreeSet<u32>,
}

#[derive(Default)]
pub struct Model {
    pub policy: TopicPolicy,
    pub publishers: Vec<Publisher>,
    pub subscribers: Vec<Subscriber>,
    pub entries: Vec<Entry>,
    pub counter: u64,
}

impl Model {
    pub fn subscribe(&mut self, id: u32, pid: u32, depth: usize, filter: Filter) {
        let (mut last_taken, mut promised) = (0, Vec::new());
        if filter.transient_local {
            let mut kept = Vec::new();
            for entry in &mut self.entries {
                let from = self.publishers.iter().find(|publisher| publisher.id == entry.publisher);
                let from = from.expect("a message has a publisher");
                if !(from.has_gone || filter.ignore_local && from.pid == pid) {
                    entry.audience.insert(id);
                    kept.push(entry.number);
                }
            }
            promised = kept.split_off(kept.len().saturating_sub(depth));
        } else {
            self.counter += 1;
            last_taken = self.counter;
        }
        self.subscribers.push(Subscriber { id, pid, depth, filter, last_taken, promised });
    }

    pub fn reachable(&self, subscriber: &Subscriber) -> Vec<u64> {
        let mut all: Vec<u64> = self
            .entries
            .iter()
            .filter(|entry| entry.audience.contains(&subscriber.id))
            .map(|entry| entry.number)
            .filter(|number| *number > subscriber.last_taken)
            .collect();
        all.split_off(all.len().saturating_sub(subscriber.depth))
    }

    fn is_awaited(&self, number: u64) -> bool {
        self.subscribers.iter().any(|subscriber| self.reachable(subscriber).contains(&number))
    }

    pub fn publish(&mut self, id: u32, address: u64) -> Result<(u64, Vec<u64>), Error> {
        let publisher = self.publishers.iter().find(|publisher| publisher.id == id);
        let publisher = publisher.filter(|publisher| !publisher.has_gone).ok_or(Error::Unknown)?;
        let (pid, depth) = (publisher.pid, publisher.depth);
        let busy = |entry: &&Entry| {
            entry.publisher == id && (!entry.holders.is_empty() || self.is_awaited(entry.number))
        };
        if self.policy != TopicPolicy::Overwrite
            && self.entries.iter().filter(busy).count() >= depth
        {
            return Err(Error::NoRoom);
        }
        self.counter += 1;
        let number = self.counter;
        let mut audience = BTreeSet::new();
        for subscriber in &mut self.subscribers {
            if !(subscriber.filter.ignore_local && subscriber.pid == pid) {
                subscriber.promised.push(number);
                audience.insert(subscriber.id);
            }
        }
        let holders = BTreeSet::new();
        self.entries.push(Entry { number, publisher: id, address, holders, audience });
        let freed = self.reclaim(id, depth);
        self.bury();
        Ok((number, freed))
    }

    fn reclaim(&mut self, id: u32, depth: usize) -> Vec<u64> {
        let own: Vec<Entry> =
            self.entries.iter().filter(|entry| entry.publisher == id).cloned().collect();
        let left = &own[..own.len().saturating_sub(depth)];
        let free: Vec<&Entry> =
            left.iter().filter(|entry| entry.holders.is_empty()).take(15).collect();
        self.entries.retain(|entry| free.iter().all(|gone| gone.number != entry.number));
        free.iter().map(|entry| entry.address).collect()
    }

    pub fn take(&mut self, id: u32, mode: Mode) -> Result<(u64, u64), Error> {
        let index = self.subscribers.iter().position(|subscriber| subscriber.id == id);
        let index = index.ok_or(Error::Unknown)?;
        let reachable = self.reachable(&self.subscribers[index]);
        let chosen = if mode.latest { reachable.last() } else { reachable.first() };
        let subscriber = &mut self.subscribers[index];
        let (number, lost) = if let Some(number) = chosen {
            let coming = |other: &u64| !mode.latest && other > number && reachable.contains(other);
            let promised = core::mem::take(&mut subscriber.promised);
            let (later, over): (Vec<u64>, Vec<u64>) = promised.into_iter().partition(coming);
            subscriber.promised = later;
            subscriber.last_taken = *number;
            (*number, over.iter().filter(|other| *other != number).count() as u64)
        } else if mode.again {
            (subscriber.last_taken, 0)
        } else {
            return Err(Error::Nothing);
        };
        let entry = self.entries.iter_mut().find(|entry| entry.number == number);
        entry.ok_or(Error::Nothing)?.holders.insert(id);
        self.bury();
        Ok((number, lost))
    }

    pub fn release(&mut self, id: u32, number: u64) -> Result<(), Error> {
        if self.subscribers.iter().all(|subscriber| subscriber.id != id) {
            return Err(Error::Unknown);
        }
        let entry = self.entries.iter_mut().find(|entry| entry.number == number);
        let was_held = entry.is_some_and(|entry| entry.holders.remove(&id));
        self.bury();
        if was_held { Ok(()) } else { Err(Error::NotHeld) }
    }

    pub fn leave(&mut self, id: u32) {
        self.subscribers.retain(|subscriber| subscriber.id != id);
        for entry in &mut self.entries {
            entry.holders.remove(&id);
        }
        for publisher in &mut self.publishers {
            publisher.has_gone |= publisher.id == id;
        }
        self.bury();
    }

    /// Of publishers that have gone only what somebody still needs is kept.
    fn bury(&mut self) {
        let gone: Vec<u32> = self
            .publishers
            .iter()
            .filter(|publisher| publisher.has_gone)
            .map(|publisher| publisher.id)
            .collect();
        let kept: Vec<Entry> = self
            .entries
            .iter()
            .filter(|entry| {
                !gone.contains(&entry.publisher)
                    || !entry.holders.is_empty()
                    || self.is_awaited(entry.number)
            })
            .cloned()
            .collect();
        self.entries = kept;
        let entries = &self.entries;
        self.publishers.retain(|publisher| {
            !publisher.has_gone || entries.iter().any(|entry| entry.publisher == publisher.id)
        });
    }
}
