//! The lock-free queue: slots that go round, and two positions that are hints.
//!
//! A slot in lap `n` goes from free over writing to full, and by being read to free in lap `n + 1`.
//! Only these changes of one word decide; the positions are moved afterwards, by whoever notices.
//! Ordering: the word's changes and the sleepers' flags are sequentially consistent, because a
//! writer looks at a flag after changing a slot, and a sleeper at the slot after setting its flag.

use super::layout::{Header, MEMBERS, SLOT_HEAD_WORDS, Slots};
use super::slot::{SlotWord, State};
use crate::atomic::AtomicU64;
use crate::atomic::Ordering::{Acquire, Relaxed, SeqCst};
use crate::shared::{SharedMemory, load_words, store_words};

/// A position in the endless sequence of messages.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Position(u64);

/// What is at the head of the queue.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Head {
    /// A message.
    Message,
    /// Nothing.
    Empty,
    /// A message that a producer, by its place in the table of members, is writing.
    Unfinished(Position, u8),
}

/// The queue in a ring whose geometry is known.
#[derive(Clone, Copy)]
pub struct Queue<'a> {
    header: &'a Header,
    words: &'a [AtomicU64],
    slots: Slots,
}

impl<'a> Queue<'a> {
    /// The queue of this geometry; `None` if the region can't have it.
    pub fn new(header: &'a Header, region: &SharedMemory<'a>, slots: Slots) -> Option<Self> {
        Some(Self { header, words: slots.memory(region)?, slots })
    }

    /// Size and number of the slots.
    pub const fn slots(&self) -> Slots {
        self.slots
    }

    /// Frees all slots, for a session that has no other user yet.
    pub fn clear(&self) {
        for slot in self.words.chunks_exact(self.slots.words()) {
            // A page that is untouched stays so.
            if let Some(state) = slot.first()
                && state.load(Relaxed) != 0
            {
                state.store(0, Relaxed);
            }
        }
    }

    /// Appends a message for the producer at a place in the table; says whether there was room.
    pub fn push(&self, owner: u8, message: &[u64]) -> bool {
        loop {
            let position = Position(self.header.tail.0.load(Acquire));
            let (state, content, lap) = self.slot(position);
            let word = state.load(SeqCst);
            let seen = SlotWord::from_word(word);
            if seen.lap < lap {
                return false;
            }
            let free = seen == (SlotWord { lap, state: State::Free });
            let writing = SlotWord { lap, state: State::Writing(owner) }.to_word();
            let taken = free && state.compare_exchange(word, writing, SeqCst, Relaxed).is_ok();
            self.advance(&self.header.tail.0, position, seen.lap);
            if taken {
                store_words(message, content);
                state.store(SlotWord { lap, state: State::Full }.to_word(), SeqCst);
                return true;
            }
        }
    }

    /// Takes the message at the head, if there is one.
    pub fn pop(&self, message: &mut [u64]) -> bool {
        loop {
            let position = Position(self.header.head.0.load(Acquire));
            let (state, content, lap) = self.slot(position);
            let word = state.load(SeqCst);
            let seen = SlotWord::from_word(word);
            if seen.lap > lap {
                self.advance(&self.header.head.0, position, seen.lap);
                continue;
            }
            if seen != (SlotWord { lap, state: State::Full }) {
                return false;
            }
            // The copy counts only if nobody else has taken the message meanwhile.
            load_words(content, message);
            let taken =
                state.compare_exchange(word, SlotWord::free(lap + 1), SeqCst, Relaxed).is_ok();
            self.advance(&self.header.head.0, position, lap);
            if taken {
                return true;
            }
        }
    }

    /// Whether a message could be appended.
    pub fn has_room(&self) -> bool {
        loop {
            let position = Position(self.header.tail.0.load(Acquire));
            let (state, _, lap) = self.slot(position);
            let seen = SlotWord::from_word(state.load(SeqCst));
            if seen.lap < lap {
                return false;
            }
            if seen == (SlotWord { lap, state: State::Free }) {
                return true;
            }
            self.advance(&self.header.tail.0, position, seen.lap);
        }
    }

    /// What is at the head.
    ///
    /// It changes nothing, not even the hint: who asks may be no member, and another may begin a
    /// session meanwhile. Behind a hint that is farther off than consumers can leave it, a message
    /// is assumed, and `pop` finds out.
    pub fn head(&self) -> Head {
        let hint = self.header.head.0.load(Acquire);
        for position in (0..=MEMBERS as u64).map(|lag| Position(hint.wrapping_add(lag))) {
            let (state, _, lap) = self.slot(position);
            match SlotWord::from_word(state.load(SeqCst)) {
                seen if seen.lap > lap => {}
                seen if seen.lap < lap => return Head::Empty,
                SlotWord { state: State::Free, .. } => return Head::Empty,
                SlotWord { state: State::Full, .. } => return Head::Message,
                SlotWord { state: State::Writing(owner), .. } => {
                    return Head::Unfinished(position, owner);
                }
            }
        }
        Head::Message
    }

    /// Skips the message that a producer, which has died, was writing.
    pub fn skip(&self, position: Position, owner: u8) {
        let (state, _, lap) = self.slot(position);
        let writing = SlotWord { lap, state: State::Writing(owner) }.to_word();
        // If it fails, another consumer has skipped it, or the producer had finished it before it
        // ended: then it is still to be read.
        if state.compare_exchange(writing, SlotWord::free(lap + 1), SeqCst, Relaxed).is_ok() {
            self.advance(&self.header.head.0, position, lap);
        }
    }

    /// Whether at most half of the slots are in use.
    pub fn is_half_empty(&self) -> bool {
        let (tail, head) = (self.header.tail.0.load(Relaxed), self.header.head.0.load(Relaxed));
        tail.saturating_sub(head) <= 1 << self.slots.capacity_log2 >> 1
    }

    /// A slot's state and content, and the lap that a position is in.
    fn slot(&self, position: Position) -> (&'a AtomicU64, &'a [AtomicU64], u64) {
        let index = (position.0 & ((1 << self.slots.capacity_log2) - 1)) as usize;
        let words = self.slots.words();
        let slot = &self.words[index * words..(index + 1) * words];
        (&slot[0], &slot[1..], position.0 >> self.slots.capacity_log2)
    }

    /// Advances a hint whose slot was seen in this lap: by one, or at once behind all laps that the slot has been
    /// through. Members leave a hint less than a lap behind; a peer may have written any lap, and nobody is to count
    /// up to that.
    fn advance(&self, hint: &AtomicU64, from: Position, seen: u64) {
        let lap = 1 << self.slots.capacity_log2;
        let index = from.0 & (lap - 1);
        let behind = seen.saturating_sub(1).saturating_mul(lap).saturating_add(index);
        let next = from.0.max(behind).wrapping_add(1);
        // If it fails, somebody else has advanced it.
        let _ = hint.compare_exchange(from.0, next, SeqCst, Relaxed);
    }
}

/// Words of a message: checksum, tag, payload.
pub const fn message_words(slots: Slots) -> usize {
    slots.words() - SLOT_HEAD_WORDS + 2
}
