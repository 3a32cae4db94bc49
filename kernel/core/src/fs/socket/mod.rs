//! Sockets within the machine (`AF_UNIX`): streams, messages, and messages in connections.
//!
//! A socket has what it is to receive: bytes of a stream (`stream`) or messages (`queue`); who sends
//! puts it there. `connection` joins sockets, `send` and `receive` move bytes and messages, `at_once`
//! does so where one step is enough, `rights` looks after descriptors that are sent, `names` after
//! addresses, `node` is the file. A call never holds two sockets' locks, and no lock while it lets go
//! of messages. A stream's bytes are copied under the receiver's lock, as far as the program's pages
//! are there.

mod at_once;
mod connection;
pub mod names;
mod node;
mod queue;
mod quota;
mod receive;
mod rights;
mod send;
mod stream;

#[cfg(test)]
mod tests;

use super::event::new_inode;
use super::node::{NodeRef, Waiting};
use super::open_file::OpenFile;
use crate::sched::{self, WaitQueue};
use crate::sync::{Lock, Rank};
use abi::Errno;
use abi::file::OpenFlags;
use abi::socket::{PeerCredentials, SOCK_DGRAM, SOCK_RAW, SOCK_SEQPACKET, SOCK_STREAM};
use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;
use arch::clock;
use core::any::Any;
use core::sync::atomic::{AtomicU64, Ordering};
use queue::Queue;
use quota::Account;
pub use receive::{Options, Received};
pub use send::Outgoing;
use stream::Stream;

/// What may wait to be received, unless a program says otherwise; Linux's figure.
const LIMIT: usize = 212_992;

/// What kind of socket it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// A stream of bytes.
    Stream,
    /// Messages, each by itself.
    Datagram,
    /// Messages in a connection.
    Packets,
}

impl Kind {
    /// From a call's number.
    pub const fn from_number(number: u32) -> Option<Self> {
        match number {
            SOCK_STREAM => Some(Self::Stream),
            // Within the machine, a raw socket is one of messages.
            SOCK_DGRAM | SOCK_RAW => Some(Self::Datagram),
            SOCK_SEQPACKET => Some(Self::Packets),
            _ => None,
        }
    }

    /// The number that calls have for it.
    pub const fn number(self) -> u32 {
        match self {
            Self::Stream => SOCK_STREAM,
            Self::Datagram => SOCK_DGRAM,
            Self::Packets => SOCK_SEQPACKET,
        }
    }
}

/// Which ways are shut.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Shut {
    /// Nothing more is received than what waits.
    pub receiving: bool,
    /// Nothing more is sent.
    pub sending: bool,
}

/// How long a call waits at most, in nanoseconds; 0 for as long as it takes.
#[derive(Default)]
pub struct Timeout(AtomicU64);

impl Timeout {
    /// The time.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Changes it.
    pub fn set(&self, nanoseconds: u64) {
        self.0.store(nanoseconds, Ordering::Relaxed);
    }

    fn limit(&self, waiting: Waiting) -> Waiting {
        match (waiting, self.get()) {
            (Waiting::Allowed, timeout @ 1..) => {
                Waiting::Until(clock::now().saturating_add(timeout))
            }
            _ => waiting,
        }
    }
}

/// Connections that nobody has accepted.
struct Backlog {
    limit: usize,
    pending: VecDeque<Arc<Socket>>,
}

struct State {
    /// What a stream is to receive.
    stream: Stream,
    /// What any other socket is to receive.
    queue: Queue,
    /// Where what is sent goes.
    peer: Option<Weak<Socket>>,
    peer_credentials: PeerCredentials,
    /// Whether it is, or was, at one end of a connection.
    is_connected: bool,
    backlog: Option<Backlog>,
    name: Option<Box<[u8]>>,
    shut: Shut,
    /// Told once.
    error: Option<Errno>,
    /// Somebody receives a message.
    is_claimed: bool,
    is_closed: bool,
    receive_limit: usize,
    send_limit: usize,
    passes_credentials: bool,
    /// Sockets that wait until there is room here.
    senders: Vec<Weak<Socket>>,
    /// The least room for which somebody waits.
    awaited_room: usize,
    /// Whom what is sent is charged to, since it was sent last.
    account: Option<Arc<Account>>,
}

impl State {
    /// How much more may wait to be received.
    fn room(&self) -> usize {
        self.receive_limit.saturating_sub(self.stream.size() + self.queue.size())
    }
}

/// A socket.
pub struct Socket {
    inode: u64,
    kind: Kind,
    itself: Weak<Self>,
    /// How long a call waits that receives or accepts.
    pub receive_timeout: Timeout,
    /// How long one waits that sends or connects.
    pub send_timeout: Timeout,
    state: Lock<State>,
    /// Who waits for something to receive or to accept, or for the claim.
    data: WaitQueue,
    /// Who waits to put something into the queue or the backlog.
    room: WaitQueue,
    /// Who waits until this socket can send.
    writable: WaitQueue,
}

/// The socket behind a node, if it is one.
pub fn of_node(node: &NodeRef) -> Option<&Socket> {
    (&**node as &dyn Any).downcast_ref()
}

