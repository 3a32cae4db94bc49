//! The writing end.

use super::checksum::checksum;
use super::layout::{Geometry, Slots};
use super::queue::{Queue, message_words};
use super::session::{Farewell, Look, Place, Presence, Session};
use super::{JoinError, Role, System};
use crate::atomic::Ordering::{Relaxed, SeqCst};
use crate::shared::SharedMemory;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;
use zerocopy::IntoBytes;

/// A producer: a process appends messages with it.
pub struct Producer<'a, S: System> {
    session: Session<'a, S>,
    queue: Queue<'a>,
    place: Place,
    sequence: u64,
    /// Checksum, tag, payload.
    message: Vec<u64>,
}

/// Why a message could not be sent: the ring is full, and all consumers have ended, not all of
/// their own will.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SendError {
    /// Those that died.
    pub died: Vec<u32>,
}

impl fmt::Display for SendError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} died", Processes("consumer", &self.died))
    }
}

impl<'a, S: System> Producer<'a, S> {
    /// Joins the ring in a region, for messages of this size; the first producer determines it.
    pub fn join(
        region: SharedMemory<'a>,
        system: S,
        message_bytes: usize,
    ) -> Result<Self, JoinError> {
        let have = region.len();
        let slots = Slots::fitting(have, message_bytes)
            .map_err(|need| JoinError::TooSmall { have, need })?;
        let session = Session::new(region, system)?;
        let place = session.join(Role::Producer)?;
        let prepared = prepare(&session, slots);
        if prepared.is_err() {
            session.leave(place, Farewell::Done);
        }
        let queue = prepared?;
        let message = vec![0; message_words(slots)];
        Ok(Self { session, queue, place, sequence: 0, message })
    }

    /// The payload of the next message.
    pub fn payload(&mut self) -> &mut [u8] {
        let bytes = self.queue.slots().message_bytes;
        &mut self.message.as_mut_bytes()[16..16 + bytes]
    }

    /// The number of the next message; a producer's messages are numbered from 0.
    pub const fn sequence(&self) -> u64 {
        self.sequence
    }

    /// Appends the message; sleeps while the ring is full, and until it is half empty then.
    pub fn send(&mut self) -> Result<(), SendError> {
        let owner = self.place.index as u8;
        self.message[1] = u64::from(owner) << 56 | self.sequence;
        self.message[0] = checksum(&self.message[1..]);
        while !self.queue.push(owner, &self.message) {
            self.wait_for_room()?;
        }
        self.session.signal(Role::Consumer);
        self.sequence += 1;
        Ok(())
    }

    /// Leaves the ring: no message follows. Without this, a producer counts as having died.
    pub fn leave(self) {
        self.session.leave(self.place, Farewell::Done);
    }

    #[cold]
    fn wait_for_room(&self) -> Result<(), SendError> {
        let room = |_| if self.queue.has_room() { Look::Found(()) } else { Look::Nothing };
        self.session
            .wait(Role::Producer, room)
            .map_err(|_| SendError { died: self.session.remaining(Role::Consumer) })
    }
}

/// Determines the geometry, or takes the one that there is.
fn prepare<'a, S: System>(session: &Session<'a, S>, slots: Slots) -> Result<Queue<'a>, JoinError> {
    let header = session.header;
    let queue = Queue::new(header, &session.region, slots).ok_or(JoinError::NotARing)?;
    loop {
        let word = header.geometry.load(SeqCst);
        let clearing = match Geometry::from_word(word) {
            Geometry::Known(known) if known == slots => return Ok(queue),
            Geometry::Known(known) if known.message_bytes != slots.message_bytes => {
                return Err(JoinError::OtherSize { ring: known.message_bytes });
            }
            // The region was resized since: the session goes on as it began.
            Geometry::Known(known) => {
                return Queue::new(header, &session.region, known).ok_or(JoinError::NotARing);
            }
            Geometry::Clearing(process) if session.system.is_alive(process) => {
                session.pause(Role::Producer);
                continue;
            }
            Geometry::Clearing(_) | Geometry::Unknown => Geometry::Clearing(session.system.id()),
        };
        if header.geometry.compare_exchange(word, clearing.to_word(), SeqCst, Relaxed).is_ok() {
            queue.clear();
            header.geometry.store(Geometry::Known(slots).to_word(), SeqCst);
            session.signal(Role::Consumer);
        }
    }
}

/// Processes in words: `the producer (pid 12)`, `the producers (pids 12, 13)`.
pub struct Processes<'a>(pub &'static str, pub &'a [u32]);

impl fmt::Display for Processes<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.1.len() == 1 { "" } else { "s" };
        write!(formatter, "the {}{plural} (pid{plural} ", self.0)?;
        for (index, process) in self.1.iter().enumerate() {
            write!(formatter, "{}{process}", if index == 0 { "" } else { ", " })?;
        }
        formatter.write_str(")")
    }
}

/// What the other side's end means to a consumer.
pub(super) const fn is_death(presence: Presence) -> bool {
    matches!(presence, Presence::Died)
}
