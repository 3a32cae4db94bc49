//! Who holds a message: a bit for each subscriber's place.

use abi::topic::TOPIC_MEMBERS_MAX;

const WORDS: usize = TOPIC_MEMBERS_MAX / u64::BITS as usize;

/// Places of subscribers, below [`TOPIC_MEMBERS_MAX`].
pub struct Holders {
    places: [u64; WORDS],
    count: u32,
}

impl Holders {
    /// Nobody.
    pub const fn new() -> Self {
        Self { places: [0; WORDS], count: 0 }
    }

    /// Whether nobody is left.
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Whether the subscriber at this place is one.
    pub const fn contains(&self, place: usize) -> bool {
        self.places[place / 64] & (1 << (place % 64)) != 0
    }

    /// Notes the subscriber at this place.
    pub const fn add(&mut self, place: usize) {
        if !self.contains(place) {
            self.places[place / 64] |= 1 << (place % 64);
            self.count += 1;
        }
    }

    /// Strikes the subscriber at this place out; whether it was one.
    pub const fn remove(&mut self, place: usize) -> bool {
        let held = self.contains(place);
        if held {
            self.places[place / 64] &= !(1 << (place % 64));
            self.count -= 1;
        }
        held
    }
}
