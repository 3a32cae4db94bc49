//! Who is told of the wakes of a queue besides those in line: threads that watch several queues, and relays.

use super::thread::Thread;
use abi::Errno;
use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;

/// What a wake is about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Cause {
    /// Something has changed that is waited for.
    Change,
    /// Nothing has, but somebody else's turn is over.
    Turn,
}

/// What is told of every wake of a queue, in place of a thread that waits.
pub trait Relay: Send + Sync {
    /// The queue was woken; called without the queue's lock, maybe in an interrupt.
    fn woken(&self, cause: Cause);
}

/// All that listen to one queue.
#[derive(Default)]
pub struct Listeners {
    /// Threads that watch this queue among others; every wake wakes all of them, and none of them
    /// uses up a wake that is meant for one.
    watchers: Vec<Arc<Thread>>,
    /// By their numbers, so that those are told that stay while others come and go. Who is told may go without
    /// a word: a file that is closed knows no more which queues it had.
    relays: Vec<(u64, Weak<dyn Relay>)>,
}

impl Listeners {
    /// Whether nobody listens.
    pub const fn is_empty(&self) -> bool {
        self.watchers.is_empty() && self.relays.is_empty()
    }

    /// Unparks those who watch; returns whether there are relays to be told.
    pub fn unpark(&self) -> bool {
        self.watchers.iter().for_each(Thread::unpark);
        !self.relays.is_empty()
    }

    /// Those who watch, as often as they do.
    pub fn watchers(&self) -> &[Arc<Thread>] {
        &self.watchers
    }

    /// Adds one watch of the thread's.
    pub fn watch(&mut self, thread: &Arc<Thread>) -> Result<(), Errno> {
        self.watchers.try_reserve(1).map_err(|_| Errno::ENOMEM)?;
        self.watchers.push(thread.clone());
        Ok(())
    }

    /// Takes one watch of the thread's back, if there is one.
    pub fn unwatch(&mut self, thread: &Arc<Thread>) {
        let position = self.watchers.iter().position(|other| Arc::ptr_eq(other, thread));
        if let Some(index) = position {
            self.watchers.swap_remove(index);
        }
        if self.watchers.is_empty() {
            self.watchers = Vec::new();
        }
    }

    /// Adds a relay. Those that have gone are looked for where the list would grow, and not each time.
    pub fn add_relay(&mut self, number: u64, relay: Weak<dyn Relay>) -> Result<(), Errno> {
        if self.relays.len() == self.relays.capacity() {
            self.relays.retain(|(_, relay)| relay.strong_count() > 0);
            self.relays.try_reserve(1).map_err(|_| Errno::ENOMEM)?;
        }
        let index = self.relays.partition_point(|(other, _)| *other < number);
        self.relays.insert(index, (number, relay));
        Ok(())
    }

    /// Takes a relay out, if it is there.
    pub fn remove_relay(&mut self, number: u64) -> Option<Weak<dyn Relay>> {
        let position = self.relays.iter().position(|(other, _)| *other == number);
        let relay = position.map(|index| self.relays.remove(index).1);
        if self.relays.is_empty() {
            self.relays = Vec::new();
        }
        relay
    }

    /// The first relay with a higher number, or nobody.
    pub fn relay_after(&self, number: u64) -> Option<(u64, Weak<dyn Relay>)> {
        let index = self.relays.partition_point(|(other, _)| *other <= number);
        self.relays.get(index).cloned()
    }

    /// How many relays there are, with those that have gone since somebody looked.
    #[cfg(test)]
    pub fn relays(&self) -> usize {
        self.relays.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Deaf;

    impl Relay for Deaf {
        fn woken(&self, _: Cause) {}
    }

    #[test]
    fn relays_that_have_gone_without_a_word_are_forgotten() {
        let mut listeners = Listeners::default();
        let stays = Arc::new(Deaf);
        let relay = Arc::downgrade(&stays);
        assert_eq!(listeners.add_relay(1, relay), Ok(()));
        for number in 2..100 {
            let goes = Arc::new(Deaf);
            let relay = Arc::downgrade(&goes);
            assert_eq!(listeners.add_relay(number, relay), Ok(()));
            drop(goes);
            assert!(listeners.relays() <= 4, "as many as a list begins with room for");
        }
        assert!(
            listeners
                .relay_after(0)
                .is_some_and(|(number, relay)| { number == 1 && relay.upgrade().is_some() })
        );
        assert!(listeners.remove_relay(1).is_some() && listeners.remove_relay(1).is_none());
    }

    #[test]
    fn relays_are_told_in_the_order_of_their_numbers_while_others_come_and_go() {
        let mut listeners = Listeners::default();
        let relays: Vec<_> = (0..4).map(|_| Arc::new(Deaf)).collect();
        for (number, relay) in [7, 3, 5].into_iter().zip(&relays) {
            let relay = Arc::downgrade(relay);
            assert_eq!(listeners.add_relay(number, relay), Ok(()));
        }
        let next = |listeners: &Listeners, last| listeners.relay_after(last).map(|(next, _)| next);
        assert_eq!(next(&listeners, 0), Some(3));
        listeners.remove_relay(3);
        let relay = Arc::downgrade(&relays[3]);
        assert_eq!(listeners.add_relay(6, relay), Ok(()));
        assert_eq!(next(&listeners, 3), Some(5));
        assert_eq!(next(&listeners, 5), Some(6));
        assert_eq!(next(&listeners, 6), Some(7));
        assert_eq!(next(&listeners, 7), None);
        for number in [5, 6, 7] {
            listeners.remove_relay(number);
        }
        assert!(listeners.is_empty());
    }
}
