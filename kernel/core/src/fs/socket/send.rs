//! Sending: messages are made without locks, and put into the receiver's queue in one step.

use super::queue::{Message, OVERHEAD};
use super::quota::Charge;
use super::{Kind, Socket, own_credentials, rights};
use crate::fs::node::Waiting;
use crate::fs::open_file::OpenFile;
use crate::process::signal;
use crate::user_memory::UserData;
use abi::Errno;
use abi::signal::Signal;
use abi::socket::PeerCredentials;
use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;

/// The most of a stream that is one message.
const PART: usize = 16_384;

/// What goes with the data.
#[derive(Default)]
pub struct Outgoing {
    /// Where to, if not to the peer.
    pub target: Option<Arc<Socket>>,
    /// Open files.
    pub rights: Vec<Arc<OpenFile>>,
    /// Who sends, if it is said.
    pub sender: Option<PeerCredentials>,
    /// No SIGPIPE.
    pub is_quiet: bool,
}

impl Socket {
    /// Sends data, all of a message or as much as there is room for; returns how many bytes.
    pub fn send(
        &self,
        from: &mut UserData<'_>,
        outgoing: Outgoing,
        waiting: Waiting,
    ) -> Result<usize, Errno> {
        let is_quiet = outgoing.is_quiet;
        let outcome = match self.kind {
            Kind::Stream => self.send_stream(from, outgoing, waiting),
            Kind::Datagram | Kind::Packets => self.send_message(from, outgoing, waiting),
        };
        if outcome == Err(Errno::EPIPE) && self.kind == Kind::Stream && !is_quiet {
            signal::send_to_current(Signal::PIPE);
        }
        outcome
    }

    /// Where what is sent goes, as far as it may.
    fn receiver(&self, target: Option<Arc<Self>>) -> Result<Arc<Self>, Errno> {
        let mut state = self.state.lock();
        if let Some(error) = state.error.take() {
            return Err(error);
        }
        let is_connection = self.kind != Kind::Datagram;
        if is_connection && !state.is_connected {
            return Err(Errno::ENOTCONN);
        }
        if is_connection && self.kind == Kind::Stream && target.is_some() {
            return Err(Errno::EISCONN);
        }
        if state.shut.sending {
            return Err(Errno::EPIPE);
        }
        let was_connected = state.is_connected;
        let peer = state.peer.clone();
        drop(state);
        if !is_connection && let Some(target) = target {
            if target.kind != self.kind {
                return Err(Errno::EPROTOTYPE);
            }
            return Ok(target);
        }
        match peer.as_ref().and_then(Weak::upgrade) {
            Some(peer) => Ok(peer),
            None if is_connection => Err(Errno::EPIPE),
            None if was_connected => Err(Errno::ECONNREFUSED),
            None => Err(Errno::ENOTCONN),
        }
    }

    fn send_stream(
        &self,
        from: &mut UserData<'_>,
        mut outgoing: Outgoing,
        waiting: Waiting,
    ) -> Result<usize, Errno> {
        let receiver = self.receiver(outgoing.target.take())?;
        let _turn = rights::Turn::for_rights(&outgoing.rights)?;
        rights::check(&outgoing.rights, &receiver)?;
        let mut done = 0;
        while from.remaining() > 0 {
            let step = self
                .message(from, &mut outgoing, PART)
                .and_then(|message| self.deliver_stream(&receiver, message, waiting));
            match step {
                Ok((count, is_all)) => {
                    done += count;
                    if !is_all {
                        break;
                    }
                }
                Err(error) if done == 0 => return Err(error),
                Err(_) => break,
            }
        }
        Ok(done)
    }

    fn send_message(
        &self,
        from: &mut UserData<'_>,
        mut outgoing: Outgoing,
        waiting: Waiting,
    ) -> Result<usize, Errno> {
        let length = from.remaining();
        if length > self.limits().0 - OVERHEAD {
            return Err(Errno::EMSGSIZE);
        }
        let receiver = self.receiver(outgoing.target.take())?;
        if self.kind == Kind::Datagram && !receiver.accepts_from(self) {
            return Err(Errno::EPERM);
        }
        let _turn = rights::Turn::for_rights(&outgoing.rights)?;
        rights::check(&outgoing.rights, &receiver)?;
        let message = self.message(from, &mut outgoing, usize::MAX)?;
        if message.bytes.len() < length {
            return Err(Errno::EFAULT);
        }
        let mut message = Some(message);
        let outcome = waiting.attempt(&receiver.room, || {
            if let Err(error) = self.check_open(&receiver) {
                return Some(Err(error));
            }
            let mut state = receiver.state.lock();
            let size = message.as_ref().map_or(0, |message| message.bytes.len() + OVERHEAD);
            if !state.queue.is_empty() && state.queue.size() + size > state.receive_limit {
                return None;
            }
            Some(message.take().map_or(Ok(()), |message| {
                state.queue.push(message);
                Ok(())
            }))
        });
        outcome??;
        receiver.data.wake_one();
        Ok(length)
    }

