//! What the processes of the story tell each other beside the topic: counters in shared memory.

use core::sync::atomic::{AtomicU64, Ordering::Relaxed};
use user::error::{Error, Result};
use user::region::{Protection, Region};
use user::shared::SharedMemory;

/// Subscribers of the story.
pub const READERS: usize = 4;
const WORD: usize = size_of::<u64>();
/// Words of each reader.
const FIELDS: usize = 4;

/// What a reader has counted.
#[derive(Clone, Copy, Debug)]
pub enum Field {
    /// Messages that it has read.
    Taken,
    /// Messages that it was told it has lost.
    Lost,
    /// Messages whose checksum was wrong.
    Torn,
    /// Messages that lay elsewhere than at their publisher's.
    Elsewhere,
}

/// The counters, at one address in the teller and all that it forks.
#[derive(Clone, Copy)]
pub struct Board {
    memory: SharedMemory<'static>,
}

impl Board {
    /// Counters that are 0.
    pub fn new() -> Result<Self> {
        let bytes = ((1 + READERS * FIELDS) * WORD) as u64;
        let region = Region::options().bytes(bytes).anonymous()?;
        let view = region.map(Protection::READ | Protection::WRITE)?;
        Ok(Self { memory: view.leak() })
    }

    fn word(&self, index: usize) -> Result<&'static AtomicU64> {
        let word = self.memory.object(index * WORD);
        word.ok_or_else(|| Error::message("the board is too small"))
    }

    /// Tells the publishers to end.
    pub fn stop(&self) -> Result<()> {
        self.word(0).map(|word| word.store(1, Relaxed))
    }

    /// Whether the publishers are to end.
    pub fn is_stopped(&self) -> Result<bool> {
        self.word(0).map(|word| word.load(Relaxed) != 0)
    }

    /// A reader's counter.
    pub fn counter(&self, reader: usize, field: Field) -> Result<&'static AtomicU64> {
        self.word(1 + reader * FIELDS + field as usize)
    }

    /// What a reader has counted.
    pub fn count(&self, reader: usize, field: Field) -> Result<u64> {
        self.counter(reader, field).map(|word| word.load(Relaxed))
    }

    /// What all readers have counted.
    pub fn sum(&self, field: Field) -> Result<u64> {
        (0..READERS).map(|reader| self.count(reader, field)).sum()
    }
}
