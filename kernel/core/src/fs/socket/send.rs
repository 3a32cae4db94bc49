//! Sending: bytes of a stream under the receiver's lock, messages made without locks and put into
//! the receiver's queue in one step.

use super::queue::Message;
use super::quota::{self, Account, Charge};
use super::stream::{Envelope, OVERHEAD};
use super::{Kind, Socket, own_credentials, rights};
use crate::fs::node::Waiting;
use crate::fs::open_file::OpenFile;
use crate::process::signal;
use crate::sched;
use crate::user_memory::UserData;
use abi::Errno;
use abi::signal::Signal;
use abi::socket::PeerCredentials;
use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;

/// The most of a stream that is copied in one go.
const PART: usize = 65_536;
/// The room for which a stream waits at least, if it has as much to send.
const PIECE: usize = 4096;

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

/// One call that sends on a stream.
struct Sending<'a> {
    receiver: &'a Socket,
    envelope: Envelope,
    account: Arc<Account>,
    waiting: Waiting,
}

/// What a sender got rid of in one step.
enum Put {
    /// These bytes.
    Bytes(usize),
    /// None: a page of the sender's is missing.
    Missing,
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
        let waiting = self.waiting_to_send(waiting);
        let outcome = match self.kind {
            Kind::Stream => self.send_stream(from, outgoing, waiting),
            Kind::Datagram | Kind::Packets => self.send_message(from, outgoing, waiting),
        };
        if outcome == Err(Errno::EPIPE) && self.kind == Kind::Stream && !is_quiet {
            signal::send_to_current(Signal::PIPE);
        }
        outcome
    }

    /// Where what is sent goes, as far as it may, and whose account it is charged to.
    fn receiver(
        &self,
        target: Option<Arc<Self>>,
        uid: u32,
    ) -> Result<(Arc<Self>, Arc<Account>), Errno> {
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
        let account = match &state.account {
            Some(account) if account.uid() == uid => account.clone(),
            _ => state.account.insert(quota::account(uid)).clone(),
        };
        let was_connected = state.is_connected;
        let peer = state.peer.as_ref().and_then(Weak::upgrade);
        drop(state);
        if !is_connection && let Some(target) = target {
            if target.kind != self.kind {
                return Err(Errno::EPROTOTYPE);
            }
            return Ok((target, account));
        }
        match peer {
            Some(peer) => Ok((peer, account)),
            None if is_connection => Err(Errno::EPIPE),
            None if was_connected => Err(Errno::ECONNREFUSED),
            None => Err(Errno::ENOTCONN),
        }
    }

    fn send_stream(
        &self,
        from: &mut UserData<'_>,
        outgoing: Outgoing,
        waiting: Waiting,
    ) -> Result<usize, Errno> {
        let own = own_credentials();
        let (receiver, account) = self.receiver(outgoing.target, own.uid)?;
        let _turn = rights::admit(&outgoing.rights, &receiver)?;
        let sender = outgoing.sender.unwrap_or(own);
        let envelope = Envelope { sender, rights: outgoing.rights };
        Sending { receiver: &receiver, envelope, account, waiting }.all(from)
    }

    fn send_message(
        &self,
        from: &mut UserData<'_>,
        outgoing: Outgoing,
        waiting: Waiting,
    ) -> Result<usize, Errno> {
        let length = from.remaining();
        if length > self.limits().0 - OVERHEAD {
            return Err(Errno::EMSGSIZE);
        }
        let own = own_credentials();
        let (receiver, account) = self.receiver(outgoing.target, own.uid)?;
        if self.kind == Kind::Datagram && !receiver.accepts_from(self) {
            return Err(Errno::EPERM);
        }
        let _turn = rights::admit(&outgoing.rights, &receiver)?;
        // Charged first, so that the memory is there when it is asked for.
        let charge = Charge::new(&account, length + OVERHEAD, outgoing.rights.len())?;
        let mut message = Some(Message {
            bytes: take_all(from)?,
            rights: outgoing.rights,
            sender: outgoing.sender.unwrap_or(own),
            from: self.state.lock().name.clone(),
            _charge: charge,
        });
        waiting.attempt(&receiver.room, || self.deliver(&receiver, &mut message))??;
        receiver.data.wake_one();
        Ok(length)
    }

    /// Puts a message into the receiver's queue; `None` if it has no room.
    fn deliver(
        &self,
        receiver: &Arc<Self>,
        message: &mut Option<Message>,
    ) -> Option<Result<(), Errno>> {
        if self.state.lock().shut.sending {
            return Some(Err(Errno::EPIPE));
        }
        let mut state = receiver.state.lock();
        if state.is_closed && self.kind == Kind::Datagram {
            return Some(Err(Errno::ECONNREFUSED));
        }
        if state.is_closed || state.shut.receiving {
            return Some(Err(Errno::EPIPE));
        }
        let size = message.as_ref().map_or(0, Message::size);
        if !state.queue.is_empty() && state.queue.size() + size > state.receive_limit {
            return None;
        }
        if let Some(message) = message.take() {
            state.queue.push(message);
        }
        Some(Ok(()))
    }

    /// Whether a send would find room; if not, the receiver tells this socket when there is some.
    pub(super) fn finds_room(&self) -> bool {
        let Some(peer) = self.peer() else { return true };
        let mut state = peer.state.lock();
        let wanted = state.receive_limit.div_ceil(4);
        let has_room = state.is_closed || state.room() >= wanted;
        if !has_room {
            state.awaited_room = state.awaited_room.min(wanted);
            if !state.senders.iter().any(|sender| Weak::ptr_eq(sender, &self.itself)) {
                state.senders.push(self.itself.clone());
            }
        }
        has_room
    }
}

