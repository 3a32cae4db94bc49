//! Messages that wait to be received, each by itself.

use super::quota::Charge;
use super::stream::OVERHEAD;
use crate::fs::open_file::OpenFile;
use crate::room;
use abi::socket::PeerCredentials;
use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// A message.
pub struct Message {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Open files that come with it.
    pub rights: Vec<Arc<OpenFile>>,
    /// Who has sent it.
    pub sender: PeerCredentials,
    /// The sender's address.
    pub from: Option<Box<[u8]>>,
    /// What the sender is charged with.
    pub _charge: Charge,
}

impl Message {
    /// What it takes up.
    pub const fn size(&self) -> usize {
        self.bytes.len() + OVERHEAD
    }
}

/// Messages in the order of their sending.
#[derive(Default)]
pub struct Queue {
    messages: VecDeque<Message>,
    size: usize,
}

impl Queue {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    /// What the messages take up.
    pub const fn size(&self) -> usize {
        self.size
    }

    /// Bytes of all messages.
    pub fn bytes(&self) -> usize {
        self.messages.iter().map(|message| message.bytes.len()).sum()
    }

    /// The message that is received next.
    pub fn first(&self) -> Option<&Message> {
        self.messages.front()
    }

    /// Adds a message behind the others.
    pub fn push(&mut self, message: Message) {
        self.size += message.size();
        self.messages.push_back(message);
    }

    /// Takes out the first message, which the caller drops without locks.
    pub fn take_first(&mut self) -> Option<Message> {
        let message = self.messages.pop_front()?;
        self.size -= message.size();
        room::give_back_queue(&mut self.messages);
        Some(message)
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
