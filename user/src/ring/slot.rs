//! The state of a slot, in one word: which lap of the ring it is in, and what is there.

const STATE_BITS: u32 = 2;
const OWNER_BITS: u32 = 8;
const LAP_SHIFT: u32 = STATE_BITS + OWNER_BITS;

/// What is in a slot in its lap.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum State {
    /// Nothing yet.
    Free,
    /// A producer, by its place in the table of members, is writing a message.
    Writing(u8),
    /// A message.
    Full,
}

/// A slot's lap and state; zero is free in lap 0.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SlotWord {
    /// How many times the ring has been gone around.
    pub lap: u64,
    /// What is there.
    pub state: State,
}

impl SlotWord {
    /// From the slot's word; what nobody writes counts as free.
    pub const fn from_word(word: u64) -> Self {
        let state = match word & 3 {
            1 => State::Writing((word >> STATE_BITS) as u8),
            2 => State::Full,
            _ => State::Free,
        };
        Self { lap: word >> LAP_SHIFT, state }
    }

    /// The slot's word.
    pub const fn to_word(self) -> u64 {
        let state = match self.state {
            State::Free => 0,
            State::Writing(owner) => 1 | (owner as u64) << STATE_BITS,
            State::Full => 2,
        };
        self.lap << LAP_SHIFT | state
    }

    /// The word of a slot that is free in a lap.
    pub const fn free(lap: u64) -> u64 {
        Self { lap, state: State::Free }.to_word()
    }
}
