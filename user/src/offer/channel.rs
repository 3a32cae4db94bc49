//! Channels: messages of any size between two processes.
//!
//! Small messages are copied through a ring that both share; larger ones are given away as pages,
//! and the ring says where they are offered. Either side learns of the other's end.

use super::lane::{Bell, INLINE_MAX, Kind, LANE_BYTES, Lane, Look, Peer};
use super::{Offer, OfferFlags, Pages, claim, wait};
use crate::error::{Context, Error, Result};
use crate::process::Pid;
use crate::region::{announce_departure, withdraw_departure};
use crate::shared::SharedMemory;
use crate::syscall::memory;
use crate::time::{self, Duration};
use abi::Errno;
use alloc::format;
use alloc::vec::Vec;
use core::cell::Cell;
use core::sync::atomic::AtomicU32;

/// Messages of at most so many bytes are copied: what the ring takes in one piece, which is about
/// where giving pages begins to be cheaper (docs/offers.md has the figures, and a test compares).
pub const COPIED_MAX: usize = INLINE_MAX;

/// A message that was received.
#[derive(Debug)]
pub enum Message {
    /// A small one.
    Bytes(Vec<u8>),
    /// A large one: the first so many bytes of pages, which belong to this process now.
    Pages(Pages, usize),
}

impl Message {
    /// How long it is.
    pub fn len(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::Pages(_, length) => *length,
        }
    }

    /// Whether it has no bytes.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Copies its bytes.
    pub fn to_vec(&self) -> Vec<u8> {
        match self {
            Self::Bytes(bytes) => bytes.clone(),
            Self::Pages(pages, length) => {
                let mut bytes = alloc::vec![0; *length];
                // The length was checked against the pages.
                let _ = pages.memory().read(0, &mut bytes);
                bytes
            }
        }
    }
}

/// One end of a channel.
#[derive(Debug)]
pub struct Channel {
    /// Two lanes; the first is for what the process that connected sends.
    ring: Pages,
    peer: Pid,
    /// The offsets of the lanes to send and to receive by.
    lanes: (usize, usize),
    /// Where the pages were that it has given last.
    given: Cell<Option<usize>>,
}

impl Channel {
    /// Makes a channel to a process, which accepts it within the time.
    pub fn connect(peer: Pid, timeout: Option<Duration>) -> Result<Self> {
        let ring = Pages::new(2 * LANE_BYTES)?;
        ring.share(peer, OfferFlags::GRANTALL)?;
        // Until then the ring is this process's alone, and nobody else's wakes reach it.
        if !super::pages::wait_claim(peer, ring.address(), timeout)? {
            super::cancel(peer, ring.address())?;
            return Err(Error::new(Errno::ETIMEDOUT, format!("channel to process {peer}")));
        }
        Self::begin(ring, peer, (0, LANE_BYTES))
    }

    /// Accepts a channel from whoever connects first; `None` if nobody does within the time.
    pub fn accept(timeout: Option<Duration>) -> Result<Option<Self>> {
        wait(timeout)?.map(|offer| Self::of_offer(&offer)).transpose()
    }

    fn of_offer(offer: &Offer) -> Result<Self> {
        let ring = offer.claim()?;
        if ring.len() != 2 * LANE_BYTES || !offer.flags.contains(OfferFlags::GRANTALL) {
            let text = format!("what process {} offers is no channel", offer.pid);
            return Err(Error::message(text));
        }
        Self::begin(ring, offer.pid, (LANE_BYTES, 0))
    }

    fn begin(ring: Pages, peer: Pid, lanes: (usize, usize)) -> Result<Self> {
        let channel = Self { ring, peer, lanes, given: Cell::new(None) };
        announce_departure(channel.lane(lanes.0)?.data_bell().word)?;
        announce_departure(channel.lane(lanes.1)?.room_bell().word)?;
        Ok(channel)
    }

    /// The process at the other end.
    pub const fn peer(&self) -> Pid {
        self.peer
    }

