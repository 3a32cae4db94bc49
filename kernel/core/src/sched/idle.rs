//! Cores that have nothing to run, and the threads that they must not overlook.
//!
//! A core says that it is idle and then looks into the queues once more; whoever queues a thread changes the queue's
//! length and then looks whether a core is idle. Each writes one word and then reads the other's, so that at least one of
//! them sees the other: that takes sequential consistency, of all four.

use crate::atomic::{AtomicU32, AtomicUsize, Ordering};

/// A bit for each core that has nothing to run.
pub struct IdleCores(AtomicU32);

impl IdleCores {
    /// None.
    pub const fn new() -> Self {
        Self(AtomicU32::new(0))
    }

    /// This core is idle, unless a thread is found now: whether it was said before already.
    pub fn enter(&self, bit: u32) -> bool {
        self.0.fetch_or(bit, Ordering::SeqCst) & bit != 0
    }

    /// A core has a thread to run, or is promised one.
    pub fn leave(&self, bit: u32) {
        self.0.fetch_and(!bit, Ordering::AcqRel);
    }

    /// The cores that are idle, to choose one; may be out of date at once.
    pub fn get(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }

    /// Those that are after a thread was queued: who is not among them finds it.
    pub fn after_queueing(&self) -> u32 {
        self.0.load(Ordering::SeqCst)
    }
}

/// How many threads are in a queue, readable without its lock.
pub struct Length(AtomicUsize);

impl Length {
    /// None.
    pub const fn new() -> Self {
        Self(AtomicUsize::new(0))
    }

    /// May be out of date at once.
    #[inline]
    pub fn get(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }

    /// Under the queue's lock.
    #[inline]
    pub fn set(&self, length: usize) {
        self.0.store(length, Ordering::SeqCst);
    }
}
