//! Who has joined and left a ring, in one word, so that joining and beginning anew exclude each
//! other without a lock.
//!
//! Bits 63–48: mark; 47–34: number of the session; 33–32: phase. Ready: four counts of 8 bits.
//! Being built: the number of the process that builds it, so that it can be replaced if it dies.

use super::Role;
use super::layout::MEMBERS;

const MARK: u64 = 0xC0A7;
const SESSION_MASK: u64 = (1 << 14) - 1;
const BUILDING: u64 = 1;
const READY: u64 = 2;

/// The meaning of the word.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Roster {
    /// Nobody has ever joined.
    Empty,
    /// A process prepares a session.
    Building {
        /// The session's number.
        session: u64,
        /// The process.
        process: u32,
    },
    /// Processes can join.
    Ready(Counts),
    /// This is no ring.
    Foreign,
}

/// How many have joined and left.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Counts {
    /// The session's number.
    pub session: u64,
    /// Producers.
    pub producers: Count,
    /// Consumers.
    pub consumers: Count,
}

/// How many of one side have joined and left.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Count {
    /// All that ever joined the session.
    pub joined: u8,
    /// Those of them that left of their own will.
    pub left: u8,
}

impl Count {
    /// Whether all that joined have left of their own will.
    pub const fn all_left(self) -> bool {
        self.left >= self.joined
    }

    /// How many joined, as an index into the table of members.
    pub const fn members(self) -> usize {
        // The word may have been written by anybody.
        if self.joined as usize <= MEMBERS { self.joined as usize } else { MEMBERS }
    }
}

impl Counts {
    /// One side's counts.
    pub const fn side(&self, role: Role) -> Count {
        match role {
            Role::Producer => self.producers,
            Role::Consumer => self.consumers,
        }
    }

    /// The counts after one more has joined a side, and its place in the table.
    pub fn after_joining(mut self, role: Role) -> Option<(Self, usize)> {
        let count = self.side_mut(role);
        let place = usize::from(count.joined);
        if place >= MEMBERS {
            return None;
        }
        count.joined += 1;
        Some((self, place))
    }

    /// The counts after one has left a side.
    pub fn after_leaving(mut self, role: Role) -> Self {
        let count = self.side_mut(role);
        count.left = count.left.saturating_add(1);
        self
    }

    fn side_mut(&mut self, role: Role) -> &mut Count {
        match role {
            Role::Producer => &mut self.producers,
            Role::Consumer => &mut self.consumers,
        }
    }
}

impl Roster {
    /// From the header's word.
    pub fn from_word(word: u64) -> Self {
        let session = word >> 34 & SESSION_MASK;
        match (word >> 48, word >> 32 & 3) {
            _ if word == 0 => Self::Empty,
            (MARK, BUILDING) => Self::Building { session, process: word as u32 },
            (MARK, READY) => {
                let [consumers_left, consumers, producers_left, producers, ..] = word.to_le_bytes();
                Self::Ready(Counts {
                    session,
                    producers: Count { joined: producers, left: producers_left },
                    consumers: Count { joined: consumers, left: consumers_left },
                })
            }
            _ => Self::Foreign,
        }
    }

    /// The header's word.
    pub fn to_word(self) -> u64 {
        let head =
            |session: u64, phase: u64| MARK << 48 | (session & SESSION_MASK) << 34 | phase << 32;
        match self {
            Self::Empty | Self::Foreign => 0,
            Self::Building { session, process } => head(session, BUILDING) | u64::from(process),
            Self::Ready(Counts { session, producers, consumers }) => {
                let counts = [consumers.left, consumers.joined, producers.left, producers.joined];
                head(session, READY) | u64::from(u32::from_le_bytes(counts))
            }
        }
    }

    /// The number of the session that follows.
    pub fn next_session(self) -> u64 {
        match self {
            Self::Empty | Self::Foreign => 1,
            Self::Building { session, .. } | Self::Ready(Counts { session, .. }) => {
                (session + 1) & SESSION_MASK
            }
        }
    }
}
