//! Messages of the property interface: a list of tags that the firmware answers in place.
//!
//! Words: total bytes, code, then for each tag its number, the bytes of its value buffer, its request or response
//! word, and the value; a zero ends the list. An answered tag has bit 31 of its response word set, with the bytes of
//! the answer below. The code alone does not tell: it says success also when a tag is unknown.

use tock_registers::interfaces::{Readable, Writeable};
use tock_registers::registers::ReadWrite;

use super::{Mailbox, MailboxError, MailboxHost};
use crate::mmio::Mmio;

/// The words of a message buffer: a page, so that it holds a command line.
const BUFFER_WORDS: usize = 1024;
const SIZE_WORD: usize = 0;
pub(super) const CODE_WORD: usize = 1;
const FIRST_TAG_WORD: usize = 2;
const TAG_HEADER_WORDS: usize = 3;
const REQUEST: u32 = 0;
const ANSWERED: u32 = 1 << 31;

/// The memory of a message, accessed word by word since the firmware changes it.
///
/// Aligned to cache lines, so that no neighbour's line is written over the firmware's answer.
#[repr(C, align(64))]
pub struct MessageBuffer {
    pub(super) words: [ReadWrite<u32>; BUFFER_WORDS],
}

/// A message that is being written.
#[must_use = "a message does nothing until it is sent"]
pub struct Message<'m, H> {
    mailbox: &'m mut Mailbox<H>,
    /// The tags added to the message, which take the buffer up to here.
    end: usize,
    buffer_ready: bool,
}

/// Where the answer to a tag will be.
#[derive(Clone, Copy, Debug)]
pub struct Slot {
    tag: u32,
    value: usize,
    value_words: usize,
}

/// The firmware's answer to a message.
pub struct Answers<'m> {
    buffer: &'m Mmio<MessageBuffer>,
}

impl<'m, H: MailboxHost> Message<'m, H> {
    pub(super) fn new(mailbox: &'m mut Mailbox<H>) -> Self {
        Self { mailbox, end: FIRST_TAG_WORD, buffer_ready: false }
    }

    /// Adds a tag with its request and room for an answer of `answer_words`.
    pub fn tag(
        &mut self,
        tag: u32,
        request: &[u32],
        answer_words: usize,
    ) -> Result<Slot, MailboxError> {
        let value_words = answer_words.max(request.len());
        let value = self.end + TAG_HEADER_WORDS;
        // One word stays for the zero that ends the list.
        if value_words >= BUFFER_WORDS - value.min(BUFFER_WORDS) {
            return Err(MailboxError::MessageFull(tag));
        }
        self.prepare_buffer()?;
        let padding = core::iter::repeat_n(0, value_words - request.len());
        let header = [tag, bytes(value_words), REQUEST];
        for word in header.into_iter().chain(request.iter().copied()).chain(padding) {
            self.push(word);
        }
        Ok(Slot { tag, value, value_words })
    }

    /// Sends the message and waits for the answer.
    pub fn send(mut self) -> Result<Answers<'m>, MailboxError> {
        self.finish()?;
        self.mailbox.exchange()?;
        Ok(Answers { buffer: &self.mailbox.buffer })
    }

    /// Sends the message, whose answer is for nobody: the next message waits until it has come.
    pub fn post(mut self) -> Result<(), MailboxError> {
        self.finish()?;
        self.mailbox.hand_over()
    }

    fn finish(&mut self) -> Result<(), MailboxError> {
        self.prepare_buffer()?;
        self.push(0);
        let words = &self.mailbox.buffer.words;
        words[SIZE_WORD].set(bytes(self.end));
        words[CODE_WORD].set(REQUEST);
        Ok(())
    }

    fn prepare_buffer(&mut self) -> Result<(), MailboxError> {
        if !self.buffer_ready {
            self.mailbox.reclaim_buffer()?;
            self.buffer_ready = true;
        }
        Ok(())
    }

    fn push(&mut self, word: u32) {
        self.mailbox.buffer.words[self.end].set(word);
        self.end += 1;
    }
}

impl Answers<'_> {
    /// The first `N` words of the answer to a tag.
    pub fn words<const N: usize>(&self, slot: Slot) -> Result<[u32; N], MailboxError> {
        if self.answered_bytes(slot)? < N * 4 || N > slot.value_words {
            return Err(MailboxError::Unanswered(slot.tag));
        }
        Ok(core::array::from_fn(|index| self.buffer.words[slot.value + index].get()))
    }

    /// Copies an answer of any length to the start of `into`, and returns its length.
    pub fn bytes(&self, slot: Slot, into: &mut [u8]) -> Result<usize, MailboxError> {
        let len = self.answered_bytes(slot)?;
        if len > into.len().min(slot.value_words * 4) {
            return Err(MailboxError::TooLong { tag: slot.tag, len });
        }
        for (index, byte) in into[..len].iter_mut().enumerate() {
            let word = self.buffer.words[slot.value + index / 4].get();
            *byte = word.to_le_bytes()[index % 4];
        }
        Ok(len)
    }

    fn answered_bytes(&self, slot: Slot) -> Result<usize, MailboxError> {
        let response = self.buffer.words[slot.value - 1].get();
        if response & ANSWERED == 0 {
            return Err(MailboxError::Unanswered(slot.tag));
        }
        Ok((response & !ANSWERED) as usize)
    }
}

fn bytes(words: usize) -> u32 {
    (words * 4) as u32
}
