//! The futex of the tests.

use crate::posix::Outcome;
use crate::posix::sem::{Deadline, Futex};
use abi::Errno;
use core::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex};
use std::time::{Duration, Instant};
use std::vec::Vec;

/// How long a test waits before it says that a wake-up was lost.
const PATIENCE: Duration = Duration::from_secs(30);

/// Those who sleep, each with the ticket that wakes it.
#[derive(Default)]
struct Sleepers {
    next: u64,
    asleep: Vec<u64>,
}

/// Wakes exactly as many as it is asked to, the longest asleep first, as the kernel does. A
/// deadline is real time since the world began.
pub struct World {
    began: Instant,
    sleepers: Mutex<Sleepers>,
    changed: Condvar,
}

impl World {
    pub fn new() -> Self {
        Self {
            began: Instant::now(),
            sleepers: Mutex::new(Sleepers::default()),
            changed: Condvar::new(),
        }
    }

    /// Waits until so many sleep.
    pub fn until_asleep(&self, count: usize) {
        let sleepers = self.sleepers.lock().unwrap();
        let few = |sleepers: &mut Sleepers| sleepers.asleep.len() != count;
        let (_guard, timeout) = self.changed.wait_timeout_while(sleepers, PATIENCE, few).unwrap();
        assert!(!timeout.timed_out(), "not so many fell asleep");
    }
}

impl Futex for World {
    fn wait(&self, data: &AtomicU64, expected: u32, deadline: Option<Deadline>) -> Outcome<()> {
        let mut sleepers = self.sleepers.lock().unwrap();
        if data.load(Ordering::SeqCst) as u32 != expected {
            return Err(Errno::EAGAIN);
        }
        let ticket = sleepers.next;
        sleepers.next += 1;
        sleepers.asleep.push(ticket);
        self.changed.notify_all();
        let end = deadline.map(|deadline| self.began + deadline.time.to_duration().unwrap());
        let left = end.map_or(PATIENCE, |end| end.saturating_duration_since(Instant::now()));
        let asleep = |sleepers: &mut Sleepers| sleepers.asleep.contains(&ticket);
        let (mut sleepers, timeout) =
            self.changed.wait_timeout_while(sleepers, left, asleep).unwrap();
        if !timeout.timed_out() {
            return Ok(());
        }
        assert!(deadline.is_some(), "a sleeper was never woken");
        sleepers.asleep.retain(|other| *other != ticket);
        self.changed.notify_all();
        Err(Errno::ETIMEDOUT)
    }

    fn wake(&self, _data: &AtomicU64, count: u32) {
        let mut sleepers = self.sleepers.lock().unwrap();
        let count = sleepers.asleep.len().min(count as usize);
        sleepers.asleep.drain(..count);
        self.changed.notify_all();
    }
}
