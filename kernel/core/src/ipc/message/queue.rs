//! One message queue: messages in the order in which they came, and who waits.
//!
//! A message that somebody waits for is handed over to that thread and is never in the queue.

use super::super::ownership::{NewOwner, Ownership, Right};
use super::super::{Caller, now};
use crate::fs::Waiting;
use crate::sched::WaitQueue;
use crate::sync::{Guard, Lock, Rank};
use abi::Errno;
use abi::ipc::{MSGMNB, QueueStatus};
use alloc::collections::{BTreeMap, VecDeque};
use alloc::sync::Arc;
use alloc::vec::Vec;

/// A message.
#[derive(Debug, Eq, PartialEq)]
pub struct Message {
    /// More than 0.
    pub kind: i64,
    /// What it says.
    pub bytes: Vec<u8>,
}

/// Which message is wanted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Wanted {
    /// The first.
    Any,
    /// The first of a type.
    Kind(i64),
    /// The first of another type.
    OtherThan(i64),
    /// The first of the lowest type that is no more than this.
    UpTo(i64),
    /// A copy of the one at a place.
    CopyAt(i64),
}

/// What a receiver asks for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Wish {
    /// Which message.
    pub wanted: Wanted,
    /// Bytes that there is room for.
    pub room: usize,
    /// Whether a longer one is cut, in place of `E2BIG`.
    pub cuts: bool,
}

impl Wanted {
    const fn fits(self, kind: i64) -> bool {
        match self {
            Self::Any => true,
            Self::Kind(wanted) => kind == wanted,
            Self::OtherThan(unwanted) => kind != unwanted,
            Self::UpTo(most) => kind <= most,
            Self::CopyAt(_) => false,
        }
    }
}

struct Ticket {
    number: u64,
    wish: Wish,
    pid: u32,
    served: WaitQueue,
}

struct State {
    messages: VecDeque<Message>,
    bytes: u64,
    bytes_max: u64,
    receivers: VecDeque<Arc<Ticket>>,
    /// For receivers that were served and have not looked yet, by the numbers of their tickets.
    outcomes: BTreeMap<u64, Result<Message, Errno>>,
    next: u64,
    ownership: Ownership,
    sent: i64,
    received: i64,
    changed: i64,
    sender: u32,
    receiver: u32,
    is_removed: bool,
}

/// A message queue.
pub(super) struct Queue {
    id: u32,
    state: Lock<State>,
    /// Who waits for room.
    room: WaitQueue,
}

impl Queue {
    /// An empty one.
    pub fn new(id: u32, ownership: Ownership) -> Self {
        let state = State {
            messages: VecDeque::new(),
            bytes: 0,
            bytes_max: MSGMNB,
            receivers: VecDeque::new(),
            outcomes: BTreeMap::new(),
            next: 0,
            ownership,
            sent: 0,
            received: 0,
            changed: now(),
            sender: 0,
            receiver: 0,
            is_removed: false,
        };
        Self { id, state: Lock::new(Rank::SystemVObject, state), room: WaitQueue::new() }
    }

