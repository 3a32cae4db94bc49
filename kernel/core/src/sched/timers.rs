//! The deadlines of a core, in order.

use super::core_state::CORES;
use super::thread::Thread;
use crate::sync::{Lock, Rank};
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use arch::{clock, cpu};

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
        self.insert(at, Sleeper::Thread(thread))
    }

    fn insert(&self, at: u64, sleeper: Sleeper) -> Timer {
        let mut queue = self.0.lock();
        queue.next += 1;
        let key = (at, queue.next);
        queue.deadlines.insert(key, sleeper);
        Timer { core: cpu::core_id(), key }
    }

    /// The next deadline.
    pub fn first(&self) -> Option<u64> {
        self.0.lock().deadlines.first_key_value().map(|(key, _)| key.0)
    }

    fn take_due(&self, now: u64) -> Option<Sleeper> {
        let mut queue = self.0.lock();
        let (key, _) = queue.deadlines.first_key_value()?;
        let key = *key;
        if key.0 <= now { queue.remove(&key) } else { None }
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
            let sleeper = core.timers.0.lock().remove(&self.key);
            drop(sleeper);
        }
    }
}

/// Tells somebody at that time, on this core.
pub fn ring_at(at: u64, other: Arc<dyn Ring>) -> Timer {
    let timer = CORES.mine().timers.insert(at, Sleeper::Other(other));
    super::core_state::arm_timer();
    timer
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
    // Quiet until the way out of the kernel sets the next deadline: the timer interrupts for as
    // long as its deadline is past.
    clock::set_deadline(None);
}
