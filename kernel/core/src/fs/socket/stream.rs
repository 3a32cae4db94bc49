//! A stream's bytes that wait to be received, and what comes with some of them.
//!
//! The bytes are one queue, whoever has sent them. Beside it stand segments: how many bytes in a row
//! came from one sender, and the descriptors that came with the first of them. So a steady stream is
//! one segment that grows and shrinks. What comes with a segment is received with its first byte,
//! and no read goes on behind a segment that descriptors came with.

use super::quota::Charge;
use crate::fs::byte_queue::{ByteQueue, Copied};
use crate::fs::open_file::OpenFile;
use crate::user_memory::{UserBuffer, UserData};
use abi::socket::PeerCredentials;
use alloc::collections::VecDeque;
use alloc::sync::Arc;
use alloc::vec::Vec;
use arch::user_memory::BadAddress;

/// What a segment takes up besides its bytes.
pub const OVERHEAD: usize = 256;
/// Room for segments that is kept.
const KEPT: usize = 8;

/// Bytes that one sender has sent in a row.
struct Segment {
    length: usize,
    sender: PeerCredentials,
    /// Open files that come with the first of them.
    rights: Vec<Arc<OpenFile>>,
    charge: Charge,
}

/// What goes with bytes.
pub struct Envelope {
    /// Who sends them.
    pub sender: PeerCredentials,
    /// Open files.
    pub rights: Vec<Arc<OpenFile>>,
}

/// How a receiver takes bytes.
#[derive(Clone, Copy, Debug)]
pub struct Taking {
    /// They stay where they are.
    pub peeks: bool,
    /// Only those of one sender.
    pub parts_senders: bool,
    /// Who that is, if the receiver has got bytes already.
    pub sender: Option<PeerCredentials>,
    /// Only those of the first segment.
    pub is_first_only: bool,
}

/// What a receiver got.
#[derive(Clone, Copy, Debug, Default)]
pub struct Portion {
    /// How many bytes.
    pub count: usize,
    /// Whether the receiver's next page has to be brought in first.
    pub is_cut: bool,
    /// Who has sent the first of them.
    pub sender: PeerCredentials,
}

/// Bytes in the order of their sending.
#[derive(Default)]
pub struct Stream {
    bytes: ByteQueue,
    segments: VecDeque<Segment>,
}

impl Stream {
    /// Whether there is nothing to receive.
    pub const fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Bytes that can be received.
    pub const fn len(&self) -> usize {
        self.bytes.len()
    }

    /// What all of it takes up.
    pub fn size(&self) -> usize {
        self.bytes.len() + OVERHEAD * self.segments.len()
    }

    /// Gets memory for more bytes; returns for how many there is some, if not for all.
    pub fn reserve(&mut self, bytes: usize) -> usize {
        if self.segments.try_reserve(1).is_err() { 0 } else { self.bytes.reserve(bytes) }
    }

    /// Copies bytes to the end, all or none, and takes what goes with them if it has; there is
    /// memory for them, and the charge is for them.
    pub fn push(
        &mut self,
        from: &mut UserData<'_>,
        length: usize,
        envelope: &mut Envelope,
        charge: Charge,
    ) -> Result<(), BadAddress> {
        self.bytes.push(from, length)?;
        self.note(length, envelope, charge);
        Ok(())
    }

    /// Copies all of the data to the end, if nothing stands in the way of doing that in one step.
    pub fn push_at_once(
        &mut self,
        from: &UserData<'_>,
        sender: PeerCredentials,
        charge: Charge,
    ) -> Option<()> {
        if self.segments.len() == self.segments.capacity() {
            return None;
        }
        let length = self.bytes.push_at_once(from)?;
        self.note(length, &mut Envelope { sender, rights: Vec::new() }, charge);
        Some(())
    }

    /// Notes what goes with the last bytes, for which there is room.
    fn note(&mut self, length: usize, envelope: &mut Envelope, charge: Charge) {
        if let Some(last) = self.segments.back_mut()
            && last.rights.is_empty()
            && envelope.rights.is_empty()
            && last.sender == envelope.sender
            && last.charge.is_of_the_same(&charge)
        {
            last.length += length;
            last.charge.join(charge);
            return;
        }
        let (sender, rights) = (envelope.sender, core::mem::take(&mut envelope.rights));
        self.segments.push_back(Segment { length, sender, rights, charge });
    }

    /// Copies what there is or is wanted, and takes it out, if it is one segment's that nothing
    /// comes with, and nothing stands in the way of doing that in one step.
    pub fn take_at_once(&mut self, to: &UserBuffer<'_>) -> Option<usize> {
        let is_one = self.segments.len() == 1;
        self.segments.front().filter(|segment| is_one && segment.rights.is_empty())?;
        let count = self.bytes.copy_at_once(to)?;
        self.consume(count);
        Some(count)
    }

