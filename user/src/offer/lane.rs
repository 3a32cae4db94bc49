//! One direction of a channel: a ring of messages in shared memory, with one writer and one reader.
//!
//! Positions count bytes and never go back. Each side has a bell that the other rings by adding 2;
//! the kernel adds 1 when the other side's process ends, so an odd bell means that nobody is there.
//! Beside each bell stands how many sleep on it, so that who rings calls the kernel only for them.
//!
//! Nothing in the memory is trusted: the other side may be broken, and then messages are, but
//! nothing outside of them.

use crate::atomic::{AtomicU32, Ordering, fence};
use crate::shared::SharedMemory;
use alloc::vec::Vec;

/// Bytes of one lane.
pub const LANE_BYTES: usize = DATA + DATA_BYTES;
/// Bytes for messages: a power of two.
const DATA_BYTES: usize = 64 * 1024;
const DATA: usize = 4096;
const HEADER: usize = 8;

/// Where the words lie, each in a cache line of its own.
const WRITTEN: usize = 0;
const READ: usize = 64;
const DATA_BELL: usize = 128;
const ROOM_BELL: usize = 192;
const CLOSED: usize = 256;
/// From a bell to the number of those who sleep on it.
const SLEEPERS: usize = 4;

/// The longest message that lies in the lane itself.
pub const INLINE_MAX: usize = DATA_BYTES / 2 - HEADER;

/// What a message in the lane is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// The message.
    Inline,
    /// Where pages with the message are offered.
    Pages,
}

/// What the other side is doing.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Peer {
    /// It sleeps, and has to be woken.
    Sleeps,
    /// Something else.
    Runs,
}

impl Peer {
    const fn of(sleeps: bool) -> Self {
        if sleeps { Self::Sleeps } else { Self::Runs }
    }
}

/// A word that one side sleeps on and the other rings.
#[derive(Clone, Copy, Debug)]
pub struct Bell<'a> {
    /// What is slept on.
    pub word: &'a AtomicU32,
    sleepers: &'a AtomicU32,
}

impl Bell<'_> {
    /// Rings it; `true` if somebody sleeps and has to be woken.
    #[must_use = "who sleeps is not woken by this"]
    fn ring(self) -> bool {
        self.word.fetch_add(2, Ordering::Release);
        // Either this sees the sleeper, or the sleeper's kernel sees the bell rung.
        fence(Ordering::SeqCst);
        self.sleepers.load(Ordering::Relaxed) != 0
    }

    /// Calls it, which sleeps if the word is as the caller has seen it.
    pub fn sleep<T>(self, call: impl FnOnce(&AtomicU32) -> T) -> T {
        self.sleepers.fetch_add(1, Ordering::Relaxed);
        fence(Ordering::SeqCst);
        let outcome = call(self.word);
        self.sleepers.fetch_sub(1, Ordering::Relaxed);
        outcome
    }
}

/// What somebody finds who waits for something.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Look<T> {
    /// What is waited for.
    Found(T),
    /// Not that, and nobody rings any more.
    Over,
    /// Not that; it comes after the bell has another value than this.
    Nothing(u32),
}

/// One direction, as either side has it.
#[derive(Clone, Copy, Debug)]
pub struct Lane<'a>(SharedMemory<'a>);

impl<'a> Lane<'a> {
    /// The lane in some memory, which has [`LANE_BYTES`].
    pub fn new(memory: SharedMemory<'a>) -> Option<Self> {
        (memory.len() >= LANE_BYTES && memory.as_atomic_u32(0).is_some()).then_some(Self(memory))
    }

