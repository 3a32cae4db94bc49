//! The threads that wait for a core, first come first served.

use super::thread::Thread;
use crate::sync::{Lock, Rank};
use alloc::collections::VecDeque;
use alloc::sync::Arc;
use core::sync::atomic::{AtomicUsize, Ordering};

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

    /// Threads in the queue; may be out of date at once.
    pub fn len(&self) -> usize {
        self.length.load(Ordering::Acquire)
    }

    /// Adds a thread at the end.
    pub fn push(&self, thread: Arc<Thread>) {
        let mut threads = self.threads.lock();
        threads.push_back(thread);
        self.length.store(threads.len(), Ordering::Release);
    }

    /// Takes the thread that has waited longest.
    pub fn pop(&self) -> Option<Arc<Thread>> {
        self.take(|_| true)
    }

    /// Takes the thread that has waited longest of those that may run on a core.
    pub fn pop_for(&self, core: usize) -> Option<Arc<Thread>> {
        self.take(|thread| thread.attributes.cores() & 1 << core != 0)
    }

    fn take(&self, is_meant: impl Fn(&Thread) -> bool) -> Option<Arc<Thread>> {
        if self.len() == 0 {
            return None;
        }
        let mut threads = self.threads.lock();
        let position = threads.iter().position(|thread| is_meant(thread));
        let thread = position.and_then(|index| threads.remove(index));
        if threads.is_empty() {
            // What a storm has made it hold is given back.
            *threads = VecDeque::new();
        }
        self.length.store(threads.len(), Ordering::Release);
        thread
    }
}
