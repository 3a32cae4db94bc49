//! The waiters of a bucket: a queue that has room for one without taking memory.

use super::sleep::Sleep;
use crate::mm::Location;
use crate::sched::thread::Thread;
use abi::Errno;
use alloc::collections::VecDeque;
use alloc::sync::Arc;

/// A thread that sleeps on a word, in its place in a queue.
pub struct Entry {
    /// The word that it sleeps on.
    pub location: Location,
    /// Which wakes are meant for it.
    pub mask: u32,
    /// The thread.
    pub thread: Arc<Thread>,
}

impl Entry {
    /// What the thread knows of its sleep.
    pub fn sleep(&self) -> &Sleep {
        &self.thread.futex
    }
}

/// The waiters, those that came first in front; `rest` is empty if `first` is.
pub struct Queue {
    first: Option<Entry>,
    rest: VecDeque<Entry>,
}

impl Queue {
    /// Nobody.
    pub const fn new() -> Self {
        Self { first: None, rest: VecDeque::new() }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        usize::from(self.first.is_some()) + self.rest.len()
    }

    /// Makes room for that many more.
    pub fn try_reserve(&mut self, more: usize) -> Result<(), Errno> {
        self.rest.try_reserve(more).map_err(|_| Errno::ENOMEM)
    }

    /// Adds one at the end.
    pub fn push(&mut self, entry: Entry) {
        if self.first.is_none() {
            self.first = Some(entry);
        } else {
            self.rest.push_back(entry);
        }
    }

    /// The first place whose waiter is meant.
    pub fn position(&self, is_meant: impl Fn(&Entry) -> bool) -> Option<usize> {
        if is_meant(self.first.as_ref()?) {
            return Some(0);
        }
        self.rest.iter().position(is_meant).map(|index| index + 1)
    }

    /// Takes out the waiter in a place; those behind it move up.
    pub fn remove(&mut self, index: usize) -> Option<Entry> {
        let entry = match index.checked_sub(1) {
            None => core::mem::replace(&mut self.first, self.rest.pop_front()),
            Some(index) => self.rest.remove(index),
        };
        if self.rest.is_empty() && self.rest.capacity() > 0 {
            // What a storm has made it hold is given back.
            self.rest = VecDeque::new();
        }
        entry
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue_of(offsets: &[u64]) -> Queue {
        let mut queue = Queue::new();
        for offset in offsets {
            let thread = Arc::new(Thread::idle(0));
            queue.push(Entry { location: Location::Private(1, *offset), mask: 1, thread });
        }
        queue
    }

    fn take_offset(queue: &mut Queue, index: usize) -> Option<u64> {
        match queue.remove(index)?.location {
            Location::Private(_, offset) | Location::Object(_, offset) => Some(offset),
        }
    }

    #[test]
    fn waiters_stay_in_the_order_in_which_they_came() {
        let mut queue = queue_of(&[1, 2, 3, 4]);
        assert_eq!(take_offset(&mut queue, 2), Some(3));
        let at = |offset| move |entry: &Entry| entry.location == Location::Private(1, offset);
        assert_eq!(queue.position(at(4)), Some(2));
        assert_eq!(queue.position(at(3)), None);
        let rest = [0, 0, 0, 0].map(|index| take_offset(&mut queue, index));
        assert_eq!(rest, [Some(1), Some(2), Some(4), None]);
        assert_eq!((queue.len(), queue.rest.capacity()), (0, 0));
    }
}
