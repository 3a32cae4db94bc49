//! The kernel of the tests: processes that are threads, their sleep and their end.

use super::super::{Consumer, JoinError, Producer, System};
use crate::shared::SharedMemory;
use alloc::string::String;
use core::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use core::time::Duration;
use std::boxed::Box;
use std::collections::HashSet;
use std::sync::{Condvar, Mutex};
use std::vec::Vec;

pub const REGION_BYTES: usize = 4096;

#[repr(align(64))]
struct Region([AtomicU64; REGION_BYTES / 8]);

/// The kernel of a test: who is alive, and who sleeps.
pub struct World {
    region: Region,
    alive: Mutex<HashSet<u32>>,
    next: AtomicU32,
    turn: Mutex<()>,
    woken: Condvar,
}

/// A process of a test.
pub struct Process<'w> {
    world: &'w World,
    pub id: u32,
    departures: Mutex<Vec<&'w AtomicU32>>,
}

impl World {
    pub fn new() -> Box<Self> {
        Box::new(Self {
            region: Region([const { AtomicU64::new(0) }; REGION_BYTES / 8]),
            alive: Mutex::new(HashSet::new()),
            next: AtomicU32::new(10),
            turn: Mutex::new(()),
            woken: Condvar::new(),
        })
    }

    pub fn memory(&self) -> SharedMemory<'_> {
        SharedMemory::of_words(&self.region.0)
    }

    pub fn start(&self) -> Process<'_> {
        let id = self.next.fetch_add(1, Ordering::SeqCst);
        self.alive.lock().unwrap().insert(id);
        Process { world: self, id, departures: Mutex::new(Vec::new()) }
    }
}

impl<'w> Process<'w> {
    pub fn produce(&self, bytes: usize) -> Result<Producer<'w, &Self>, JoinError> {
        Producer::join(self.world.memory(), self, bytes)
    }

    pub fn consume(&self) -> Consumer<'w, &Self> {
        Consumer::join(self.world.memory(), self).unwrap()
    }
}

impl Process<'_> {
    /// Has the word count this process's end.
    pub fn departs_at(&self, word: &AtomicU32) {
        // The test's region outlives the process.
        let offset = core::ptr::from_ref(word) as usize - self.world.region.0.as_ptr() as usize;
        let word = self.world.memory().as_atomic_u32(offset).unwrap();
        self.departures.lock().unwrap().push(word);
    }
}

impl Drop for Process<'_> {
    fn drop(&mut self) {
        self.world.alive.lock().unwrap().remove(&self.id);
        for word in self.departures.lock().unwrap().iter() {
            word.fetch_add(1, Ordering::SeqCst);
            self.wake_all(word);
        }
    }
}

impl System for &Process<'_> {
    fn wait(&self, word: &AtomicU32, expected: u32, timeout: Option<Duration>) {
        (*self).wait(word, expected, timeout);
    }

    fn wake_all(&self, word: &AtomicU32) {
        (*self).wake_all(word);
    }

    fn announce_departure(&self, word: &AtomicU32) -> Result<(), String> {
        self.departs_at(word);
        Ok(())
    }

    fn is_alive(&self, process: u32) -> bool {
        self.world.alive.lock().unwrap().contains(&process)
    }

    fn id(&self) -> u32 {
        self.id
    }
}

impl Process<'_> {
    fn wait(&self, word: &AtomicU32, expected: u32, timeout: Option<Duration>) {
        let mut turn = self.world.turn.lock().unwrap();
        let long = timeout.unwrap_or(Duration::from_secs(60));
        while word.load(Ordering::SeqCst) == expected {
            let (next, result) = self.world.woken.wait_timeout(turn, long).unwrap();
            turn = next;
            if result.timed_out() {
                assert!(timeout.is_some(), "a sleeper was never woken");
                return;
            }
        }
    }

    fn wake_all(&self, _word: &AtomicU32) {
        let _turn = self.world.turn.lock().unwrap();
        self.world.woken.notify_all();
    }
}
