//! Who holds a message: a bit for each subscriber's place.

use abi::topic::TOPIC_MEMBERS_MAX;

const WORDS: usize = TOPIC_MEMBERS_MAX / u64::BITS as usize;

/// Places of subscribers, below [`TOPIC_MEMBERS_MAX`].
pub struct Holders([u64; WORDS]);

impl Holders {
    /// Nobody.
    pub const fn new() -> Self {
        Self([0; WORDS])
    }

    /// Whether nobody is left.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    /// Whether the subscriber at this place is one.
    pub const fn contains(&self, place: usize) -> bool {
        self.0[place / 64] & (1 << (place % 64)) != 0
    }

    /// Notes the subscriber at this place.
    pub const fn add(&mut self, place: usize) {
        self.0[place / 64] |= 1 << (place % 64);
    }

    /// Strikes the subscriber at this place out; whether it was one.
    pub const fn remove(&mut self, place: usize) -> bool {
        let held = self.contains(place);
        self.0[place / 64] &= !(1 << (place % 64));
        held
    }
}
