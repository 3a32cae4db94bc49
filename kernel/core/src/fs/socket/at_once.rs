//! Sending and receiving where one step does it, as it mostly does: short data on a stream, in
//! memory that is there, with nothing beside it.
//!
//! Whatever else there is to think of (an error to tell, descriptors, credentials, too little room, a
//! page that is missing) takes the usual way, in `send` and `receive`.

use super::quota::Charge;
use super::stream::OVERHEAD;
use super::{Kind, Socket, own_credentials};
use crate::fs::node::Waiting;
use crate::user_memory::{UserBuffer, UserData};
use abi::Errno;
use alloc::sync::Weak;

/// What there is to receive.
enum Found {
    /// These bytes, which are received.
    Bytes(usize),
    /// Something that takes more than a step.
    More,
}

impl Socket {
    /// Sends all of the data; `None` where that takes more than a step, and nothing is sent.
    pub(super) fn send_at_once(&self, from: &UserData<'_>) -> Option<usize> {
        let length = from.remaining();
        if self.kind != Kind::Stream || length == 0 {
            return None;
        }
        let own = own_credentials();
        let state = self.state.lock();
        if state.error.is_some() || !state.is_connected || state.shut.sending {
            return None;
        }
        let account = state.account.as_ref().filter(|account| account.uid() == own.uid)?;
        let charge = Charge::new(account, length + OVERHEAD, 0).ok()?;
        let receiver = state.peer.as_ref().and_then(Weak::upgrade)?;
        drop(state);
        let mut state = receiver.state.lock();
        let is_over = state.is_closed || state.shut.receiving;
        if is_over || length + OVERHEAD > state.room() {
            return None;
        }
        state.stream.push_at_once(from, own, charge)?;
        drop(state);
        receiver.data.wake_one();
        Some(length)
    }

    /// Receives bytes of a stream, as far as they are there, or waits for some; `None` where that
    /// takes more than a step, and nothing is received.
    pub(super) fn receive_at_once(
        &self,
        to: &UserBuffer<'_>,
        waiting: Waiting,
    ) -> Result<Option<usize>, Errno> {
        if self.kind != Kind::Stream {
            return Ok(None);
        }
        let waiting = self.waiting_to_receive(waiting);
        let found = waiting.attempt(&self.data, || self.find_at_once(to))?;
        Ok(match found {
            Found::Bytes(count) => Some(count),
            Found::More => None,
        })
    }

    /// `None` if there is nothing yet.
    fn find_at_once(&self, to: &UserBuffer<'_>) -> Option<Found> {
        let mut state = self.state.lock();
        if state.stream.is_empty() {
            let is_open = state.is_connected && !state.shut.receiving && state.error.is_none();
            return (!is_open).then_some(Found::More);
        }
        let Some(count) = state.stream.take_at_once(to) else { return Some(Found::More) };
        self.have_taken(state);
        Some(Found::Bytes(count))
    }
}
