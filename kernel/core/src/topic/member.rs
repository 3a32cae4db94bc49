//! Publishers and subscribers in a topic's books, and what goes in and out of these.

use abi::Errno;
use abi::topic::{FREED_MAX, FreedRecord};

/// Why the books refuse something.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Error {
    /// There is no such publisher or subscriber.
    Unknown,
    /// A depth is at least 1 and has a maximum.
    Depth,
    /// The topic has another policy.
    OtherPolicy,
    /// There are as many publishers, subscribers or held messages as there may be.
    TooMany,
    /// The queue is full of messages that somebody still needs.
    NoRoom,
    /// There is no message to take.
    Nothing,
    /// The subscriber does not hold the message.
    NotHeld,
    /// The kernel has no memory left.
    NoMemory,
}

impl From<Error> for Errno {
    fn from(error: Error) -> Self {
        match error {
            Error::Unknown | Error::Depth | Error::OtherPolicy | Error::NotHeld => Self::EINVAL,
            Error::TooMany => Self::ENOBUFS,
            Error::NoRoom | Error::Nothing => Self::EAGAIN,
            Error::NoMemory => Self::ENOMEM,
        }
    }
}

/// Where a message lies.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Message {
    /// Its address in all processes.
    pub address: u64,
    /// Its bytes.
    pub length: u64,
    /// When it was published.
    pub time: u64,
}

/// Which messages a subscriber gets.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Filter {
    /// Also those that were there before it.
    pub transient_local: bool,
    /// None of its own process.
    pub ignore_local: bool,
}

/// Which message is taken.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Mode {
    /// The newest, else the oldest.
    pub latest: bool,
    /// The last one again, if there is no new one.
    pub again: bool,
}

/// A message that was taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Taken {
    /// Its number.
    pub number: u64,
    /// Its publisher.
    pub publisher: u32,
    /// The publisher's process.
    pub pid: u32,
    /// Where it lies.
    pub message: Message,
    /// Messages since the last one taken that the subscriber does not get.
    pub lost: u64,
}

/// Addresses of messages that have left the books.
#[derive(Default)]
pub struct Freed(FreedRecord);

impl Freed {
    /// Whether one more fits.
    pub const fn has_room(&self) -> bool {
        (self.0.count as usize) < FREED_MAX
    }

    /// Adds one; there is room.
    pub(super) fn add(&mut self, address: u64) {
        if let Some(free) = self.0.addresses.get_mut(self.0.count as usize) {
            *free = address;
            self.0.count += 1;
        }
    }

    /// As a program gets it.
    pub const fn record(&self) -> &FreedRecord {
        &self.0
    }
}

/// A publisher.
pub(super) struct Publisher {
    pub pid: u32,
    pub depth: u32,
    /// Set when it has gone: the last member's number then. Later subscribers get nothing of it.
    pub ended: Option<u32>,
    /// Its messages that are in the books.
    pub messages: usize,
    /// All of its messages so far.
    pub published: u64,
}

/// A subscriber.
pub(super) struct Subscriber {
    pub id: u32,
    pub pid: u32,
    pub depth: u32,
    pub filter: Filter,
    /// It gets messages with numbers after this one.
    pub after: u64,
    /// How many of all messages that were published are none that it was promised since the last
    /// one taken.
    pub not_promised: u64,
    /// How many it holds.
    pub held: u32,
    /// How many it has taken so far.
    pub taken: u64,
    /// The last publisher whose pool it was seen to have.
    pub sees: u32,
}

impl Subscriber {
    /// Whether it gets messages of this process.
    pub const fn wants(&self, pid: u32) -> bool {
        !self.filter.ignore_local || self.pid != pid
    }
}