impl Sending<'_> {
    /// Sends everything, or as much as there is room for; returns how many bytes.
    fn all(&mut self, from: &mut UserData<'_>) -> Result<usize, Errno> {
        let mut done = 0;
        while from.remaining() > 0 {
            let (receiver, waiting) = (self.receiver, self.waiting);
            let step = waiting.attempt(&receiver.room, || self.put(from)).flatten();
            let step = step.and_then(|put| match put {
                Put::Bytes(count) => {
                    receiver.data.wake_one();
                    Ok((count, false))
                }
                Put::Missing => {
                    let bytes = take_piece(from)?;
                    let count = self.all(&mut UserData::kernel(&bytes))?;
                    Ok((count, count < bytes.len()))
                }
            });
            match step {
                Ok((count, is_cut)) => {
                    done += count;
                    let is_all = is_cut || from.remaining() == 0;
                    if is_all || sched::rest().is_err() {
                        break;
                    }
                }
                Err(error) if done == 0 => return Err(error),
                Err(_) => break,
            }
        }
        Ok(done)
    }

    /// Copies bytes to the receiver's stream; `None` if there is too little room.
    fn put(&mut self, from: &mut UserData<'_>) -> Option<Result<Put, Errno>> {
        let mut state = self.receiver.state.lock();
        // What this end has shut is shut there.
        if state.is_closed || state.shut.receiving {
            return Some(Err(Errno::EPIPE));
        }
        let (left, room) = (from.remaining(), state.room().saturating_sub(OVERHEAD));
        let least = if self.waiting == Waiting::Allowed { left.min(PIECE) } else { 1 };
        if room < least {
            // Half of it at a time, so that the two ends take turns rarely.
            let awaited = OVERHEAD + left.min(state.receive_limit / 2);
            state.awaited_room = state.awaited_room.min(awaited);
            return None;
        }
        let length = state.stream.reserve(left.min(room).min(PART));
        if length == 0 {
            return Some(Err(Errno::ENOMEM));
        }
        let charge = Charge::new(&self.account, length + OVERHEAD, self.envelope.rights.len());
        Some(charge.map(|charge| {
            match state.stream.push(from, length, &mut self.envelope, charge) {
                Ok(()) => Put::Bytes(length),
                Err(_) => Put::Missing,
            }
        }))
    }
}

/// All of the data, in the kernel's memory.
fn take_all(from: &mut UserData<'_>) -> Result<Vec<u8>, Errno> {
    let length = from.remaining();
    let bytes = take(from, length)?;
    if bytes.len() < length { Err(Errno::EFAULT) } else { Ok(bytes) }
}

/// The next bytes of the data, in the kernel's memory.
fn take_piece(from: &mut UserData<'_>) -> Result<Vec<u8>, Errno> {
    take(from, from.remaining().min(PIECE))
}

fn take(from: &mut UserData<'_>, length: usize) -> Result<Vec<u8>, Errno> {
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(length).map_err(|_| Errno::ENOMEM)?;
    bytes.resize(length, 0);
    let taken = if length == 0 { 0 } else { from.take(&mut bytes)? };
    bytes.truncate(taken);
    Ok(bytes)
}
