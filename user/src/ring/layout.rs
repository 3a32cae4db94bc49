//! What lies where in a ring's region: a header, then the slots.

use super::Role;
use crate::atomic::{AtomicU32, AtomicU64};
use crate::shared::{Shared, SharedMemory};

/// Processes that can join one side in one session.
pub const MEMBERS: usize = 64;
/// The most slots: setting up a ring in a huge region is not to touch all of it.
const CAPACITY_LOG2_MAX: u32 = 16;
/// Words of a slot before its payload: state, checksum, tag.
pub const SLOT_HEAD_WORDS: usize = 3;

/// The header; all zero is a ring that nobody has joined.
///
/// What one side writes often lies in cache lines of its own.
#[repr(C, align(64))]
pub struct Header {
    /// See `roster`.
    pub roster: AtomicU64,
    /// See [`Geometry`].
    pub geometry: AtomicU64,
    consumers: Side,
    producers: Side,
    /// The position of the next message to be written: a hint.
    pub tail: Line,
    /// The position of the next message to be read: a hint.
    pub head: Line,
}

// SAFETY: it consists of atomics only.
unsafe impl Shared for Header {}

impl Header {
    /// One side's part.
    pub const fn side(&self, role: Role) -> &Side {
        match role {
            Role::Producer => &self.producers,
            Role::Consumer => &self.consumers,
        }
    }
}

/// A word that shares its cache line with no other.
#[repr(C, align(64))]
pub struct Line(pub AtomicU64);

/// What belongs to one side.
#[repr(C, align(64))]
pub struct Side {
    /// What this side sleeps on. Low 8 bits: departures of the opposite side, which the
    /// kernel counts; above: signals of the opposite side.
    pub event: AtomicU32,
    /// Not 0 if somebody of this side sleeps, or is about to.
    pub waiting: AtomicU32,
    /// This side's processes, in the order in which they joined.
    pub members: MemberTable,
}

/// The table of a side's processes.
#[repr(C, align(64))]
pub struct MemberTable(pub [Member; MEMBERS]);

/// One process.
#[repr(C)]
pub struct Member {
    /// Its number.
    pub process: AtomicU32,
    /// One of `member_state`.
    pub state: AtomicU32,
}

/// States of a member.
pub mod member_state {
    /// It is in the roster, and has not written its number yet.
    pub const VACANT: u32 = 0;
    /// It takes part.
    pub const JOINED: u32 = 1;
    /// It has done what it wanted.
    pub const LEFT: u32 = 2;
    /// A consumer that left because it was told of the producers' death.
    pub const TOLD: u32 = 3;
}

/// Size and number of the slots, as the first producer determines them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Geometry {
    /// No producer has joined yet.
    Unknown,
    /// This process is clearing the slots.
    Clearing(u32),
    /// The slots can be used.
    Known(Slots),
}

const CLEARING: u64 = 1 << 63;

impl Geometry {
    /// From the header's word.
    pub fn from_word(word: u64) -> Self {
        match word {
            0 => Self::Unknown,
            _ if word & CLEARING != 0 => Self::Clearing(word as u32),
            _ => Self::Known(Slots {
                message_bytes: (word >> 8) as u32 as usize,
                capacity_log2: (word & 0xFF) as u32,
            }),
        }
    }

    /// The header's word; a message has at least one byte, so it is not 0 when known.
    pub fn to_word(self) -> u64 {
        match self {
            Self::Unknown => 0,
            Self::Clearing(process) => CLEARING | u64::from(process),
            Self::Known(slots) => {
                (slots.message_bytes as u64) << 8 | u64::from(slots.capacity_log2)
            }
        }
    }
}

/// Size and number of the slots.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Slots {
    /// Bytes of a message's payload.
    pub message_bytes: usize,
    /// The number of slots is this power of two.
    pub capacity_log2: u32,
}

impl Slots {
    /// As many slots as fit into a region; else how many bytes one would need.
    pub fn fitting(region_bytes: usize, message_bytes: usize) -> Result<Self, usize> {
        let room = region_bytes.saturating_sub(size_of::<Header>());
        let slot = slot_words(message_bytes).saturating_mul(8);
        match (room / slot).checked_ilog2() {
            Some(log2) if u32::try_from(message_bytes).is_ok() => {
                Ok(Self { message_bytes, capacity_log2: log2.min(CAPACITY_LOG2_MAX) })
            }
            _ => Err(size_of::<Header>().saturating_add(slot)),
        }
    }

    /// Words of one slot.
    pub const fn words(self) -> usize {
        slot_words(self.message_bytes)
    }

    /// The slots' memory, if it is all there: a peer may have written any geometry.
    pub fn memory<'a>(self, region: &SharedMemory<'a>) -> Option<&'a [AtomicU64]> {
        if self.message_bytes == 0 || self.capacity_log2 > CAPACITY_LOG2_MAX {
            return None;
        }
        let words = self.words().checked_shl(self.capacity_log2)?;
        region.objects(size_of::<Header>(), words)
    }
}

const fn slot_words(message_bytes: usize) -> usize {
    SLOT_HEAD_WORDS + message_bytes.div_ceil(8)
}
