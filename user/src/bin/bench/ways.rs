//! The ways by which a message gets from one process to another.
//!
//! Whoever sends stores a word into every cache line of the message, and whoever receives loads
//! one from each, whatever the way: a message that nobody looks at is none.

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use core::hint::black_box;
use core::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use user::error::{Error, Result};
use user::fs::{self, File};
use user::offer::{Channel, INLINE_MAX, Message, Pages};
use user::process::Pid;
use user::region::{Protection, Region, View};
use user::shared::SharedMemory;
use user::sync;
use user::time::Duration;
use zerocopy::IntoBytes;

/// Words in a cache line.
const LINE: usize = 8;
/// How long anybody waits for another.
const PATIENCE: Option<Duration> = Some(Duration::from_secs(60));

/// A way.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Way {
    /// A pipe.
    Pipe,
    /// Copied through the ring of a channel, in pieces if it does not fit.
    Ring,
    /// Copied into memory that both share, and read there.
    Region,
    /// Copied into new pages that are given away, and returned to the system by the receiver.
    NewPages,
    /// Written into pages that are given away, and later come back.
    PassedPages,
}

/// One end of a way.
pub trait End {
    /// Sends a message.
    fn send(&mut self) -> Result<()>;
    /// Receives one, and looks at it.
    fn receive(&mut self) -> Result<()>;
}

/// What has to be there before the process forks.
pub enum Ground {
    /// Pipes there and back.
    Pipes([(File, File); 2]),
    /// Shared memory: a page for the turns, then a place for messages in each direction.
    Shared(View),
    /// Nothing.
    Bare,
}

/// Which end.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Side {
    /// The one that sends first.
    First,
    /// The other.
    Second,
}

impl Way {
    /// Lays the ground.
    pub fn prepare(self, bytes: usize) -> Result<Ground> {
        Ok(match self {
            Self::Pipe => Ground::Pipes([pipe()?, pipe()?]),
            Self::Region => {
                let length = abi::limits::PAGE_SIZE + 2 * bytes;
                let region = Region::options().bytes(length as u64).anonymous()?;
                Ground::Shared(region.map(Protection::READ | Protection::WRITE)?)
            }
            _ => Ground::Bare,
        })
    }

    /// An end of it, for messages of so many bytes.
    pub fn end(
        self,
        ground: &Ground,
        side: Side,
        peer: Pid,
        bytes: usize,
    ) -> Result<Box<dyn End + '_>> {
        let message = vec![0; bytes / 8];
        Ok(match (self, ground) {
            (_, Ground::Pipes([there, back])) => {
                let (from, to) = match side {
                    Side::First => (&back.0, &there.1),
                    Side::Second => (&there.0, &back.1),
                };
                Box::new(PipeEnd { from, to, message })
            }
            (_, Ground::Shared(view)) => Box::new(SharedEnd::new(view.memory(), side, message)?),
            (Self::Ring, _) => Box::new(RingEnd { channel: channel(side, peer)?, message }),
            (Self::NewPages, _) => Box::new(NewPagesEnd { channel: channel(side, peer)?, message }),
            _ => {
                let pages = if side == Side::First { Some(Pages::new(bytes)?) } else { None };
                Box::new(PassedEnd { channel: channel(side, peer)?, pages, bytes })
            }
        })
    }
}

fn pipe() -> Result<(File, File)> {
    let (from, to) = fs::pipe()?;
    Ok((File::from_fd(from, "pipe"), File::from_fd(to, "pipe")))
}

fn channel(side: Side, peer: Pid) -> Result<Channel> {
    match side {
        Side::First => Channel::connect(peer, PATIENCE),
        Side::Second => Channel::accept(PATIENCE)?.ok_or_else(|| Error::message("no channel")),
    }
}

fn write_lines(message: &mut [u64]) {
    for word in message.iter_mut().step_by(LINE) {
        *word = black_box(1);
    }
}

fn read_lines(message: &[u64]) {
    let sum: u64 = message.iter().step_by(LINE).sum();
    black_box(sum);
}

fn words<'a>(memory: SharedMemory<'a>, offset: usize, bytes: usize) -> Result<&'a [AtomicU64]> {
    memory.objects(offset, bytes / 8).ok_or_else(|| Error::message("a message is too short"))
}

fn read_shared_lines(message: &[AtomicU64]) {
    let words = message.iter().step_by(LINE);
    black_box(words.fold(0_u64, |sum, word| sum.wrapping_add(word.load(Ordering::Relaxed))));
}

struct PipeEnd<'a> {
    from: &'a File,
    to: &'a File,
    message: Vec<u64>,
}