    fn word(&self, offset: usize) -> &'a AtomicU32 {
        self.0.as_atomic_u32(offset).expect("invariant: `new` has checked length and alignment")
    }

    /// Rung when there is a message; the reader sleeps on it.
    pub fn data_bell(&self) -> Bell<'a> {
        self.bell(DATA_BELL)
    }

    /// Rung when there is room; the writer sleeps on it.
    pub fn room_bell(&self) -> Bell<'a> {
        self.bell(ROOM_BELL)
    }

    fn bell(&self, offset: usize) -> Bell<'a> {
        Bell { word: self.word(offset), sleepers: self.word(offset + SLEEPERS) }
    }

    /// Looks for something of which this bell tells. The bell is read first: what comes after the look changes it,
    /// and what came before the lane's end is found.
    pub fn look<T>(&self, bell: Bell<'_>, something: impl FnOnce() -> Option<T>) -> Look<T> {
        let heard = bell.word.load(Ordering::Acquire);
        let is_over = heard % 2 == 1 || self.is_closed();
        match something() {
            Some(value) => Look::Found(value),
            None if is_over => Look::Over,
            None => Look::Nothing(heard),
        }
    }

    /// Whether one side has said that it will use the lane no longer.
    pub fn is_closed(&self) -> bool {
        self.word(CLOSED).load(Ordering::Acquire) != 0
    }

    /// Says so, and rings both bells.
    pub fn close(&self) {
        self.word(CLOSED).store(1, Ordering::Release);
        // Whoever sleeps is woken by the caller, and is not counted.
        let _ = (self.data_bell().ring(), self.room_bell().ring());
    }

    /// Puts a message in, and tells whether the reader sleeps; `None` if there is no room for it
    /// now.
    pub fn push(&self, kind: Kind, message: &[u8]) -> Option<Peer> {
        let needed = HEADER + message.len().next_multiple_of(HEADER);
        let written = self.word(WRITTEN).load(Ordering::Relaxed);
        let used = written.wrapping_sub(self.word(READ).load(Ordering::Acquire)) as usize;
        if message.len() > INLINE_MAX || used + needed > DATA_BYTES {
            return None;
        }
        let mut header = [0; HEADER];
        header[..4].copy_from_slice(&(message.len() as u32).to_le_bytes());
        header[4] = u8::from(kind == Kind::Pages);
        self.put(written, &header);
        self.put(written.wrapping_add(HEADER as u32), message);
        self.word(WRITTEN).store(written.wrapping_add(needed as u32), Ordering::Release);
        Some(Peer::of(self.data_bell().ring()))
    }

    /// Takes the oldest message out, if there is one, and tells whether the writer sleeps.
    pub fn pop(&self) -> Option<(Kind, Vec<u8>, Peer)> {
        let read = self.word(READ).load(Ordering::Relaxed);
        let used = self.word(WRITTEN).load(Ordering::Acquire).wrapping_sub(read) as usize;
        if used < HEADER {
            return None;
        }
        let mut header = [0; HEADER];
        self.0.read(DATA + read as usize % DATA_BYTES, &mut header)?;
        let [a, b, c, d, kind, ..] = header;
        // A length that can't be is cut: what follows is broken, but stays within the lane.
        let length = (u32::from_le_bytes([a, b, c, d]) as usize).min(INLINE_MAX);
        let mut message = Vec::with_capacity(length);
        self.get(read.wrapping_add(HEADER as u32), length, &mut message);
        let taken = HEADER + length.next_multiple_of(HEADER);
        self.word(READ).store(read.wrapping_add(taken as u32), Ordering::Release);
        let kind = if kind == 0 { Kind::Inline } else { Kind::Pages };
        Some((kind, message, Peer::of(self.room_bell().ring())))
    }

    /// Copies bytes in at a position, around the end.
    fn put(&self, position: u32, bytes: &[u8]) {
        let at = position as usize % DATA_BYTES;
        let first = bytes.len().min(DATA_BYTES - at);
        let head = self.0.write(DATA + at, &bytes[..first]);
        let done = head.and(self.0.write(DATA, &bytes[first..]));
        debug_assert!(done.is_some(), "both lie within the lane");
    }

    fn get(&self, position: u32, length: usize, bytes: &mut Vec<u8>) {
        let at = position as usize % DATA_BYTES;
        let first = length.min(DATA_BYTES - at);
        let head = self.0.append_to(bytes, DATA + at, first);
        let done = head.and(self.0.append_to(bytes, DATA, length - first));
        debug_assert!(done.is_some(), "both lie within the lane");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::sync::atomic::AtomicU64;
    use std::vec;

    fn memory() -> Vec<AtomicU64> {
        (0..LANE_BYTES / 8).map(|_| AtomicU64::new(0)).collect()
    }

    #[test]
    fn messages_come_out_as_they_went_in_around_the_end_many_times() {
        let words = memory();
        let lane = Lane::new(SharedMemory::of_words(&words)).unwrap();
        let message = |number: usize| vec![number as u8; number * 37 % (INLINE_MAX + 1)];
        let (mut sent, mut received) = (0, 0);
        while received < 2000 {
            while lane.push(Kind::Inline, &message(sent)).is_some() {
                sent += 1;
            }
            assert!(sent > received, "an empty lane has room for any message");
            while let Some(found) = lane.pop() {
                assert_eq!(found, (Kind::Inline, message(received), Peer::Runs));
                received += 1;
            }
        }
    }

    #[test]
    fn what_is_too_long_has_no_room_and_an_empty_lane_has_no_message() {
        let words = memory();
        let lane = Lane::new(SharedMemory::of_words(&words)).unwrap();
        assert_eq!(lane.pop(), None);
        assert_eq!(lane.push(Kind::Inline, &vec![0; INLINE_MAX + 1]), None);
        assert_eq!(lane.push(Kind::Pages, &[7; 8]), Some(Peer::Runs));
        assert_eq!(lane.data_bell().word.load(Ordering::Relaxed), 2);
        assert_eq!(lane.pop(), Some((Kind::Pages, vec![7; 8], Peer::Runs)));
        assert_eq!(lane.room_bell().word.load(Ordering::Relaxed), 2);
        assert!(Lane::new(SharedMemory::of_words(&words[1..])).is_none());
    }

    #[test]
    fn a_peer_that_sleeps_is_told_of_for_as_long_as_it_does() {
        let words = memory();
        let lane = Lane::new(SharedMemory::of_words(&words)).unwrap();
        let pushed = lane.data_bell().sleep(|_| lane.push(Kind::Inline, &[1]));
        assert_eq!(pushed, Some(Peer::Sleeps));
        assert_eq!(lane.push(Kind::Inline, &[2]), Some(Peer::Runs));
        let popped = lane.room_bell().sleep(|_| lane.pop());
        assert_eq!(popped, Some((Kind::Inline, vec![1], Peer::Sleeps)));
        assert_eq!(lane.pop(), Some((Kind::Inline, vec![2], Peer::Runs)));
    }

    #[test]
    fn a_broken_writer_gives_broken_messages_and_no_more() {
        let words = memory();
        words.iter().for_each(|word| word.store(u64::MAX, Ordering::Relaxed));
        let lane = Lane::new(SharedMemory::of_words(&words)).unwrap();
        words[0].store(16, Ordering::Relaxed);
        words[READ / 8].store(0, Ordering::Relaxed);
        assert_eq!(lane.pop().map(|(_, message, _)| message.len()), Some(INLINE_MAX));
        let _ = lane.push(Kind::Inline, &[1; 100]);
        assert!(lane.pop().is_none_or(|(_, message, _)| message.len() <= INLINE_MAX));
    }
}
