//! One call by a process of its own, with one question for memory refused or none, and what comes of it.

use crate::execute::{execute, own};
use crate::refusals::Refusals;
use crate::slot::UNDER_WAY;
use crate::{arena, kit, worker};
use abi::process::ExitStatus;
use abi::{Errno, Sysno, decode};
use alloc::boxed::Box;
use core::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};
use user::fuzz::{Call, Care, Gives, Random, Row, World};
use user::process;
use user::shared::Shared;

/// The call was not made yet.
const UNMADE: u64 = 0;
/// It is under way, or has ended the process.
const BEGUN: u64 = 1;
/// It was answered.
const ANSWERED: u64 = 2;
/// It was made once more after it was refused memory, and answered again.
const REPEATED: u64 = 3;
/// What is left up to a refusal where that cannot be asked any more.
const UNKNOWN: u64 = u64::MAX;

/// What a call is made from.
#[derive(Clone, Copy)]
pub struct Question {
    /// Which call.
    pub row: &'static Row,
    /// Where its arguments come from.
    pub seed: u64,
    /// Which question is refused; 0 for none.
    pub number: u64,
}

impl Question {
    /// Whether root asks: half of those that it may ask.
    fn is_root(&self) -> bool {
        let is_user_only = matches!(self.row.care, Care::UserOnly(_) | Care::UserChild(_));
        !is_user_only && self.seed.is_multiple_of(2)
    }
}

/// Where the process writes what comes of it.
#[repr(C)]
pub struct Notes {
    stage: AtomicU64,
    made: [AtomicU64; 7],
    first: AtomicU64,
    left: AtomicU64,
    second: AtomicU64,
    words: [AtomicU32; 16],
}

// SAFETY: it is made of atomic words, of which every value is valid.
unsafe impl Shared for Notes {}

impl Notes {
    /// Forgets what was written.
    pub fn clear(&self) {
        self.stage.store(UNMADE, Relaxed);
    }

    /// What the process that has ended so has come to; none if it has not made its call.
    pub fn outcome(&self, status: ExitStatus) -> Option<Outcome> {
        let stage = self.stage.load(Relaxed);
        let mut made = [0; 8];
        for (word, note) in made.iter_mut().zip(&self.made) {
            *word = note.load(Relaxed);
        }
        made[7] = if stage >= ANSWERED { self.first.load(Relaxed) } else { UNDER_WAY };
        let second = (stage >= REPEATED).then(|| decode(self.second.load(Relaxed)));
        let answer = (stage >= ANSWERED).then(|| Answer {
            first: decode(self.first.load(Relaxed)),
            is_refused: self.left.load(Relaxed) == 0,
            second,
        });
        (stage >= BEGUN).then_some(Outcome { made, answer, status })
    }
}

/// What a call was answered.
#[derive(Clone, Copy, Debug)]
pub struct Answer {
    /// At first.
    pub first: Result<u64, Errno>,
    /// Whether the question that was to be refused was asked.
    pub is_refused: bool,
    /// When it was made again, if it failed for want of memory.
    pub second: Option<Result<u64, Errno>>,
}

/// What came of it.
#[derive(Clone, Copy, Debug)]
pub struct Outcome {
    /// The call.
    pub made: crate::slot::Made,
    /// None if it has not returned.
    pub answer: Option<Answer>,
    /// How the process ended.
    pub status: ExitStatus,
}

/// Whether an error says that there is too little of something.
pub const fn is_shortage(error: Errno) -> bool {
    matches!(error, Errno::ENOMEM | Errno::EAGAIN | Errno::ENOSPC | Errno::ENFILE | Errno::ENOBUFS)
}

/// Makes the call, and ends the process, which is in a directory of its own.
pub fn make(question: Question, notes: &Notes) -> ! {
    let Ok(memory) = arena::make(&notes.words, worker::ignore) else { end() };
    let Some(refusals) = worker::prepare(question.is_root()) else { end() };
    let mut random = Random::new(question.seed);
    let mut world = World::new(memory, process::id().0, question.is_root());
    kit::complete(&mut world, &mut random);
    let mut call = Box::new(Call::new());
    call.compose(question.row, &world, &mut random);
    for (note, word) in notes.made.iter().zip([call.number].iter().chain(&call.arguments)) {
        note.store(*word, Relaxed);
    }
    worker::be_interrupted();
    notes.stage.store(BEGUN, Relaxed);
    let (first, left) = ask(&call, question, refusals);
    notes.first.store(first, Relaxed);
    notes.left.store(left, Relaxed);
    notes.stage.store(ANSWERED, Relaxed);
    if question.number > 0 && left == 0 && decode(first).is_err_and(is_shortage) {
        let (second, _) = ask(&call, Question { number: 0, ..question }, refusals);
        notes.second.store(second, Relaxed);
        notes.stage.store(REPEATED, Relaxed);
    }
    end()
}

/// Makes it, with what must lie in memory for it; a child that it gives ends at once.
fn ask(call: &Call, question: Question, refusals: Refusals) -> (u64, u64) {
    for (address, bytes) in call.stores() {
        arena::store(address, bytes);
    }
    refusals.refuse(question.number);
    let result = execute(call.number, &call.arguments);
    if matches!(question.row.gives, Gives::Child) && result == 0 {
        end();
    }
    let left = refusals.left().unwrap_or(UNKNOWN);
    refusals.refuse(0);
    (result, left)
}

fn end() -> ! {
    loop {
        own(Sysno::ExitGroup, [0]);
    }
}
