//! Several processes that measure something together: one that measures, and its helpers.

use super::duel::report;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicU32, Ordering};
use user::error::{Error, Result};
use user::process::{self, ExitStatus, Fork, Pid};
use user::region::{Protection, Region, View};
use user::sync;

/// Words between two that different processes write: each has a cache line.
const STRIDE: usize = 16;

/// Words that all of them share; each is alone in its cache line.
pub struct Words {
    view: View,
}

impl Words {
    /// So many, all zero.
    pub fn new(count: usize) -> Result<Self> {
        let bytes = (count * STRIDE * size_of::<u32>()) as u64;
        let region = Region::options().bytes(bytes.max(1)).anonymous()?;
        Ok(Self { view: region.map(Protection::READ | Protection::WRITE)? })
    }

    /// One of them.
    ///
    /// # Panics
    ///
    /// If there are fewer.
    pub fn at(&self, index: usize) -> &AtomicU32 {
        let word = self.view.memory().as_atomic_u32(index * STRIDE * size_of::<u32>());
        word.expect("invariant: whoever made the words knows how many there are")
    }
}

/// Sets a word that another process sleeps on, and wakes it.
pub fn tell(word: &AtomicU32, value: u32) {
    word.store(value, Ordering::Release);
    sync::wake(word, 1);
}

/// Adds one to a word that another process sleeps on, and wakes it.
pub fn count_up(word: &AtomicU32) {
    word.fetch_add(1, Ordering::AcqRel);
    sync::wake(word, 1);
}

/// Sleeps until the word has the value.
pub fn await_value(word: &AtomicU32, value: u32) {
    loop {
        let seen = word.load(Ordering::Acquire);
        if seen == value {
            return;
        }
        sync::wait(word, seen, None);
    }
}

/// Helpers that run until they end by themselves; dropped, they are killed and waited for.
pub struct Helpers(Vec<Pid>);

impl Helpers {
    /// None.
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// Has one more process do this.
    pub fn add(&mut self, work: impl FnOnce() -> Result<()>) -> Result<Pid> {
        match process::fork()? {
            Fork::Child => process::exit(report(work())),
            Fork::Parent(child) => {
                self.0.push(child);
                Ok(child)
            }
        }
    }

    /// Waits until all have ended, each without an error.
    pub fn join(mut self) -> Result<()> {
        for child in core::mem::take(&mut self.0) {
            if process::wait_for(child)? != ExitStatus::Exited(0) {
                return Err(Error::message(alloc::format!("process {child} has failed")));
            }
        }
        Ok(())
    }
}

impl Drop for Helpers {
    fn drop(&mut self) {
        for child in &self.0 {
            // One that has ended is waited for all the same.
            let _ = process::kill(*child, process::Signal::KILL);
        }
        for child in &self.0 {
            let _ = process::wait_for(*child);
        }
    }
}