    fn live(&self) -> Result<Guard<'_, State>, Errno> {
        let state = self.state.lock();
        if state.is_removed { Err(Errno::EIDRM) } else { Ok(state) }
    }

    /// Fails with `EACCES` unless the caller may do this.
    pub fn check(&self, caller: Caller, right: Right) -> Result<(), Errno> {
        self.state.lock().ownership.check(caller.credentials, right)
    }

    /// Fails with `EPERM` unless the caller may take the queue away.
    pub fn check_control(&self, caller: Caller) -> Result<(), Errno> {
        self.state.lock().ownership.check_control(caller.credentials)
    }

    /// What is told of it.
    pub fn status(&self, key: i32) -> QueueStatus {
        let state = self.state.lock();
        QueueStatus {
            permissions: state.ownership.told(key, self.id),
            sent: state.sent,
            received: state.received,
            changed: state.changed,
            bytes: state.bytes,
            messages: state.messages.len() as u64,
            bytes_max: state.bytes_max,
            sender: state.sender,
            receiver: state.receiver,
            unused: [0; 2],
        }
    }

    /// `IPC_SET`; only root gives a queue more room than new ones have.
    pub fn set(&self, new: NewOwner, bytes_max: u64, caller: Caller) -> Result<(), Errno> {
        let mut state = self.live()?;
        state.ownership.check_control(caller.credentials)?;
        if bytes_max > MSGMNB && !caller.credentials.is_root() {
            return Err(Errno::EPERM);
        }
        state.ownership.set(new)?;
        state.bytes_max = bytes_max;
        state.changed = now();
        drop(state);
        self.room.wake_all();
        Ok(())
    }

    /// Sends a message, waiting for room.
    pub fn send(&self, message: Message, waiting: Waiting, caller: Caller) -> Result<(), Errno> {
        let mut message = Some(message);
        let attempt = || {
            let mut state = match self.live() {
                Ok(state) => state,
                Err(error) => return Some(Err(error)),
            };
            if let Err(error) = state.ownership.check(caller.credentials, Right::Write) {
                return Some(Err(error));
            }
            let length = message.as_ref().map_or(0, |message| message.bytes.len());
            if !state.has_room(length) {
                return None;
            }
            let woken = message.take().map(|message| state.deliver(message, caller.pid));
            drop(state);
            for ticket in woken.into_iter().flatten() {
                ticket.served.wake_all();
            }
            Some(Ok(()))
        };
        waiting.attempt(&self.room, attempt)?
    }

    /// Receives a message, waiting for one; `ENOMSG` if there is none and the caller does not wait.
    pub fn receive(&self, wish: Wish, waiting: Waiting, caller: Caller) -> Result<Message, Errno> {
        let mut state = self.live()?;
        state.ownership.check(caller.credentials, Right::Read)?;
        if let Wanted::CopyAt(place) = wish.wanted {
            return state.copy(place, wish);
        }
        if let Some(index) = state.find(wish.wanted) {
            let message = state.take(index, wish, caller.pid)?;
            drop(state);
            self.room.wake_all();
            return Ok(message);
        }
        if waiting == Waiting::Refused {
            return Err(Errno::ENOMSG);
        }
        state.next += 1;
        let (number, pid) = (state.next, caller.pid);
        let ticket = Arc::new(Ticket { number, wish, pid, served: WaitQueue::new() });
        state.receivers.push_back(ticket.clone());
        drop(state);
        let look = || self.state.lock().outcomes.remove(&number);
        ticket.served.wait_until(None, look).unwrap_or_else(|error| {
            let mut state = self.state.lock();
            state.receivers.retain(|other| other.number != number);
            // One that came in the last moment is received after all.
            state.outcomes.remove(&number).unwrap_or(Err(error.into()))
        })
    }

    /// The queue is taken away: all who wait are told, and the messages go.
    pub fn end(&self) {
        let mut state = self.state.lock();
        state.is_removed = true;
        let messages = core::mem::take(&mut state.messages);
        let receivers = core::mem::take(&mut state.receivers);
        for ticket in &receivers {
            state.outcomes.insert(ticket.number, Err(Errno::EIDRM));
        }
        drop(state);
        drop(messages);
        for ticket in receivers {
            ticket.served.wake_all();
        }
        self.room.wake_all();
    }
}

impl State {
    fn has_room(&self, length: usize) -> bool {
        self.bytes + length as u64 <= self.bytes_max
            && (self.messages.len() as u64) < self.bytes_max
    }

    /// Hands a message to the first who waits for such a one, or keeps it; returns whom to wake.
    /// Who waits and has no room for it is told so, and the next one gets it.
    fn deliver(&mut self, message: Message, sender: u32) -> Vec<Arc<Ticket>> {
        (self.sender, self.sent) = (sender, now());
        let mut woken = Vec::new();
        let fits = |ticket: &Arc<Ticket>| ticket.wish.wanted.fits(message.kind);
        while let Some(index) = self.receivers.iter().position(fits) {
            let Some(ticket) = self.receivers.remove(index) else { break };
            woken.push(ticket.clone());
            if message.bytes.len() > ticket.wish.room && !ticket.wish.cuts {
                self.outcomes.insert(ticket.number, Err(Errno::E2BIG));
                continue;
            }
            (self.receiver, self.received) = (ticket.pid, now());
            self.outcomes.insert(ticket.number, Ok(message));
            return woken;
        }
        self.bytes += message.bytes.len() as u64;
        self.messages.push_back(message);
        woken
    }

    fn find(&self, wanted: Wanted) -> Option<usize> {
        let fitting = |(_, message): &(usize, &Message)| wanted.fits(message.kind);
        let mut messages = self.messages.iter().enumerate().filter(fitting);
        let found = match wanted {
            Wanted::UpTo(_) => messages.min_by_key(|(_, message)| message.kind),
            _ => messages.next(),
        };
        found.map(|(index, _)| index)
    }

    fn take(&mut self, index: usize, wish: Wish, receiver: u32) -> Result<Message, Errno> {
        let is_too_long = self.messages[index].bytes.len() > wish.room;
        if is_too_long && !wish.cuts {
            return Err(Errno::E2BIG);
        }
        let message = self.messages.remove(index).ok_or(Errno::ENOMSG)?;
        crate::room::give_back_queue(&mut self.messages);
        self.bytes -= message.bytes.len() as u64;
        (self.receiver, self.received) = (receiver, now());
        Ok(message)
    }

    fn copy(&self, place: i64, wish: Wish) -> Result<Message, Errno> {
        let place = usize::try_from(place).map_err(|_| Errno::ENOMSG)?;
        let message = self.messages.get(place).ok_or(Errno::ENOMSG)?;
        if message.bytes.len() > wish.room && !wish.cuts {
            return Err(Errno::E2BIG);
        }
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(message.bytes.len()).map_err(|_| Errno::ENOMEM)?;
        bytes.extend_from_slice(&message.bytes);
        Ok(Message { kind: message.kind, bytes })
    }
}