/// A socket by itself.
pub fn create(kind: Kind, flags: OpenFlags) -> Result<Arc<OpenFile>, Errno> {
    open(Socket::new(kind), flags)
}

/// Two sockets that are connected.
pub fn create_pair(kind: Kind, flags: OpenFlags) -> Result<[Arc<OpenFile>; 2], Errno> {
    let (one, other) = (Socket::new(kind), Socket::new(kind));
    let own = own_credentials();
    one.connect_to(&other, own);
    other.connect_to(&one, own);
    Ok([open(one, flags)?, open(other, flags)?])
}

fn open(socket: Arc<Socket>, flags: OpenFlags) -> Result<Arc<OpenFile>, Errno> {
    OpenFile::new(socket, flags & OpenFlags::NON_BLOCKING | OpenFlags::READ_WRITE)
}

/// Who the caller is; nobody where no process calls.
fn own_credentials() -> PeerCredentials {
    sched::process_if_any().map_or_else(PeerCredentials::default, |process| {
        let credentials = process.credentials();
        PeerCredentials { pid: process.pid, uid: credentials.uid, gid: credentials.gid }
    })
}

impl Socket {
    fn new(kind: Kind) -> Arc<Self> {
        let state = State {
            stream: Stream::default(),
            queue: Queue::default(),
            peer: None,
            peer_credentials: PeerCredentials { pid: 0, uid: u32::MAX, gid: u32::MAX },
            is_connected: false,
            backlog: None,
            name: None,
            shut: Shut::default(),
            error: None,
            is_claimed: false,
            is_closed: false,
            receive_limit: LIMIT,
            send_limit: LIMIT,
            passes_credentials: false,
            senders: Vec::new(),
            awaited_room: usize::MAX,
            account: None,
        };
        Arc::new_cyclic(|itself| Self {
            inode: new_inode(),
            kind,
            itself: itself.clone(),
            receive_timeout: Timeout::default(),
            send_timeout: Timeout::default(),
            state: Lock::new(Rank::Socket, state),
            data: WaitQueue::new(),
            room: WaitQueue::new(),
            writable: WaitQueue::new(),
        })
    }

    /// The counted reference to this socket.
    fn itself(&self) -> Option<Arc<Self>> {
        self.itself.upgrade()
    }

    fn peer(&self) -> Option<Arc<Self>> {
        self.state.lock().peer.as_ref().and_then(Weak::upgrade)
    }

    /// The sockets that live as long as this one does: on their way to it, or not yet accepted.
    fn held(&self) -> Vec<Arc<Self>> {
        let state = self.state.lock();
        let sent = state.stream.rights().chain(state.queue.rights());
        let sent = sent.filter_map(|file| of_node(file.node())?.itself());
        let pending = state.backlog.iter().flat_map(|backlog| backlog.pending.iter().cloned());
        sent.chain(pending).collect()
    }

    /// What kind it is.
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// Its address; empty without one.
    pub fn name(&self) -> Box<[u8]> {
        self.state.lock().name.clone().unwrap_or_default()
    }

    /// The address of the other end.
    pub fn peer_name(&self) -> Result<Box<[u8]>, Errno> {
        Ok(self.peer().ok_or(Errno::ENOTCONN)?.name())
    }

    /// Who is at the other end.
    pub fn peer_credentials(&self) -> PeerCredentials {
        self.state.lock().peer_credentials
    }

    /// The error that waits to be told.
    pub fn take_error(&self) -> Option<Errno> {
        self.state.lock().error.take()
    }

    /// Whether it listens.
    pub fn listens(&self) -> bool {
        self.state.lock().backlog.is_some()
    }

    /// Whether the senders of messages are told.
    pub fn passes_credentials(&self) -> bool {
        self.state.lock().passes_credentials
    }

    /// Says whether the senders of messages are told.
    pub fn pass_credentials(&self, is_set: bool) {
        self.state.lock().passes_credentials = is_set;
    }

    /// What may be on its way, and what may wait to be received.
    pub fn limits(&self) -> (usize, usize) {
        let state = self.state.lock();
        (state.send_limit, state.receive_limit)
    }

    /// Sets these limits, within what is sensible.
    pub fn set_limits(&self, send: Option<usize>, receive: Option<usize>) {
        // As Linux, which doubles what is asked for.
        let limit = |asked: usize| asked.saturating_mul(2).clamp(4608, 2 * LIMIT);
        let mut state = self.state.lock();
        state.send_limit = send.map_or(state.send_limit, limit);
        state.receive_limit = receive.map_or(state.receive_limit, limit);
    }

    /// As a call may wait that receives.
    fn waiting_to_receive(&self, waiting: Waiting) -> Waiting {
        self.receive_timeout.limit(waiting)
    }

    /// As a call may wait that sends.
    fn waiting_to_send(&self, waiting: Waiting) -> Waiting {
        self.send_timeout.limit(waiting)
    }

    /// There is room in the queue again: whoever sends here may go on.
    fn tell_senders(&self) {
        self.room.wake_all();
        let mut state = self.state.lock();
        let senders = core::mem::take(&mut state.senders);
        let peer = state.peer.clone();
        drop(state);
        for sender in senders.into_iter().chain(peer).filter_map(|sender| sender.upgrade()) {
            sender.writable.wake_all();
        }
    }
}
