//! The threads that wait for a core, first come first served.

use super::thread::Thread;
use crate::sync::{Lock, Rank};
use alloc::collections::VecDeque;
use alloc::sync::Arc;
use core::sync::atomic::{AtomicUsize, Ordering};

/// Room that a queue keeps when it is empty, so that the usual coming and going allocates nothing.
const KEPT: usize = 8;

/// One core's ready threads.
pub struct RunQueue {
    threads: Lock<VecDeque<Arc<Thread>>>,
    /// The queue's length, readable without the lock.
    length: AtomicUsize,
}

impl RunQueue {
    /// An empty queue.
    pub const fn new() -> Self {
        Self { threads: Lock::new(Rank::RunQueue, VecDeque::new()), length: AtomicUsize::new(0) }
    }

    /// Makes the room that the queue keeps.
    pub fn prepare(&self) {
        *self.threads.lock() = VecDeque::with_capacity(KEPT);
    }

    /// Threads in the queue; may be out of date at once.
    #[inline]
    pub fn len(&self) -> usize {
        self.length.load(Ordering::Acquire)
    }

    /// Adds a thread at the end; returns how many there are then.
    pub fn push(&self, thread: Arc<Thread>) -> usize {
        let mut threads = self.threads.lock();
        threads.push_back(thread);
        self.length.store(threads.len(), Ordering::Release);
        threads.len()
    }

    /// Takes the thread that has waited longest.
    pub fn pop(&self) -> Option<Arc<Thread>> {
        if self.len() == 0 {
            return None;
        }
        let mut threads = self.threads.lock();
        let thread = threads.pop_front();
        self.note_length(&mut threads);
        thread
    }

    /// Takes the thread that has waited longest of those that may run on a core.
    pub fn pop_for(&self, core: usize) -> Option<Arc<Thread>> {
        if self.len() == 0 {
            return None;
        }
        let mut threads = self.threads.lock();
        let is_meant = |thread: &Arc<Thread>| thread.attributes.cores() & 1 << core != 0;
        let position = threads.iter().position(is_meant);
        let thread = position.and_then(|index| threads.remove(index));
        self.note_length(&mut threads);
        thread
    }

    fn note_length(&self, threads: &mut VecDeque<Arc<Thread>>) {
        if threads.is_empty() && threads.capacity() > KEPT {
            // What a storm has made it hold is given back.
            *threads = VecDeque::with_capacity(KEPT);
        }
        self.length.store(threads.len(), Ordering::Release);
    }
}
