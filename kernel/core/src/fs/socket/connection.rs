//! Joining sockets and parting them: connect, listen, accept, shutdown, close.

use super::{Backlog, Kind, Shut, Socket, State, open, own_credentials};
use crate::fs::node::Waiting;
use crate::fs::open_file::OpenFile;
use abi::Errno;
use abi::file::OpenFlags;
use abi::socket::PeerCredentials;
use alloc::collections::VecDeque;
use alloc::sync::{Arc, Weak};

/// Connections that can wait to be accepted, whatever a program asks for.
const BACKLOG_MAX: usize = 4096;

impl Socket {
    pub(super) fn connect_to(&self, peer: &Arc<Self>, credentials: PeerCredentials) {
        let mut state = self.state.lock();
        state.peer = Some(Arc::downgrade(peer));
        state.peer_credentials = credentials;
        state.is_connected = true;
    }

    /// Begins to take connections.
    pub fn listen(&self, backlog: u32) -> Result<(), Errno> {
        if self.kind == Kind::Datagram {
            return Err(Errno::EOPNOTSUPP);
        }
        let mut state = self.state.lock();
        if state.name.is_none() || state.is_connected {
            return Err(Errno::EINVAL);
        }
        let limit = (backlog as usize).clamp(1, BACKLOG_MAX);
        match &mut state.backlog {
            Some(backlog) => backlog.limit = limit,
            None => state.backlog = Some(Backlog { limit, pending: VecDeque::new() }),
        }
        drop(state);
        let own = own_credentials();
        self.state.lock().peer_credentials = own;
        self.room.wake_all();
        Ok(())
    }

    /// Connects to a socket that listens, or chooses where messages go.
    pub fn connect(&self, target: &Arc<Self>, waiting: Waiting) -> Result<(), Errno> {
        if target.kind != self.kind {
            return Err(Errno::EPROTOTYPE);
        }
        if self.kind == Kind::Datagram {
            if !target.accepts_from(self) {
                return Err(Errno::EPERM);
            }
            self.connect_to(target, target.peer_credentials());
            return Ok(());
        }
        let state = self.state.lock();
        if state.is_connected {
            return Err(Errno::EISCONN);
        }
        if state.backlog.is_some() {
            return Err(Errno::EINVAL);
        }
        drop(state);
        let server = Self::new(self.kind);
        server.connect_to(&self.itself().ok_or(Errno::ECONNREFUSED)?, own_credentials());
        let name = target.state.lock().name.clone();
        server.state.lock().name = name;
        let mut pending = Some(server.clone());
        let waiting = self.waiting_to_send(waiting);
        waiting.attempt(&target.room, || target.queue_connection(&mut pending))??;
        self.connect_to(&server, target.peer_credentials());
        target.data.wake_one();
        self.writable.wake_all();
        Ok(())
    }

    fn queue_connection(&self, server: &mut Option<Arc<Self>>) -> Option<Result<(), Errno>> {
        let mut state = self.state.lock();
        if state.is_closed || state.shut.receiving {
            return Some(Err(Errno::ECONNREFUSED));
        }
        let Some(backlog) = &mut state.backlog else { return Some(Err(Errno::ECONNREFUSED)) };
        if backlog.pending.len() >= backlog.limit {
            return None;
        }
        backlog.pending.extend(server.take());
        Some(Ok(()))
    }

    /// Whether messages of the other socket are taken: who has chosen a peer takes only its own.
    pub(super) fn accepts_from(&self, sender: &Self) -> bool {
        let peer = self.state.lock().peer.clone();
        peer.is_none_or(|peer| Weak::ptr_eq(&peer, &sender.itself))
    }

    /// Takes messages from everybody again.
    pub fn disconnect(&self) -> Result<(), Errno> {
        if self.kind != Kind::Datagram {
            return Err(Errno::EINVAL);
        }
        let mut state = self.state.lock();
        state.peer = None;
        state.is_connected = false;
        Ok(())
    }

    /// The next connection.
    pub fn accept(&self, waiting: Waiting, flags: OpenFlags) -> Result<Arc<OpenFile>, Errno> {
        if self.kind == Kind::Datagram {
            return Err(Errno::EOPNOTSUPP);
        }
        let waiting = self.waiting_to_receive(waiting);
        let server = waiting.attempt(&self.data, || {
            let mut state = self.state.lock();
            let is_shut = state.shut.receiving;
            let Some(backlog) = &mut state.backlog else { return Some(Err(Errno::EINVAL)) };
            match backlog.pending.pop_front() {
                Some(server) => Some(Ok(server)),
                None => is_shut.then_some(Err(Errno::EINVAL)),
            }
        })??;
        self.room.wake_all();
        open(server, flags)
    }

    /// Shuts one way or both, for the other end as well.
    pub fn shut(&self, ways: Shut) {
        self.state.lock().shut.add(ways);
        self.wake_everybody();
        if self.kind != Kind::Datagram
            && let Some(peer) = self.peer()
        {
            let mirrored = Shut { receiving: ways.sending, sending: ways.receiving };
            peer.state.lock().shut.add(mirrored);
            peer.wake_everybody();
        }
    }

    /// Nobody refers to the socket any more: what waits is thrown away, the other end is told.
    pub(super) fn end(&self) {
        let mut state = self.state.lock();
        state.is_closed = true;
        let State { stream, queue, backlog, peer, .. } = &mut *state;
        let (bytes, messages, pending) = (stream.clear(), queue.clear(), backlog.take());
        let peer = peer.take().and_then(|peer| peer.upgrade());
        let name = state.name.take();
        drop(state);
        if let Some(name) = name {
            super::names::forget(&name, self);
        }
        let has_lost = !bytes.is_empty() || !messages.is_empty();
        if self.kind != Kind::Datagram
            && let Some(peer) = peer
        {
            peer.lose_peer(has_lost);
        }
        drop((bytes, messages));
        for server in pending.into_iter().flat_map(|backlog| backlog.pending) {
            if let Some(client) = server.peer() {
                client.lose_peer(true);
            }
            server.end();
        }
        self.wake_everybody();
        self.tell_senders();
    }

    fn lose_peer(&self, has_lost: bool) {
        let mut state = self.state.lock();
        state.shut = Shut { receiving: true, sending: true };
        if has_lost {
            state.error = Some(Errno::ECONNRESET);
        }
        drop(state);
        self.wake_everybody();
    }

    fn wake_everybody(&self) {
        self.data.wake_all();
        self.room.wake_all();
        self.writable.wake_all();
    }
}

impl Shut {
    const fn add(&mut self, ways: Self) {
        self.receiving |= ways.receiving;
        self.sending |= ways.sending;
    }
}
