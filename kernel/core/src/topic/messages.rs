//! The messages in a topic's books, in the order of their numbers.
//!
//! They come at the end and mostly leave at the beginning, so they stand in a ring; one with a
//! certain number is found by halving.

use super::holders::Holders;
use super::member::{Error, Message};
use crate::room;
use alloc::collections::VecDeque;
use core::ops::{Index, IndexMut};

/// A message in the books.
pub(super) struct Entry {
    pub number: u64,
    pub publisher: u32,
    pub message: Message,
    pub holders: Holders,
}

/// All messages of a topic.
#[derive(Default)]
pub(super) struct Messages(VecDeque<Entry>);

impl Messages {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Makes room for one more.
    pub fn reserve(&mut self) -> Result<(), Error> {
        self.0.try_reserve(1).map_err(|_| Error::NoMemory)
    }

    /// Adds one, for which there is room, with a number above all others.
    pub fn push(&mut self, entry: Entry) {
        debug_assert!(self.0.back().is_none_or(|last| last.number < entry.number));
        self.0.push_back(entry);
    }

    /// Where the first one behind a number stands.
    #[inline]
    pub fn first_behind(&self, number: u64) -> usize {
        match self.0.back() {
            Some(last) if last.number > number => {
                self.0.partition_point(|entry| entry.number <= number)
            }
            _ => self.0.len(),
        }
    }

    /// Where the one with a number stands.
    #[inline]
    pub fn position(&self, number: u64) -> Option<usize> {
        if self.0.back().is_some_and(|last| last.number == number) {
            return Some(self.0.len() - 1);
        }
        self.0.binary_search_by_key(&number, |entry| entry.number).ok()
    }

    /// Takes one out.
    pub fn remove(&mut self, index: usize) -> Option<Entry> {
        let entry = self.0.remove(index);
        room::give_back_queue(&mut self.0);
        entry
    }

    /// Keeps only those that `keep` selects.
    pub fn retain(&mut self, keep: impl FnMut(&Entry) -> bool) {
        self.0.retain(keep);
        room::give_back_queue(&mut self.0);
    }

    /// In the order of their numbers.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Entry> + ExactSizeIterator + Clone {
        self.0.iter()
    }

    /// Those from a place on.
    pub fn starting_at(&self, index: usize) -> impl DoubleEndedIterator<Item = &Entry> {
        self.0.range(index.min(self.0.len())..)
    }

    /// In the order of their numbers, to be changed.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Entry> {
        self.0.iter_mut()
    }
}

impl Index<usize> for Messages {
    type Output = Entry;

    fn index(&self, index: usize) -> &Entry {
        &self.0[index]
    }
}

impl IndexMut<usize> for Messages {
    fn index_mut(&mut self, index: usize) -> &mut Entry {
        &mut self.0[index]
    }
}
