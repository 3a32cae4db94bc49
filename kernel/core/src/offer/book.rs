//! The book of offers: who has offered what to whom and is still waiting for the claim.
//!
//! It knows nothing of memory, so that it can be tested against a model. An offer is known by its
//! offerer, its receiver and its first address; each has a number that grows with time.

use abi::limits::OFFER_MAX;
use abi::offer::OfferFlags;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use arch::addr::PageRange;

/// How an offer is known.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Key {
    /// Who has made it.
    pub from: u32,
    /// For whom it is.
    pub to: u32,
    /// The first address, in the offerer.
    pub address: usize,
}

/// An offer that waits for its claim.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Offer<T> {
    /// Who has made it.
    pub from: u32,
    /// For whom it is.
    pub to: u32,
    /// The pages, in the offerer.
    pub range: PageRange,
    /// What becomes of them.
    pub flags: OfferFlags,
    /// What the book does not look at.
    pub giver: T,
}

impl<T> Offer<T> {
    /// How it is known.
    pub const fn key(&self) -> Key {
        Key { from: self.from, to: self.to, address: self.range.start().value() }
    }
}

/// Why an offer can't be made.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Refusal {
    /// The same offerer has one to the same receiver at that address.
    Exists,
    /// The offerer has as many as it may have.
    TooMany,
}

/// All offers that wait for their claims.
///
/// Mostly there is one, which needs no memory of its own.
pub struct Book<T> {
    /// One of them, with its number.
    one: Option<(u64, Offer<T>)>,
    /// The others by offerer: leads to the number.
    sent: BTreeMap<Key, u64>,
    /// The others by receiver and age.
    received: BTreeMap<(u32, u64), Offer<T>>,
    next: u64,
}

impl<T> Book<T> {
    /// No offers.
    pub const fn new() -> Self {
        Self { one: None, sent: BTreeMap::new(), received: BTreeMap::new(), next: 0 }
    }

    /// Notes an offer.
    pub fn add(&mut self, offer: Offer<T>) -> Result<(), Refusal> {
        let key = offer.key();
        if self.get(key).is_some() {
            return Err(Refusal::Exists);
        }
        // Counted only where there may be as many.
        let may_be_full = self.sent.len() + 1 >= OFFER_MAX;
        if may_be_full && self.from(offer.from).count() >= OFFER_MAX {
            return Err(Refusal::TooMany);
        }
        let number = self.next;
        self.next += 1;
        if self.one.is_none() {
            self.one = Some((number, offer));
        } else {
            self.sent.insert(key, number);
            self.received.insert((offer.to, number), offer);
        }
        Ok(())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.one.is_none() && self.sent.is_empty()
    }

    /// The offer that is known so.
    pub fn get(&self, key: Key) -> Option<&Offer<T>> {
        match &self.one {
            Some((_, one)) if one.key() == key => Some(one),
            _ => self.received.get(&(key.to, *self.sent.get(&key)?)),
        }
    }

    /// Strikes an offer out: it was claimed or cancelled.
    pub fn remove(&mut self, key: Key) -> Option<Offer<T>> {
        if let Some((_, one)) = self.one.take_if(|(_, one)| one.key() == key) {
            return Some(one);
        }
        let number = self.sent.remove(&key)?;
        let offer = self.received.remove(&(key.to, number));
        self.give_back();
        offer
    }

    /// All offers.
    pub fn all(&self) -> impl Iterator<Item = &Offer<T>> {
        self.one.iter().map(|(_, one)| one).chain(self.received.values())
    }

    /// Whether each offer is found by either of its parties.
    pub fn is_consistent(&self) -> bool {
        let is_same = |(key, number): (&Key, &u64)| {
            self.received.get(&(key.to, *number)).is_some_and(|offer| offer.key() == *key)
        };
        self.sent.len() == self.received.len() && self.sent.iter().all(is_same)
    }

    /// The oldest offer to a process.
    pub fn oldest_to(&self, to: u32) -> Option<&Offer<T>> {
        self.to(to).next()
    }

    /// The offers to a process, the oldest first.
    pub fn to(&self, to: u32) -> impl Iterator<Item = &Offer<T>> {
        let one = self.one.as_ref().filter(|(_, one)| one.to == to);
        let place = one.map_or(0, |(number, _)| *number);
        let older = self.received.range((to, 0)..(to, place));
        let newer = self.received.range((to, place)..=(to, u64::MAX));
        let one = one.map(|(_, one)| one);
        older.map(|(_, offer)| offer).chain(one).chain(newer.map(|(_, offer)| offer))
    }

    /// The offers of a process, by receiver and address.
    pub fn from(&self, from: u32) -> impl Iterator<Item = &Offer<T>> {
        let all = all_from(from);
        let one = self.one.as_ref().map(|(_, one)| one).filter(|one| one.from == from);
        let place = one.map_or(*all.start(), Offer::key);
        let offer = |(key, number): (&Key, &u64)| self.received.get(&(key.to, *number));
        let before = self.sent.range(*all.start()..place).filter_map(offer);
        before.chain(one).chain(self.sent.range(place..=*all.end()).filter_map(offer))
    }

    /// Strikes out one of the offers that a process has made.
    pub fn remove_one_from(&mut self, from: u32) -> Option<Offer<T>> {
        let key = self.from(from).next()?.key();
        self.remove(key)
    }

    /// Strikes out one of the offers to a process.
    pub fn remove_one_to(&mut self, to: u32) -> Option<Offer<T>> {
        let key = self.oldest_to(to)?.key();
        self.remove(key)
    }

    /// Every offer that a process has sent or received.
    pub fn of(&self, process: u32) -> Result<Vec<&Offer<T>>, alloc::collections::TryReserveError> {
        let mut offers = Vec::new();
        for offer in self.from(process).chain(self.to(process)) {
            offers.try_reserve(1)?;
            offers.push(offer);
        }
        Ok(offers)
    }

    /// Trees that have become empty keep a node each: it goes, so that a storm leaves nothing.
    fn give_back(&mut self) {
        if self.sent.is_empty() {
            self.sent = BTreeMap::new();
            self.received = BTreeMap::new();
        }
    }
}

fn all_from(from: u32) -> core::ops::RangeInclusive<Key> {
    let first = Key { from, to: 0, address: 0 };
    first..=Key { from, to: u32::MAX, address: usize::MAX }
}

#[cfg(test)]
mod tests;
