//! A bounded queue of messages in shared memory, for several producers and several consumers.
//!
//! Nobody polls: who finds nothing to do sleeps on its side's event word, and the other side wakes
//! it. Nobody is waited for in vain: every member has the kernel count its departure in the *other*
//! side's event word, whatever ended it, so that those who wait for it look around and see.
//!
//! - `layout`: what lies where in the region
//! - `roster`: who has joined and left, in one atomic word
//! - `session`: joining, leaving, who is still there; using a region again
//! - `slot`, `queue`: the lock-free queue
//! - `producer`, `consumer`: the two ends, which sleep
//! - `checksum`: whether a message is what was sent
//! - `tally`: whether every message came exactly once
//!
//! A process may be killed between any two instructions. Therefore nothing is a lock: a slot's
//! state, lap and writer are one word that changes at once, a consumer copies a message before it
//! takes it, and a message that a dead producer had begun is skipped. Indices run freely, are
//! masked on every use and are hints only, so a peer's garbage costs messages, never memory safety.
//!
//! A process joins a ring once; when it has left, it should end: the next session on the region
//! begins when all members of the last one have ended.

mod checksum;
mod consumer;
#[cfg(target_os = "none")]
mod kernel;
mod layout;
mod producer;
mod queue;
mod roster;
mod session;
mod slot;
pub mod tally;
#[cfg(test)]
mod tests;

pub use consumer::{Checksum, Consumer, End, Message};
#[cfg(target_os = "none")]
pub use kernel::{Kernel, explain, map};
pub use layout::MEMBERS;
pub use producer::{Processes, Producer, SendError};

use crate::atomic::AtomicU32;
use alloc::string::String;
use core::fmt;
use core::time::Duration;

/// What a ring needs from the system; tests on the host bring their own.
pub trait System {
    /// Sleeps while the word has the expected value, at most for the time given.
    fn wait(&self, word: &AtomicU32, expected: u32, timeout: Option<Duration>);
    /// Wakes all who sleep on the word.
    fn wake_all(&self, word: &AtomicU32);
    /// Has 1 added to the word, and its sleepers woken, when this process ends.
    fn announce_departure(&self, word: &AtomicU32) -> Result<(), String>;
    /// Whether a process runs or waits; one that has ended does neither, reaped or not.
    fn is_alive(&self, process: u32) -> bool;
    /// This process's number.
    fn id(&self) -> u32;
}

/// Why a process can't join a ring.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum JoinError {
    /// The region holds something else.
    NotARing,
    /// The region is smaller than a ring of one message of this size.
    TooSmall {
        /// The region's bytes.
        have: usize,
        /// The least that would do.
        need: usize,
    },
    /// The ring has messages of another size.
    OtherSize {
        /// Bytes of its messages.
        ring: usize,
    },
    /// The table of members is full until all of them have ended.
    TooManyMembers,
    /// The kernel would not count the departure.
    Departure(String),
}

impl fmt::Display for JoinError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotARing => formatter.write_str("the region holds something that is no ring"),
            Self::TooSmall { have, need } => write!(
                formatter,
                "the region has {have} bytes, and a ring of one message needs {need}"
            ),
            Self::OtherSize { ring } => {
                write!(formatter, "the ring is in use with messages of {ring} bytes")
            }
            Self::TooManyMembers => {
                formatter.write_str("too many processes have joined; wait until they have ended")
            }
            Self::Departure(text) => formatter.write_str(text),
        }
    }
}

impl core::error::Error for JoinError {}

/// The side of the ring that a member is on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Role {
    Producer,
    Consumer,
}

impl Role {
    const fn opposite(self) -> Self {
        match self {
            Self::Producer => Self::Consumer,
            Self::Consumer => Self::Producer,
        }
    }
}