    /// A message of the next bytes of the data; the first one takes the descriptors along.
    fn message(
        &self,
        from: &mut UserData<'_>,
        outgoing: &mut Outgoing,
        limit: usize,
    ) -> Result<Message, Errno> {
        let length = from.remaining().min(limit);
        let mut bytes = Vec::new();
        let own = own_credentials();
        // Charged first, so that the memory is there when it is asked for.
        let charge = Charge::new(own.uid, length + OVERHEAD, outgoing.rights.len())?;
        bytes.try_reserve_exact(length).map_err(|_| Errno::ENOMEM)?;
        bytes.resize(length, 0);
        let taken = if length == 0 { 0 } else { from.take(&mut bytes)? };
        bytes.truncate(taken);
        Ok(Message {
            bytes,
            taken: 0,
            rights: core::mem::take(&mut outgoing.rights),
            sender: outgoing.sender.unwrap_or(own),
            from: self.state.lock().name.clone(),
            charges: alloc::vec![charge],
        })
    }

    /// Puts a stream's bytes into the receiver's queue, as room comes about; returns how many of
    /// them went in, and whether those are all.
    fn deliver_stream(
        &self,
        receiver: &Arc<Self>,
        message: Message,
        waiting: Waiting,
    ) -> Result<(usize, bool), Errno> {
        let mut rest = Some(message);
        let mut done = 0;
        while rest.is_some() {
            let outcome = waiting.attempt(&receiver.room, || {
                Some(self.check_open(receiver).map(|()| receiver.take_in(&mut rest)))
                    .filter(|outcome| *outcome != Ok(0))
            });
            match outcome.flatten() {
                Ok(count) => {
                    done += count;
                    receiver.data.wake_one();
                }
                Err(error) if done == 0 => return Err(error),
                Err(_) => return Ok((done, false)),
            }
        }
        Ok((done, true))
    }

    /// Takes as much of a stream's message as there is room for.
    fn take_in(&self, message: &mut Option<Message>) -> usize {
        let mut state = self.state.lock();
        let room = state.receive_limit.saturating_sub(state.queue.size() + OVERHEAD);
        let Some(whole) = message else { return 0 };
        if room == 0 {
            return 0;
        }
        let rest = if whole.bytes.len() > room { whole.bytes.split_off(room) } else { Vec::new() };
        let count = whole.bytes.len();
        let follower = (!rest.is_empty()).then(|| Message {
            bytes: rest,
            taken: 0,
            rights: Vec::new(),
            sender: whole.sender,
            from: None,
            // The charge stays with what goes in first, which is received first.
            charges: Vec::new(),
        });
        if let Some(first) = core::mem::replace(message, follower) {
            state.queue.push_stream(first);
        }
        count
    }

    /// Whether this socket may still send, and the other one still receives.
    fn check_open(&self, receiver: &Arc<Self>) -> Result<(), Errno> {
        if self.state.lock().shut.sending {
            return Err(Errno::EPIPE);
        }
        let state = receiver.state.lock();
        if state.is_closed {
            return Err(if self.kind == Kind::Datagram {
                Errno::ECONNREFUSED
            } else {
                Errno::EPIPE
            });
        }
        if state.shut.receiving { Err(Errno::EPIPE) } else { Ok(()) }
    }

    /// Whether a send would find room; if not, the receiver tells this socket when there is some.
    pub(super) fn finds_room(&self) -> bool {
        let Some(peer) = self.peer() else { return true };
        let mut state = peer.state.lock();
        let has_room = state.is_closed || state.queue.size() * 4 <= state.receive_limit * 3;
        if !has_room && !state.senders.iter().any(|sender| Weak::ptr_eq(sender, &self.itself)) {
            state.senders.push(self.itself.clone());
        }
        has_room
    }
}
