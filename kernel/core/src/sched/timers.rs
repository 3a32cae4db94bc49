//! The deadlines of a core, in order.

use super::core_state::CORES;
use super::thread::Thread;
use crate::sync::{Lock, Rank};
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use arch::{clock, cpu};
use core::sync::atomic::{AtomicU64, Ordering};

type Key = (u64, u64);

/// What is told that its time has come: in an interrupt, with no locks held.
pub trait Ring: Send + Sync {
    /// The time has come.
    fn ring(self: Arc<Self>);
}

/// Who waits for a deadline.
enum Sleeper {
    Thread(Arc<Thread>),
    Other(Arc<dyn Ring>),
}

struct Queue {
    next: u64,
    deadlines: BTreeMap<Key, Sleeper>,
}

/// Threads that one core wakes, and others that it tells, when their time has come.
pub struct Timers {
    queue: Lock<Queue>,
    /// The first deadline in ticks of the counter, readable without the lock; [`NEVER`] without one.
    first: AtomicU64,
}

/// Later than all deadlines.
pub const NEVER: u64 = u64::MAX;

/// A deadline that was set on a core.
pub struct Timer {
    core: usize,
    key: Key,
}

impl Timers {
    /// None.
    pub const fn new() -> Self {
        let queue = Queue { next: 0, deadlines: BTreeMap::new() };
        Self { queue: Lock::new(Rank::Timers, queue), first: AtomicU64::new(NEVER) }
    }

    /// Wakes the thread at that time; called on the core whose timers these are.
    pub fn add(&self, at: u64, thread: Arc<Thread>) -> Timer {
        self.insert(at, Sleeper::Thread(thread))
    }

    fn insert(&self, at: u64, sleeper: Sleeper) -> Timer {
        let mut queue = self.queue.lock();
        queue.next += 1;
        let key = (at, queue.next);
        queue.deadlines.insert(key, sleeper);
        self.note_first(&queue);
        drop(queue);
        CORES.mine().arm_timer_for(self.first());
        Timer { core: cpu::core_id(), key }
    }

    /// What the counter is at the next deadline.
    #[inline]
    pub fn first(&self) -> u64 {
        self.first.load(Ordering::Relaxed)
    }

    fn note_first(&self, queue: &Queue) {
        let first = queue.deadlines.first_key_value();
        let ticks = first.map_or(NEVER, |(key, _)| clock::ticks_at(key.0));
        self.first.store(ticks, Ordering::Relaxed);
    }

    fn remove(&self, key: &Key) -> Option<Sleeper> {
        let mut queue = self.queue.lock();
        let sleeper = queue.remove(key);
        self.note_first(&queue);
        sleeper
    }

    fn take_due(&self, now: u64) -> Option<Sleeper> {
        let mut queue = self.queue.lock();
        let (key, _) = queue.deadlines.first_key_value()?;
        let key = *key;
        let sleeper = if key.0 <= now { queue.remove(&key) } else { None };
        self.note_first(&queue);
        sleeper
    }
}

impl Queue {
    fn remove(&mut self, key: &Key) -> Option<Sleeper> {
        let sleeper = self.deadlines.remove(key);
        if self.deadlines.is_empty() {
            // A tree that has become empty keeps a node: memory would depend on who has slept where.
            self.deadlines = BTreeMap::new();
        }
        sleeper
    }
}

impl Timer {
    /// Forgets the deadline, if it has not come.
    pub fn cancel(self) {
        if let Some(core) = CORES.get(self.core) {
            drop(core.timers.remove(&self.key));
        }
    }
}

/// Tells somebody at that time, on this core.
pub fn ring_at(at: u64, other: Arc<dyn Ring>) -> Timer {
    CORES.mine().timers.insert(at, Sleeper::Other(other))
}

/// This core's timer has reached its time: wakes whose deadline has come.
pub fn handle_timer() {
    let core = CORES.mine();
    let now = clock::now();
    while let Some(sleeper) = core.timers.take_due(now) {
        match sleeper {
            Sleeper::Thread(thread) => thread.unpark(),
            Sleeper::Other(other) => other.ring(),
        }
    }
    // The timer interrupts for as long as what it is set for is past. When a slice ends is set on the
    // way out of the kernel.
    core.set_timer(core.timers.first());
}
