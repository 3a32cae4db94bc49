//! The reading end.

use super::checksum::checksum;
use super::layout::Geometry;
use super::producer::{Processes, is_death};
use super::queue::{Head, Queue, message_words};
use super::session::{Farewell, Look, Place, Presence, Session};
use super::{JoinError, Role, System};
use crate::atomic::Ordering::SeqCst;
use crate::shared::SharedMemory;
use alloc::vec::Vec;
use core::fmt;
use zerocopy::IntoBytes;

/// A consumer: a process takes messages with it.
pub struct Consumer<'a, S: System> {
    session: Session<'a, S>,
    /// Known when the first producer has determined the messages' size.
    queue: Option<Queue<'a>>,
    place: Place,
    message: Vec<u64>,
    farewell: Farewell,
}

/// A message that was taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Message<'m> {
    /// The producer's number in this session.
    pub producer: u8,
    /// The message's number among this producer's.
    pub sequence: u64,
    /// Whether it is what was sent.
    pub checksum: Checksum,
    /// The content.
    pub payload: &'m [u8],
}

/// Whether a message is what was sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Checksum {
    /// Yes.
    Good,
    /// No.
    Bad,
}

/// Why no further message comes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum End {
    /// All producers have left.
    Finished,
    /// All producers have ended, and these not of their own will.
    Died(Vec<u32>),
    /// The ring's size was overwritten with something that can't be.
    Damaged,
}

impl fmt::Display for End {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Finished => formatter.write_str("the producers finished"),
            Self::Died(died) => write!(formatter, "{} died", Processes("producer", died)),
            Self::Damaged => formatter.write_str("the ring's header was overwritten"),
        }
    }
}

impl<'a, S: System> Consumer<'a, S> {
    /// Joins the ring in a region.
    pub fn join(region: SharedMemory<'a>, system: S) -> Result<Self, JoinError> {
        let session = Session::new(region, system)?;
        let place = session.join(Role::Consumer)?;
        let farewell = Farewell::Done;
        Ok(Self { session, queue: None, place, message: Vec::new(), farewell })
    }

    /// Takes the next message; sleeps until there is one.
    pub fn receive(&mut self) -> Result<Message<'_>, End> {
        let queue = match self.queue {
            Some(queue) => queue,
            None => self.wait_for_queue()?,
        };
        while !queue.pop(&mut self.message) {
            self.wait_for_message(&queue)?;
        }
        if self.session.header.side(Role::Producer).waiting.load(SeqCst) != 0
            && queue.is_half_empty()
        {
            self.session.signal(Role::Producer);
        }
        Ok(parse(&self.message, queue.slots().message_bytes))
    }

    /// How many consumers have joined the session, this one and those that left included.
    pub fn consumers(&self) -> usize {
        self.session.counts().consumers.members()
    }

    /// Leaves the ring. Without this, a consumer counts as having died.
    pub fn leave(self) {
        self.session.leave(self.place, self.farewell);
    }

    #[cold]
    fn wait_for_queue(&mut self) -> Result<Queue<'a>, End> {
        let header = self.session.header;
        let known = |_| match Geometry::from_word(header.geometry.load(SeqCst)) {
            Geometry::Known(slots) => Look::Found(slots),
            Geometry::Unknown | Geometry::Clearing(_) => Look::Nothing,
        };
        let slots = self.session.wait(Role::Consumer, known);
        let slots = slots.map_err(|presence| self.end(presence))?;
        let queue = Queue::new(header, &self.session.region, slots).ok_or(End::Damaged)?;
        self.message.resize(message_words(slots), 0);
        self.queue = Some(queue);
        Ok(queue)
    }

    #[cold]
    fn wait_for_message(&mut self, queue: &Queue<'a>) -> Result<(), End> {
        let there = |presence| self.message_at_head(queue, presence);
        let outcome = self.session.wait(Role::Consumer, there);
        outcome.map_err(|presence| self.end(presence))
    }

    /// Looks for a message at the head; those that nobody will finish are skipped.
    fn message_at_head(&self, queue: &Queue<'a>, presence: Presence) -> Look<()> {
        loop {
            let (position, owner) = match queue.head() {
                Head::Message => return Look::Found(()),
                Head::Empty => return Look::Nothing,
                Head::Unfinished(position, owner) => (position, owner),
            };
            let place = Place { role: Role::Producer, index: usize::from(owner) };
            let died =
                if is_death(presence) { Look::Found(()) } else { self.session.has_died(place) };
            if died != Look::Found(()) {
                return died;
            }
            queue.skip(position, owner);
        }
    }

    fn end(&mut self, presence: Presence) -> End {
        if is_death(presence) {
            self.farewell = Farewell::Told;
            End::Died(self.session.remaining(Role::Producer))
        } else {
            End::Finished
        }
    }
}

fn parse(message: &[u64], message_bytes: usize) -> Message<'_> {
    Message {
        producer: (message[1] >> 56) as u8,
        sequence: message[1] & (u64::MAX >> 8),
        checksum: if checksum(&message[1..]) == message[0] {
            Checksum::Good
        } else {
            Checksum::Bad
        },
        payload: &message.as_bytes()[16..16 + message_bytes],
    }
}