impl End for PipeEnd<'_> {
    fn send(&mut self) -> Result<()> {
        write_lines(&mut self.message);
        self.to.write_all(self.message.as_bytes())
    }

    fn receive(&mut self) -> Result<()> {
        let mut rest = self.message.as_mut_bytes();
        while !rest.is_empty() {
            match self.from.read(rest)? {
                0 => return Err(Error::message("the other end of the pipe has gone")),
                count => rest = &mut rest[count..],
            }
        }
        read_lines(&self.message);
        Ok(())
    }
}

struct SharedEnd<'a> {
    memory: SharedMemory<'a>,
    /// What this end has sent and received so far.
    sent: &'a AtomicU32,
    received: &'a AtomicU32,
    places: (usize, usize),
    message: Vec<u64>,
}

impl<'a> SharedEnd<'a> {
    fn new(memory: SharedMemory<'a>, side: Side, message: Vec<u64>) -> Result<Self> {
        let short = || Error::message("the region is too short");
        let turns = [0, 64].map(|offset| memory.as_atomic_u32(offset));
        let [Some(there), Some(back)] = turns else { return Err(short()) };
        let first = abi::limits::PAGE_SIZE;
        let second = first + size_of_val(message.as_slice());
        let (sent, received, places) = match side {
            Side::First => (there, back, (first, second)),
            Side::Second => (back, there, (second, first)),
        };
        Ok(Self { memory, sent, received, places, message })
    }
}

impl End for SharedEnd<'_> {
    fn send(&mut self) -> Result<()> {
        write_lines(&mut self.message);
        self.memory.write(self.places.0, self.message.as_bytes());
        self.sent.store(1, Ordering::Release);
        sync::wake(self.sent, 1);
        Ok(())
    }

    fn receive(&mut self) -> Result<()> {
        while self.received.load(Ordering::Acquire) == 0 {
            sync::wait(self.received, 0, None);
        }
        self.received.store(0, Ordering::Relaxed);
        read_shared_lines(words(self.memory, self.places.1, self.message.len() * 8)?);
        Ok(())
    }
}

struct RingEnd {
    channel: Channel,
    message: Vec<u64>,
}

impl End for RingEnd {
    fn send(&mut self) -> Result<()> {
        write_lines(&mut self.message);
        let mut pieces = self.message.as_bytes().chunks(INLINE_MAX);
        pieces.try_for_each(|piece| self.channel.send_copied(piece))
    }

    fn receive(&mut self) -> Result<()> {
        let mut left = self.message.len() * 8;
        while left > 0 {
            let message = received(&self.channel)?;
            let Message::Bytes(bytes) = message else {
                return Err(Error::message("pages came where bytes should"));
            };
            black_box(bytes.iter().step_by(64).fold(0_u8, |sum, byte| sum.wrapping_add(*byte)));
            left = left.saturating_sub(bytes.len());
        }
        Ok(())
    }
}

fn received(channel: &Channel) -> Result<Message> {
    channel.receive(None)?.ok_or_else(|| Error::message("the other end of the channel has gone"))
}

fn received_pages(channel: &Channel) -> Result<Pages> {
    match received(channel)? {
        Message::Pages(pages, length) => {
            read_shared_lines(words(pages.memory(), 0, length)?);
            Ok(pages)
        }
        Message::Bytes(_) => Err(Error::message("bytes came where pages should")),
    }
}

struct NewPagesEnd {
    channel: Channel,
    message: Vec<u64>,
}

impl End for NewPagesEnd {
    fn send(&mut self) -> Result<()> {
        write_lines(&mut self.message);
        let bytes = self.message.as_bytes();
        let pages = Pages::to_fill(bytes.len())?;
        pages.memory().write(0, bytes);
        self.channel.send_pages(pages, bytes.len())
    }

    fn receive(&mut self) -> Result<()> {
        received_pages(&self.channel).map(drop)
    }
}

struct PassedEnd {
    channel: Channel,
    pages: Option<Pages>,
    bytes: usize,
}

impl End for PassedEnd {
    fn send(&mut self) -> Result<()> {
        let pages = self.pages.take().ok_or_else(|| Error::message("no pages to send"))?;
        for word in words(pages.memory(), 0, self.bytes)?.iter().step_by(LINE) {
            word.store(1, Ordering::Relaxed);
        }
        self.channel.send_pages(pages, self.bytes)
    }

    fn receive(&mut self) -> Result<()> {
        self.pages = Some(received_pages(&self.channel)?);
        Ok(())
    }
}
