//! The threads that wait for a core: first come first served, but for one that the core is handed to.
//!
//! A thread that wakes another mostly waits for it right after that. So the first that is woken stands
//! before all others and goes on with what is left of the slice when the core becomes free: the two
//! may hand the core to and fro, and the others still wait for a slice, no longer.

use super::chain::{Chain, Link, Row};
use super::thread::Thread;
use crate::sync::{Lock, Rank};
use alloc::sync::Arc;
use core::sync::atomic::{AtomicUsize, Ordering};

/// One core's ready threads.
pub struct RunQueue {
    waiting: Lock<Waiting>,
    /// How many there are, readable without the lock.
    length: AtomicUsize,
}

/// The rows of threads that wait for a core.
pub struct Ready;

impl Row for Ready {
    #[inline]
    fn link(thread: &Thread) -> &Link {
        &thread.ready_link
    }
}

struct Waiting {
    threads: Chain<Ready>,
    /// Whether the core is handed to the first of them.
    has_heir: bool,
}

/// How long a thread may run that was taken out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Slice {
    /// For a slice of its own.
    Own,
    /// For the rest of the slice of the thread that woke it.
    Inherited,
}

impl RunQueue {
    /// An empty queue.
    pub const fn new() -> Self {
        let waiting = Waiting { threads: Chain::new(), has_heir: false };
        Self { waiting: Lock::new(Rank::RunQueue, waiting), length: AtomicUsize::new(0) }
    }

    /// Threads in the queue; may be out of date at once.
    #[inline]
    pub fn len(&self) -> usize {
        self.length.load(Ordering::Acquire)
    }

    /// Adds a thread at the end; returns how many there are then.
    pub fn push(&self, thread: Arc<Thread>) -> usize {
        self.change(|waiting| {
            waiting.threads.push_back(thread);
            waiting.threads.len()
        })
    }

    /// Adds a thread that the running one has woken: before all others, if it is the first; returns
    /// how many there are then.
    pub fn push_woken(&self, thread: Arc<Thread>) -> usize {
        self.change(|waiting| {
            if waiting.has_heir {
                waiting.threads.push_back(thread);
            } else {
                waiting.has_heir = true;
                waiting.threads.push_front(thread);
            }
            waiting.threads.len()
        })
    }

    /// Takes the first thread.
    #[inline]
    pub fn pop(&self) -> Option<(Arc<Thread>, Slice)> {
        if self.len() == 0 {
            return None;
        }
        self.change(|waiting| {
            let slice = if waiting.has_heir { Slice::Inherited } else { Slice::Own };
            waiting.has_heir = false;
            Some((waiting.threads.pop_front()?, slice))
        })
    }

    /// Takes the thread that has waited longest: the slice is over, so there is none to be handed on.
    pub fn pop_in_turn(&self) -> Option<Arc<Thread>> {
        if self.len() == 0 {
            return None;
        }
        self.change(|waiting| {
            if core::mem::take(&mut waiting.has_heir)
                && let Some(heir) = waiting.threads.pop_front()
            {
                waiting.threads.push_back(heir);
            }
            waiting.threads.pop_front()
        })
    }

    /// Takes the first thread of those that may run on a core, which is another one.
    pub fn pop_for(&self, core: usize) -> Option<Arc<Thread>> {
        if self.len() == 0 {
            return None;
        }
        self.change(|waiting| {
            let may_run = |thread: &Thread| thread.attributes.cores() & 1 << core != 0;
            if waiting.has_heir && waiting.threads.first().is_some_and(may_run) {
                waiting.has_heir = false;
            }
            waiting.threads.remove_first(may_run)
        })
    }

    #[inline]
    fn change<T>(&self, change: impl FnOnce(&mut Waiting) -> T) -> T {
        let mut waiting = self.waiting.lock();
        let outcome = change(&mut waiting);
        self.length.store(waiting.threads.len(), Ordering::Release);
        outcome
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn thread(tid: u32) -> Arc<Thread> {
        let thread = Arc::new(Thread::idle(0));
        thread.set_tid(tid);
        thread
    }

    fn queue_of(ready: &[u32], woken: &[u32]) -> RunQueue {
        let queue = RunQueue::new();
        ready.iter().for_each(|tid| _ = queue.push(thread(*tid)));
        woken.iter().for_each(|tid| _ = queue.push_woken(thread(*tid)));
        assert_eq!(queue.len(), ready.len() + woken.len());
        queue
    }

    fn all(next: impl FnMut() -> Option<u32>) -> Vec<u32> {
        core::iter::from_fn(next).collect()
    }

    #[test]
    fn the_first_that_is_woken_inherits_and_the_others_stand_behind() {
        let queue = queue_of(&[1, 2], &[3, 4]);
        let pop = || queue.pop().map(|(thread, slice)| (thread.tid(), slice));
        assert_eq!(pop(), Some((3, Slice::Inherited)));
        queue.push(thread(3));
        let rest = all(|| pop().map(|(tid, slice)| if slice == Slice::Own { tid } else { 0 }));
        assert_eq!(rest, [1, 2, 4, 3]);
    }

    #[test]
    fn when_the_slice_is_over_nobody_is_preferred() {
        let queue = queue_of(&[1, 2], &[3, 4]);
        assert_eq!(all(|| queue.pop_in_turn().map(|thread| thread.tid())), [1, 2, 4, 3]);
    }

    #[test]
    fn another_core_takes_what_may_run_there_and_the_heir_stays_one() {
        let queue = queue_of(&[1, 2], &[3]);
        let elsewhere = thread(4);
        elsewhere.attributes.set_cores(0b01);
        queue.push(elsewhere);
        assert_eq!(queue.pop_for(1).map(|thread| thread.tid()), Some(3));
        let stays = thread(5);
        stays.attributes.set_cores(0b01);
        queue.push_woken(stays);
        assert_eq!(all(|| queue.pop_for(1).map(|thread| thread.tid())), [1, 2]);
        let next = queue.pop().map(|(thread, slice)| (thread.tid(), slice));
        assert_eq!((next, queue.len()), (Some((5, Slice::Inherited)), 1));
    }
}
