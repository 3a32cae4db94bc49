//! The deadlines of a core, in order.

use super::core_state::CORES;
use super::thread::Thread;
use crate::sync::{Lock, Rank};
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use arch::{clock, cpu};

type Key = (u64, u64);

struct Queue {
    next: u64,
    deadlines: BTreeMap<Key, Arc<Thread>>,
}

/// Threads that one core wakes when their time has come.
pub struct Timers(Lock<Queue>);

/// A deadline that was set on a core.
pub struct Timer {
    core: usize,
    key: Key,
}

impl Timers {
    /// None.
    pub const fn new() -> Self {
        Self(Lock::new(Rank::Timers, Queue { next: 0, deadlines: BTreeMap::new() }))
    }

    /// Wakes the thread at that time; called on the core whose timers these are, which sets its
    /// timer when it switches.
    pub fn add(&self, at: u64, thread: Arc<Thread>) -> Timer {
        let mut queue = self.0.lock();
        queue.next += 1;
        let key = (at, queue.next);
        queue.deadlines.insert(key, thread);
        Timer { core: cpu::core_id(), key }
    }

    /// The next deadline.
    pub fn first(&self) -> Option<u64> {
        self.0.lock().deadlines.first_key_value().map(|(key, _)| key.0)
    }

    fn take_due(&self, now: u64) -> Option<Arc<Thread>> {
        let mut queue = self.0.lock();
        let (key, _) = queue.deadlines.first_key_value()?;
        let key = *key;
        if key.0 <= now { queue.remove(&key) } else { None }
    }
}

impl Queue {
    fn remove(&mut self, key: &Key) -> Option<Arc<Thread>> {
        let thread = self.deadlines.remove(key);
        if self.deadlines.is_empty() {
            // A tree that has become empty keeps a node: memory would depend on who has slept where.
            self.deadlines = BTreeMap::new();
        }
        thread
    }
}

impl Timer {
    /// Forgets the deadline, if it has not come.
    pub fn cancel(self) {
        if let Some(core) = CORES.get(self.core) {
            let thread = core.timers.0.lock().remove(&self.key);
            drop(thread);
        }
    }
}

/// This core's timer has reached its time: wakes whose deadline has come.
pub fn handle_timer() {
    let core = CORES.mine();
    let now = clock::now();
    while let Some(thread) = core.timers.take_due(now) {
        thread.unpark();
    }
    // Quiet until the way out of the kernel sets the next deadline: the timer interrupts for as
    // long as its deadline is past.
    clock::set_deadline(None);
}
