//! Receiving: bytes of a stream under the socket's lock, messages one at a time.

use super::stream::{Portion, Taking};
use super::{Kind, Socket, State};
use crate::fs::byte_queue::{ByteQueue, Copied};
use crate::fs::node::Waiting;
use crate::fs::open_file::OpenFile;
use crate::sched;
use crate::sync::Guard;
use crate::user_memory::UserBuffer;
use abi::Errno;
use abi::socket::PeerCredentials;
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// What is copied of a message at a time.
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

impl Received {
    fn add(&mut self, portion: Portion) {
        if portion.count > 0 {
            self.sender = portion.sender;
        }
        self.count += portion.count;
        self.length = self.count;
    }
}

/// The right to receive a message, given back when it is dropped.
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
        let mut received = Received::default();
        self.receive_into(&mut received, to, options, waiting)?;
        Ok(received)
    }

    /// The same, with a place for what is received that nothing has been received to.
    pub(super) fn receive_into(
        &self,
        received: &mut Received,
        to: &mut UserBuffer<'_>,
        options: Options,
        waiting: Waiting,
    ) -> Result<(), Errno> {
        let waiting = self.waiting_to_receive(waiting);
        if self.kind == Kind::Stream {
            return self.receive_stream(received, to, options, waiting);
        }
        if self.kind == Kind::Packets && !self.state.lock().is_connected {
            return Err(Errno::ENOTCONN);
        }
        match self.claim(waiting)? {
            Some(_claim) => self.receive_message(received, to, options),
            None => Ok(()),
        }
    }

    fn receive_stream(
        &self,
        received: &mut Received,
        to: &mut UserBuffer<'_>,
        options: Options,
        waiting: Waiting,
    ) -> Result<(), Errno> {
        let fills = options.fills && !options.peeks;
        let start = to.place();
        loop {
            // Behind the first byte only a call waits that wants all.
            let wait = if received.count == 0 || fills { waiting } else { Waiting::Refused };
            let step = wait.attempt(&self.data, || self.take(received, to, options)).flatten();
            let (is_over, is_cut) = match step {
                Ok(portion) => {
                    let state = (portion.count == 0 || !fills, portion.is_cut);
                    received.add(portion);
                    state
                }
                Err(error) if received.count == 0 => return Err(error),
                Err(_) => return Ok(()),
            };
            if is_cut {
                match self.take_to_missing(received, to, options) {
                    Ok(Some(portion)) => received.add(portion),
                    Ok(None) => {
                        // A peek begins again, with the page that it lacked.
                        to.go_back(start);
                        *received = Received::default();
                    }
                    Err(_) if received.count > 0 => return Ok(()),
                    Err(error) => {
                        self.data.pass_on();
                        return Err(error);
                    }
                }
            } else if is_over || !received.rights.is_empty() {
                return Ok(());
            }
            if to.remaining() == 0 || sched::rest().is_err() {
                return Ok(());
            }
        }
    }

    /// Takes what a stream has; nothing at its end, `None` if it has nothing yet.
    fn take(
        &self,
        received: &mut Received,
        to: &mut UserBuffer<'_>,
        options: Options,
    ) -> Option<Result<Portion, Errno>> {
        let mut state = self.state.lock();
        if state.stream.is_empty() {
            if !state.is_connected {
                return Some(Err(Errno::EINVAL));
            }
            if let Some(error) = state.error.take() {
                return Some(Err(error));
            }
            return state.shut.receiving.then(|| Ok(Portion::default()));
        }
        let taking = state.taking(options, received);
        let copy = |bytes: &ByteQueue, at, limit| bytes.copy(at, limit, to);
        let portion = state.stream.receive(taking, &mut received.rights, copy);
        self.have_taken(state);
        Some(Ok(portion))
    }

    /// Takes what fits in the receiver's next page, which is held meanwhile; a peek only has it
    /// brought in.
    fn take_to_missing(
        &self,
        received: &mut Received,
        to: &mut UserBuffer<'_>,
        options: Options,
    ) -> Result<Option<Portion>, Errno> {
        let Some(held) = to.hold()? else { return Ok(None) };
        if options.peeks {
            return Ok(None);
        }
        let mut state = self.state.lock();
        let taking = Taking { is_first_only: true, ..state.taking(options, received) };
        let copy = |bytes: &ByteQueue, at, limit| Copied {
            count: bytes.copy_to_held(at, limit, &held),
            is_cut: false,
        };
        let portion = state.stream.receive(taking, &mut received.rights, copy);
        self.have_taken(state);
        to.skip(portion.count);
        Ok(Some(portion))
    }

    /// Wakes whom it helps that bytes were taken.
    pub(super) fn have_taken(&self, mut state: Guard<'_, State>) {
        let is_rest = !state.stream.is_empty();
        let is_awaited = state.room() >= state.awaited_room;
        if is_awaited {
            state.awaited_room = usize::MAX;
        }
        drop(state);
        if is_awaited {
            self.tell_senders();
        }
        if is_rest {
            self.data.pass_on();
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

    fn receive_message(
        &self,
        received: &mut Received,
        to: &mut UserBuffer<'_>,
        options: Options,
    ) -> Result<(), Errno> {
        received.is_message = true;
        let state = self.state.lock();
        if let Some(message) = state.queue.first() {
            received.length = message.bytes.len();
            received.sender = message.sender;
            received.from = Some(message.from.clone().unwrap_or_default());
        }
        drop(state);
        while to.remaining() > 0 && received.count < received.length {
            let mut part = [0; PART];
            let room = to.contiguous().min(PART).min(received.length - received.count);
            let state = self.state.lock();
            // The claim keeps it there.
            let Some(message) = state.queue.first() else { break };
            part[..room].copy_from_slice(&message.bytes[received.count..received.count + room]);
            drop(state);
            to.put(&part[..room])?;
            received.count += room;
        }
        let mut state = self.state.lock();
        if options.peeks {
            received.rights = state.queue.first().map_or_else(Vec::new, |it| it.rights.clone());
            return Ok(());
        }
        // What the receiver had no room for goes with it.
        let message = state.queue.take_first();
        drop(state);
        if let Some(message) = message {
            received.rights = message.rights;
        }
        self.tell_senders();
        Ok(())
    }
}

impl State {
    /// How a call takes bytes of the stream that has got some before.
    fn taking(&self, options: Options, before: &Received) -> Taking {
        Taking {
            peeks: options.peeks,
            parts_senders: self.passes_credentials,
            sender: (before.count > 0).then_some(before.sender),
            // It goes on with what its descriptors came with, and not behind that.
            is_first_only: !before.rights.is_empty(),
        }
    }
}