    fn lane(&self, offset: usize) -> Result<Lane<'_>> {
        let words = self.ring.memory().objects::<AtomicU32>(offset, LANE_BYTES / 4);
        let memory = words.and_then(|words| {
            let base = core::ptr::NonNull::from(words).cast();
            // SAFETY: the words lie in pages that live as long as `self`, and are shared memory.
            Lane::new(unsafe { SharedMemory::new(base, LANE_BYTES) })
        });
        memory.ok_or_else(|| Error::message("the channel is shorter than it should be"))
    }

    /// Sends a message; waits for room. `EPIPE` if the other process has ended.
    pub fn send(&self, message: &[u8]) -> Result<()> {
        if message.len() <= COPIED_MAX {
            return self.send_copied(message);
        }
        let pages = Pages::to_fill(message.len())?;
        let written = pages.memory().write(0, message);
        written.ok_or_else(|| Error::message("the message is longer than its pages"))?;
        self.send_pages(pages, message.len())
    }

    /// Sends a message by copying it through the ring, however `send` would; `EINVAL` if it is
    /// longer than [`INLINE_MAX`].
    pub fn send_copied(&self, message: &[u8]) -> Result<()> {
        if message.len() > INLINE_MAX {
            return Err(Error::new(Errno::EINVAL, "sending"));
        }
        self.put(Kind::Inline, message)
    }

    /// Sends the first `length` bytes of pages by giving them away.
    ///
    /// Waits for the receiver while it has claimed too few of those before.
    pub fn send_pages(&self, mut pages: Pages, length: usize) -> Result<()> {
        let given = loop {
            let refused = match pages.give(self.peer, OfferFlags::GRANTALL) {
                Ok(given) => break given,
                Err(refused) => refused,
            };
            let last = self.given.take();
            let (Some(Errno::EAGAIN), Some(last)) = (refused.error.errno(), last) else {
                return Err(refused.error);
            };
            super::pages::wait_claim(self.peer, last, None)?;
            pages = refused.pages;
        };
        self.given.set(Some(given.address()));
        let mut place = [0; 16];
        place[..8].copy_from_slice(&(given.address() as u64).to_le_bytes());
        place[8..].copy_from_slice(&(length as u64).to_le_bytes());
        self.put(Kind::Pages, &place)
    }

    fn put(&self, kind: Kind, message: &[u8]) -> Result<()> {
        let lane = self.lane(self.lanes.0)?;
        let sent = sleep_until(&lane, lane.room_bell(), None, || lane.push(kind, message));
        let gone = || Error::new(Errno::EPIPE, format!("process {}", self.peer));
        match sent.context("sending")? {
            None => Err(gone().problem("it has ended")),
            Some(Peer::Runs) => Ok(()),
            Some(Peer::Sleeps) => wake(lane.data_bell()).context("sending"),
        }
    }

    /// Receives the next message, which comes within the time; `None` if none did, or if the other
    /// process has ended and all was received.
    pub fn receive(&self, timeout: Option<Duration>) -> Result<Option<Message>> {
        let lane = self.lane(self.lanes.1)?;
        let found =
            sleep_until(&lane, lane.data_bell(), timeout, || lane.pop()).context("receiving")?;
        let Some((kind, bytes, peer)) = found else { return Ok(None) };
        if peer == Peer::Sleeps {
            wake(lane.room_bell()).context("receiving")?;
        }
        let (Kind::Pages, Ok(place)) = (kind, <[u8; 16]>::try_from(bytes.as_slice())) else {
            return Ok(Some(Message::Bytes(bytes)));
        };
        let place = u128::from_le_bytes(place);
        let pages = claim(self.peer, place as u64 as usize)?;
        let length = ((place >> 64) as usize).min(pages.len());
        Ok(Some(Message::Pages(pages, length)))
    }
}

fn wake(bell: Bell<'_>) -> core::result::Result<(), Errno> {
    memory::futex_wake(bell.word, 1).map(drop)
}

/// Sleeps on a bell until there is something; `None` if the time is over or nobody rings any more.
fn sleep_until<T>(
    lane: &Lane<'_>,
    bell: Bell<'_>,
    timeout: Option<Duration>,
    mut something: impl FnMut() -> Option<T>,
) -> core::result::Result<Option<T>, Errno> {
    let found = time::within(timeout, |left| {
        let heard = match lane.look(bell, &mut something) {
            Look::Found(value) => return Ok(Some(value)),
            Look::Over => return Ok(None),
            Look::Nothing(heard) => heard,
        };
        match bell.sleep(|word| memory::futex_wait(word, heard, left)) {
            // The bell has rung: look again, with what is left of the time.
            Ok(()) | Err(Errno::EAGAIN) => Err(Errno::EINTR),
            Err(errno) => Err(errno),
        }
    })?;
    Ok(found.flatten())
}

impl Drop for Channel {
    fn drop(&mut self) {
        for lane in [self.lane(self.lanes.0), self.lane(self.lanes.1)].into_iter().flatten() {
            lane.close();
            // Waking fails for nobody.
            let _ = memory::futex_wake(lane.data_bell().word, u32::MAX);
            let _ = memory::futex_wake(lane.room_bell().word, u32::MAX);
        }
        // The kernel keeps a ring whose bells it is to ring; a child has no announcements.
        if let (Ok(sending), Ok(receiving)) = (self.lane(self.lanes.0), self.lane(self.lanes.1)) {
            let _ = withdraw_departure(sending.data_bell().word);
            let _ = withdraw_departure(receiving.room_bell().word);
        }
    }
}
