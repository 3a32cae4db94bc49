//! Messages that wait to be received.
//!
//! Pure logic. A stream's messages are taken in parts and across their borders, the others whole.
//! What comes with a message is received with its first byte, and no read of a stream goes on behind
//! a message that descriptors came with.

use super::quota::Charge;
use crate::fs::open_file::OpenFile;
use crate::room;
use abi::socket::PeerCredentials;
use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// What a message takes up besides its bytes.
pub const OVERHEAD: usize = 256;
/// Up to this size, a stream's bytes are put behind those that wait.
const JOINED: usize = 4096;

/// A message.
pub struct Message {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// How many of them are received.
    pub taken: usize,
    /// Open files that come with it.
    pub rights: Vec<Arc<OpenFile>>,
    /// Who has sent it.
    pub sender: PeerCredentials,
    /// The sender's address.
    pub from: Option<Box<[u8]>>,
    /// What the sender is charged with.
    pub charges: Vec<Charge>,
}

impl Message {
    fn left(&self) -> &[u8] {
        &self.bytes[self.taken..]
    }

    const fn size(&self) -> usize {
        self.bytes.len() + OVERHEAD
    }
}

/// How far a receiver has come, from the first message on.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Cursor {
    /// Messages that it is done with.
    pub messages: usize,
    /// Bytes of the next one.
    pub bytes: usize,
}

/// Messages in the order of their sending.
#[derive(Default)]
pub struct Queue {
    messages: VecDeque<Message>,
    size: usize,
}

impl Queue {
    /// No messages.
    pub const fn new() -> Self {
        Self { messages: VecDeque::new(), size: 0 }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    /// What the messages take up.
    pub const fn size(&self) -> usize {
        self.size
    }

    /// Bytes that can be received of a stream.
    pub fn bytes(&self) -> usize {
        self.messages.iter().map(|message| message.left().len()).sum()
    }

    /// Bytes of the first message.
    pub fn first_bytes(&self) -> usize {
        self.messages.front().map_or(0, |message| message.left().len())
    }

    /// Adds a message behind the others.
    pub fn push(&mut self, message: Message) {
        self.size += message.size();
        self.messages.push_back(message);
    }

    /// Adds a stream's bytes, with those that wait if they are of the same sender.
    pub fn push_stream(&mut self, mut message: Message) {
        if let Some(last) = self.messages.back_mut()
            && last.rights.is_empty()
            && message.rights.is_empty()
            && last.sender == message.sender
            && last.bytes.len() + message.bytes.len() <= JOINED
        {
            self.size += message.bytes.len();
            last.bytes.append(&mut message.bytes);
            last.charges.append(&mut message.charges);
            return;
        }
        self.push(message);
    }

    /// The message at the cursor.
    pub fn at(&self, cursor: Cursor) -> Option<&Message> {
        self.messages.get(cursor.messages)
    }

    /// Copies bytes of the message at the cursor; returns how many.
    pub fn copy(&self, cursor: Cursor, to: &mut [u8]) -> usize {
        let Some(message) = self.at(cursor) else { return 0 };
        let left = &message.left()[cursor.bytes..];
        let count = left.len().min(to.len());
        to[..count].copy_from_slice(&left[..count]);
        count
    }

    /// Goes on by bytes of the message at the cursor.
    pub fn advance(&self, cursor: Cursor, count: usize) -> Cursor {
        let bytes = cursor.bytes + count;
        match self.at(cursor) {
            Some(message) if bytes >= message.left().len() => {
                Cursor { messages: cursor.messages + 1, bytes: 0 }
            }
            _ => Cursor { bytes, ..cursor },
        }
    }

    /// The open files that come with what lies before the cursor.
    pub fn rights_before(&self, cursor: Cursor) -> Vec<Arc<OpenFile>> {
        let touched = cursor.messages + usize::from(cursor.bytes > 0);
        let messages = self.messages.iter().take(touched);
        messages.flat_map(|message| message.rights.iter().cloned()).collect()
    }

    /// Takes out what lies before the cursor; the caller drops it without locks.
    pub fn consume(&mut self, cursor: Cursor) -> (Vec<Message>, Vec<Arc<OpenFile>>) {
        let done: Vec<_> = self.messages.drain(..cursor.messages).collect();
        self.size -= done.iter().map(Message::size).sum::<usize>();
        let mut rights = Vec::new();
        if cursor.bytes > 0
            && let Some(message) = self.messages.front_mut()
        {
            message.taken += cursor.bytes;
            rights = core::mem::take(&mut message.rights);
        }
        room::give_back_queue(&mut self.messages);
        (done, rights)
    }

    /// Takes everything out.
    pub fn clear(&mut self) -> VecDeque<Message> {
        self.size = 0;
        core::mem::take(&mut self.messages)
    }

    /// The open files in all messages.
    pub fn rights(&self) -> impl Iterator<Item = &Arc<OpenFile>> {
        self.messages.iter().flat_map(|message| &message.rights)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn message(bytes: &[u8], pid: u32) -> Message {
        let sender = PeerCredentials { pid, ..PeerCredentials::default() };
        let (rights, charges) = (Vec::new(), Vec::new());
        Message { bytes: bytes.to_vec(), taken: 0, rights, sender, from: None, charges }
    }

    /// Receives up to `length` bytes of a stream.
    fn receive(queue: &mut Queue, length: usize) -> Vec<u8> {
        let (mut cursor, mut bytes) = (Cursor::default(), Vec::new());
        while bytes.len() < length {
            let mut part = [0; 3];
            let room = part.len().min(length - bytes.len());
            let count = queue.copy(cursor, &mut part[..room]);
            if count == 0 {
                break;
            }
            bytes.extend_from_slice(&part[..count]);
            cursor = queue.advance(cursor, count);
        }
        queue.consume(cursor);
        bytes
    }

    proptest! {
        #[test]
        fn a_stream_gives_the_bytes_in_their_order_however_they_are_cut(
            steps in prop::collection::vec((any::<bool>(), 1..40_usize, 0..3_u32), 1..80),
        ) {
            let (mut queue, mut model) = (Queue::new(), VecDeque::new());
            let mut next = 0_u8;
            for (sends, length, pid) in steps {
                if sends {
                    let bytes: Vec<u8> = (0..length).map(|index| next.wrapping_add(index as u8)).collect();
                    next = next.wrapping_add(length as u8);
                    model.extend(bytes.iter().copied());
                    queue.push_stream(message(&bytes, pid));
                } else {
                    let received = receive(&mut queue, length);
                    let expected: Vec<u8> = model.drain(..length.min(model.len())).collect();
                    prop_assert_eq!(received, expected);
                }
                prop_assert_eq!(queue.bytes(), model.len());
            }
            queue.clear();
            prop_assert_eq!(queue.size(), 0);
        }
    }

    #[test]
    fn small_writes_of_one_sender_take_the_room_of_one_message() {
        let mut queue = Queue::new();
        for _ in 0..100 {
            queue.push_stream(message(b"x", 1));
        }
        assert_eq!(queue.size(), 100 + OVERHEAD);
        queue.push_stream(message(b"x", 2));
        assert_eq!(queue.size(), 101 + 2 * OVERHEAD);
    }
}
