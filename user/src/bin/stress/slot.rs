//! What a process tells the coordinator, in a region that both have mapped.
//!
//! A process writes each call before it makes it, so that the last one of a process that hangs is known. It may
//! also write anything anywhere by mistake: the coordinator believes nothing that it finds here.

use crate::strange::is_strange;
use core::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};
use user::fuzz::ROWS;
use user::shared::Shared;

/// Calls that are remembered.
pub const REMEMBERED: usize = 12;
/// Error numbers that are counted.
pub const ERRORS: usize = 136;
/// Words of a call: the number, its arguments, what it gave.
const WORDS: usize = 8;
/// What it gave while it has not returned.
pub const UNDER_WAY: u64 = 0x5354_5245_5353_0001;

/// A call that was made.
pub type Made = [u64; WORDS];

/// The room of one process.
#[repr(C)]
pub struct Slot {
    /// The process, or 0.
    pub pid: AtomicU32,
    padding: AtomicU32,
    /// Its seed.
    pub seed: AtomicU64,
    /// Calls begun.
    pub calls: AtomicU64,
    /// Answers that there should never be.
    pub strange: AtomicU64,
    /// Calls that were not made, since they might have changed this.
    pub astray: AtomicU64,
    /// The first of the strange answers.
    strange_call: [AtomicU64; WORDS],
    remembered: [[AtomicU64; WORDS]; REMEMBERED],
    /// Words to wait at; all processes use those of the first one.
    pub words: [AtomicU32; 16],
    /// How often each error came.
    pub errors: [AtomicU32; ERRORS],
    /// How often each row of the grammar was called.
    pub made: [AtomicU32; ROWS],
    /// How often it succeeded.
    pub done: [AtomicU32; ROWS],
}

// SAFETY: it is made of atomic words, of which every value is valid.
unsafe impl Shared for Slot {}

fn read(words: &[AtomicU64; WORDS]) -> Made {
    words.each_ref().map(|word| word.load(Relaxed))
}

fn write(words: &[AtomicU64; WORDS], values: &Made) {
    for (word, value) in words.iter().zip(values) {
        word.store(*value, Relaxed);
    }
}

impl Slot {
    /// Notes a call that is about to be made.
    pub fn begin(&self, number: u64, arguments: &[u64; 6]) {
        let count = self.calls.load(Relaxed);
        let mut made = [number, 0, 0, 0, 0, 0, 0, UNDER_WAY];
        made[1..7].copy_from_slice(arguments);
        write(&self.remembered[count as usize % REMEMBERED], &made);
        self.calls.store(count + 1, Relaxed);
    }

    /// Notes what came of it.
    pub fn end(&self, result: u64) {
        let last = self.calls.load(Relaxed).wrapping_sub(1);
        self.remembered[last as usize % REMEMBERED][WORDS - 1].store(result, Relaxed);
    }

    /// Notes an answer that there should never be.
    pub fn note_strange(&self) {
        if self.strange.fetch_add(1, Relaxed) == 0 {
            let last = self.calls.load(Relaxed).wrapping_sub(1);
            write(&self.strange_call, &read(&self.remembered[last as usize % REMEMBERED]));
        }
    }

    /// The first strange answer.
    pub fn strange_call(&self) -> Made {
        read(&self.strange_call)
    }

    /// Notes a call that was not made.
    pub fn note_astray(&self) {
        self.astray.fetch_add(1, Relaxed);
    }

    /// Whether a process has told of an answer that is strange, and not only written where that is told.
    pub fn has_strange(&self) -> bool {
        let [number, .., result] = self.strange_call();
        self.strange.load(Relaxed) > 0 && is_strange(number, result)
    }

    /// The last calls, the last one first.
    pub fn last_calls(&self) -> impl Iterator<Item = Made> {
        let count = self.calls.load(Relaxed);
        let kept = count.min(REMEMBERED as u64);
        (1..=kept).map(move |back| read(&self.remembered[(count - back) as usize % REMEMBERED]))
    }

    /// Has all of its memory there, so that no page comes later.
    pub fn touch(&self) {
        self.begin_process(0);
        self.errors
            .iter()
            .chain(&self.made)
            .chain(&self.done)
            .for_each(|count| count.store(0, Relaxed));
    }

    /// The sum of all that only grows.
    pub fn sum(&self) -> u64 {
        let counts = self.errors.iter().chain(&self.made).chain(&self.done);
        counts.map(|count| u64::from(count.load(Relaxed))).sum()
    }

    /// Prepares it for a process.
    pub fn begin_process(&self, seed: u64) {
        self.pid.store(0, Relaxed);
        self.seed.store(seed, Relaxed);
        self.calls.store(0, Relaxed);
        self.strange.store(0, Relaxed);
        self.astray.store(0, Relaxed);
    }
}