    /// Hands the bytes that can be received together to `copy`, by their place and number, and adds
    /// the open files that came with them to `rights`.
    pub fn receive(
        &mut self,
        taking: Taking,
        rights: &mut Vec<Arc<OpenFile>>,
        mut copy: impl FnMut(&ByteQueue, usize, usize) -> Copied,
    ) -> Portion {
        let mut portion = Portion::default();
        let mut sender = taking.sender;
        for (index, segment) in self.segments.iter_mut().enumerate() {
            let is_other = *sender.get_or_insert(segment.sender) != segment.sender;
            if taking.parts_senders && is_other || taking.is_first_only && index > 0 {
                break;
            }
            let copied = copy(&self.bytes, portion.count, segment.length);
            portion.count += copied.count;
            portion.is_cut = copied.is_cut;
            let has_rights = copied.count > 0 && !segment.rights.is_empty();
            if has_rights && taking.peeks {
                rights.extend(segment.rights.iter().cloned());
            } else if has_rights {
                rights.append(&mut segment.rights);
            }
            if has_rights || copied.count < segment.length {
                break;
            }
        }
        portion.sender = sender.unwrap_or_default();
        if !taking.peeks {
            self.consume(portion.count);
        }
        portion
    }

    fn consume(&mut self, count: usize) {
        self.bytes.consume(count);
        let mut left = count;
        while let Some(segment) = self.segments.front_mut() {
            if left < segment.length {
                segment.length -= left;
                segment.charge.give_back(left);
                return;
            }
            left -= segment.length;
            self.segments.pop_front();
        }
        if self.segments.capacity() > KEPT {
            self.segments = VecDeque::new();
        }
    }

    /// Takes everything out, to be dropped without locks.
    pub fn clear(&mut self) -> Self {
        core::mem::take(self)
    }

    /// The open files that wait.
    pub fn rights(&self) -> impl Iterator<Item = &Arc<OpenFile>> {
        self.segments.iter().flat_map(|segment| &segment.rights)
    }
}

#[cfg(test)]
mod tests {
    use super::super::quota;
    use super::*;
    use proptest::prelude::*;

    const ALL: Taking =
        Taking { peeks: false, parts_senders: false, sender: None, is_first_only: false };

    fn push(stream: &mut Stream, bytes: &[u8], pid: u32) {
        let sender = PeerCredentials { pid, ..PeerCredentials::default() };
        let charge = Charge::new(&quota::account(77), bytes.len() + OVERHEAD, 0).unwrap();
        assert_eq!(stream.reserve(bytes.len()), bytes.len());
        let mut envelope = Envelope { sender, rights: Vec::new() };
        stream.push(&mut UserData::kernel(bytes), bytes.len(), &mut envelope, charge).unwrap();
    }

    fn receive(stream: &mut Stream, length: usize, taking: Taking) -> Vec<u8> {
        let mut bytes = vec![0; length];
        let mut to = UserBuffer::kernel(&mut bytes);
        let mut rights = Vec::new();
        let copy = |queue: &ByteQueue, at, limit| queue.copy(at, limit, &mut to);
        let portion = stream.receive(taking, &mut rights, copy);
        bytes.truncate(portion.count);
        bytes
    }

    proptest! {
        #[test]
        fn a_stream_gives_the_bytes_in_their_order_however_they_are_cut(
            steps in prop::collection::vec((any::<bool>(), 1..40_usize, 0..3_u32), 1..80),
        ) {
            let (mut stream, mut model) = (Stream::default(), VecDeque::new());
            let mut next = 0_u8;
            for (sends, length, pid) in steps {
                if sends {
                    let bytes: Vec<u8> = (0..length).map(|index| next.wrapping_add(index as u8)).collect();
                    next = next.wrapping_add(length as u8);
                    model.extend(bytes.iter().copied());
                    push(&mut stream, &bytes, pid);
                } else {
                    let peeked = receive(&mut stream, length, Taking { peeks: true, ..ALL });
                    let received = receive(&mut stream, length, ALL);
                    let expected: Vec<u8> = model.drain(..length.min(model.len())).collect();
                    prop_assert_eq!(&received, &expected);
                    prop_assert_eq!(peeked, expected);
                }
                prop_assert_eq!(stream.len(), model.len());
            }
            drop(stream.clear());
            prop_assert_eq!(stream.size(), 0);
        }
    }

    #[test]
    fn small_writes_of_one_sender_take_the_room_of_one_message() {
        let mut stream = Stream::default();
        for _ in 0..100 {
            push(&mut stream, b"x", 1);
        }
        assert_eq!(stream.size(), 100 + OVERHEAD);
        push(&mut stream, b"x", 2);
        assert_eq!(stream.size(), 101 + 2 * OVERHEAD);
        let one = Taking { parts_senders: true, ..ALL };
        assert_eq!(receive(&mut stream, 200, one).len(), 100, "the first sender's");
    }

    #[test]
    fn what_is_received_is_charged_to_nobody() {
        let account = quota::account(78);
        let mut stream = Stream::default();
        let sender = PeerCredentials::default();
        for _ in 0..2 {
            let charge = Charge::new(&account, 10 + OVERHEAD, 0).unwrap();
            let mut envelope = Envelope { sender, rights: Vec::new() };
            stream.reserve(10);
            stream.push(&mut UserData::kernel(&[1; 10]), 10, &mut envelope, charge).unwrap();
        }
        assert_eq!(account.bytes(), 20 + OVERHEAD);
        receive(&mut stream, 5, ALL);
        assert_eq!(account.bytes(), 15 + OVERHEAD);
        receive(&mut stream, 50, ALL);
        assert_eq!(account.bytes(), 0);
    }
}
