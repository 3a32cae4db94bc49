//! Receiving: one at a time copies out of the queue, and takes out only what has arrived.

use super::queue::Cursor;
use super::{Kind, Socket};
use crate::fs::node::Waiting;
use crate::fs::open_file::OpenFile;
use crate::user_memory::UserBuffer;
use abi::Errno;
use abi::socket::PeerCredentials;
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// What is copied at a time.
const PART: usize = 512;

/// How a call wants to receive.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Options {
    /// Leave everything where it is.
    pub peeks: bool,
    /// Wait until the buffer is full.
    pub fills: bool,
}

/// What was received.
#[derive(Default)]
pub struct Received {
    /// Bytes that were copied.
    pub count: usize,
    /// Bytes that the message had.
    pub length: usize,
    /// Whether it was a message by itself.
    pub is_message: bool,
    /// Open files that came with it.
    pub rights: Vec<Arc<OpenFile>>,
    /// Who has sent it.
    pub sender: PeerCredentials,
    /// The sender's address.
    pub from: Option<Box<[u8]>>,
}

/// The right to receive, given back when it is dropped.
struct Claim<'a>(&'a Socket);

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        self.0.state.lock().is_claimed = false;
        self.0.data.pass_on();
    }
}

impl Socket {
    /// Receives a message, or bytes of a stream; nothing at the end.
    pub fn receive(
        &self,
        to: &mut UserBuffer<'_>,
        options: Options,
        waiting: Waiting,
    ) -> Result<Received, Errno> {
        self.check_connected()?;
        let Some(claim) = self.claim(waiting)? else { return Ok(Received::default()) };
        if self.kind != Kind::Stream {
            return self.receive_message(to, options);
        }
        let mut received = self.receive_stream(to, options)?;
        drop(claim);
        while options.fills && !options.peeks && to.remaining() > 0 && received.rights.is_empty() {
            let next = self.claim(waiting).and_then(|claim| match claim {
                Some(_claim) => self.receive_stream(to, options),
                None => Ok(Received::default()),
            });
            match next {
                Ok(next) if next.count > 0 => {
                    received.count += next.count;
                    received.rights = next.rights;
                }
                _ => break,
            }
        }
        Ok(received)
    }

    fn check_connected(&self) -> Result<(), Errno> {
        let is_connected = self.state.lock().is_connected;
        match self.kind {
            Kind::Stream if !is_connected => Err(Errno::EINVAL),
            Kind::Packets if !is_connected => Err(Errno::ENOTCONN),
            _ => Ok(()),
        }
    }

    fn claim(&self, waiting: Waiting) -> Result<Option<Claim<'_>>, Errno> {
        waiting.attempt(&self.data, || {
            let mut state = self.state.lock();
            if state.is_claimed {
                return None;
            }
            if !state.queue.is_empty() {
                state.is_claimed = true;
                return Some(Ok(Some(Claim(self))));
            }
            if let Some(error) = state.error.take() {
                return Some(Err(error));
            }
            state.shut.receiving.then_some(Ok(None))
        })?
    }

    fn receive_stream(&self, to: &mut UserBuffer<'_>, options: Options) -> Result<Received, Errno> {
        let mut received = Received::default();
        let mut cursor = Cursor::default();
        while to.remaining() > 0 {
            let mut part = [0; PART];
            let room = to.contiguous().min(PART);
            let state = self.state.lock();
            let Some(message) = state.queue.at(cursor) else { break };
            let is_first = cursor == Cursor::default();
            if is_first {
                received.sender = message.sender;
            } else if state.passes_credentials && message.sender != received.sender {
                break;
            }
            let has_rights = !message.rights.is_empty();
            let copied = state.queue.copy(cursor, &mut part[..room]);
            drop(state);
            match to.put(&part[..copied]) {
                Ok(_) => {}
                Err(error) if is_first => return Err(error),
                Err(_) => break,
            }
            received.count += copied;
            let before = cursor.messages;
            cursor = self.state.lock().queue.advance(cursor, copied);
            if has_rights && cursor.messages > before {
                break;
            }
        }
        received.length = received.count;
        self.take_out(cursor, options, &mut received);
        Ok(received)
    }

    fn receive_message(
        &self,
        to: &mut UserBuffer<'_>,
        options: Options,
    ) -> Result<Received, Errno> {
        let state = self.state.lock();
        let mut received = Received { length: state.queue.first_bytes(), ..Received::default() };
        if let Some(message) = state.queue.at(Cursor::default()) {
            received.sender = message.sender;
            received.from = Some(message.from.clone().unwrap_or_default());
        }
        drop(state);
        received.is_message = true;
        while to.remaining() > 0 && received.count < received.length {
            let mut part = [0; PART];
            let room = to.contiguous().min(PART);
            let cursor = Cursor { messages: 0, bytes: received.count };
            let copied = self.state.lock().queue.copy(cursor, &mut part[..room]);
            to.put(&part[..copied])?;
            received.count += copied;
        }
        // The rest of a message goes with it.
        self.take_out(Cursor { messages: 1, bytes: 0 }, options, &mut received);
        Ok(received)
    }

    /// Takes what lies before the cursor out of the queue, or leaves it; with the descriptors.
    fn take_out(&self, cursor: Cursor, options: Options, received: &mut Received) {
        let mut state = self.state.lock();
        if options.peeks {
            received.rights = state.queue.rights_before(cursor);
            return;
        }
        let (mut messages, rights) = state.queue.consume(cursor);
        drop(state);
        for message in &mut messages {
            received.rights.append(&mut message.rights);
        }
        received.rights.extend(rights);
        drop(messages);
        self.tell_senders();
    }
}
