//! A message queue: messages, who waits for one or for room, and who is told of the first.
//!
//! A message that comes while somebody waits for one is that thread's at once, and never in the
//! queue; so is room. Therefore nobody who comes later is faster, and the notice of a message goes
//! out only when nobody waited.

use super::registry::Share;
use crate::day;
use crate::fs::node::Waiting;
use crate::fs::permission::Permissions;
use crate::fs::time::Times;
use crate::process::{Process, signal};
use crate::sched::{self, WaitQueue};
use crate::sync::{Lock, Rank};
use abi::Errno;
use abi::message_queue::MessageQueueAttributes;
use abi::signal::{SI_MESGQ, SignalInfo};
use alloc::collections::{BTreeMap, VecDeque};
use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;
use core::cmp::Reverse;

/// A message.
#[derive(Debug, Eq, PartialEq)]
pub struct Message {
    /// The more, the earlier it is received.
    pub priority: u32,
    /// What it says.
    pub bytes: Vec<u8>,
}

/// What a process is told by when the first message comes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Event {
    /// By nothing; nobody else can be told.
    None,
    /// By a signal with a value.
    Signal(u32, u64),
}

/// Who is told, once.
pub(super) struct Notice {
    pub process: Weak<Process>,
    pub pid: u32,
    pub event: Event,
}

/// A thread that waits.
struct Ticket {
    number: u64,
    /// The priority of a thread with a real-time policy.
    urgency: u32,
    served: WaitQueue,
}

/// What can change of a queue.
pub(super) struct State {
    /// The most urgent first; of equal ones, by their numbers, the oldest.
    messages: BTreeMap<(Reverse<u32>, u64), Vec<u8>>,
    next: u64,
    pub bytes: usize,
    receivers: VecDeque<Arc<Ticket>>,
    senders: VecDeque<(Arc<Ticket>, Message)>,
    /// For receivers that were served and have not looked yet, by the numbers of their tickets.
    handed_over: BTreeMap<u64, Message>,
    pub notice: Option<Notice>,
    pub permissions: Permissions,
    pub times: Times,
}

/// A message queue.
pub struct Queue {
    pub(super) inode: u64,
    /// Given back when the queue goes.
    _share: Share,
    messages_max: usize,
    bytes_max: usize,
    pub(super) state: Lock<State>,
    /// For those who poll: woken with every message and all room.
    pub(super) changed: WaitQueue,
}

impl Queue {
    pub(super) fn new(
        inode: u64,
        share: Share,
        attributes: &MessageQueueAttributes,
        permissions: Permissions,
        times: Times,
    ) -> Arc<Self> {
        let state = State {
            messages: BTreeMap::new(),
            next: 0,
            bytes: 0,
            receivers: VecDeque::new(),
            senders: VecDeque::new(),
            handed_over: BTreeMap::new(),
            notice: None,
            permissions,
            times,
        };
        Arc::new(Self {
            inode,
            _share: share,
            messages_max: attributes.messages_max as usize,
            bytes_max: attributes.bytes_max as usize,
            state: Lock::new(Rank::Pipe, state),
            changed: WaitQueue::new(),
        })
    }

    /// Bytes that a message can have.
    pub const fn bytes_max(&self) -> usize {
        self.bytes_max
    }

    /// What it is like, without the flags of an open file.
    pub fn attributes(&self) -> MessageQueueAttributes {
        let messages = self.state.lock().messages.len() as i64;
        let empty = MessageQueueAttributes::new(self.messages_max as i64, self.bytes_max as i64);
        MessageQueueAttributes { messages, ..empty }
    }

    /// Whether there are messages, and whether there is room for one.
    pub(super) fn has_messages_and_room(&self) -> (bool, bool) {
        let count = self.state.lock().messages.len();
        (count > 0, count < self.messages_max)
    }

    /// Sends a message, waiting for room up to a time of day.
    pub fn send(&self, message: Message, wait: Waiting, end: Option<u64>) -> Result<(), Errno> {
        let mut state = self.state.lock();
        if state.messages.len() >= self.messages_max {
            if wait == Waiting::Refused {
                return Err(Errno::EAGAIN);
            }
            let ticket = state.ticket();
            state.line_up_to_send(ticket.clone(), message);
            drop(state);
            return self.wait_for_room(&ticket, end);
        }
        if let Some(ticket) = state.receivers.pop_front() {
            state.handed_over.insert(ticket.number, message);
            state.times.modify();
            drop(state);
            ticket.served.wake_all();
            return Ok(());
        }
        state.add(message);
        state.times.modify();
        let notice = if state.messages.len() == 1 { state.notice.take() } else { None };
        drop(state);
        self.changed.wake_all();
        if let Some(notice) = notice {
            notice.tell();
        }
        Ok(())
    }

    fn wait_for_room(&self, ticket: &Ticket, end: Option<u64>) -> Result<(), Errno> {
        let is_served = || {
            let state = self.state.lock();
            let waits = state.senders.iter().any(|(other, _)| other.number == ticket.number);
            (!waits).then_some(())
        };
        day::wait_until(&ticket.served, end, is_served).or_else(|error| {
            let mut state = self.state.lock();
            let number = ticket.number;
            let place = state.senders.iter().position(|(other, _)| other.number == number);
            // If it is not in the line, the message went in after all.
            let unsent = place.and_then(|index| state.senders.remove(index));
            drop(state);
            if unsent.is_some() { Err(error) } else { Ok(()) }
        })
    }

    /// Receives the oldest of the most urgent messages, waiting for one up to a time of day.
    pub fn receive(&self, wait: Waiting, end: Option<u64>) -> Result<Message, Errno> {
        let mut state = self.state.lock();
        let Some(message) = state.take() else {
            if wait == Waiting::Refused {
                return Err(Errno::EAGAIN);
            }
            let ticket = state.ticket();
            state.line_up_to_receive(ticket.clone());
            drop(state);
            return self.wait_for_message(&ticket, end);
        };
        let sender = state.senders.pop_front().map(|(ticket, message)| {
            state.add(message);
            ticket
        });
        state.times.accessed = crate::fs::time::now();
        drop(state);
        match sender {
            Some(ticket) => ticket.served.wake_all(),
            None => self.changed.wake_all(),
        }
        Ok(message)
    }

    fn wait_for_message(&self, ticket: &Ticket, end: Option<u64>) -> Result<Message, Errno> {
        let take = || self.state.lock().handed_over.remove(&ticket.number);
        day::wait_until(&ticket.served, end, take).or_else(|error| {
            let mut state = self.state.lock();
            state.receivers.retain(|other| other.number != ticket.number);
            // One that came in the last moment is received after all.
            state.handed_over.remove(&ticket.number).ok_or(error)
        })
    }

    /// Has the process told of the first message that comes when there is none; `EBUSY` if somebody
    /// else is told.
    pub fn notify(&self, process: &Arc<Process>, event: Event) -> Result<(), Errno> {
        // Whether a process is ending is not asked for under the queue's lock.
        let told = |state: &State| state.notice.as_ref().map(|notice| notice.process.clone());
        let before = told(&self.state.lock());
        let owner = before.as_ref().and_then(Weak::upgrade);
        if owner.is_some_and(|owner| !owner.is_ending()) {
            return Err(Errno::EBUSY);
        }
        let mut state = self.state.lock();
        let is_as_before = match (&before, told(&state)) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(one), Some(other)) => one.ptr_eq(&other),
        };
        if !is_as_before {
            return Err(Errno::EBUSY);
        }
        let (pid, process) = (process.pid, Arc::downgrade(process));
        state.notice = Some(Notice { process, pid, event });
        Ok(())
    }

    /// The process wants to be told no more, or has closed a descriptor of the queue.
    pub fn stop_notifying(&self, pid: u32) {
        let mut state = self.state.lock();
        let is_meant = state.notice.as_ref().is_some_and(|notice| notice.pid == pid);
        let notice = if is_meant { state.notice.take() } else { None };
        drop(state);
        drop(notice);
    }
}

impl State {
    fn ticket(&mut self) -> Arc<Ticket> {
        let urgency = sched::current().attributes.policy().priority;
        self.next += 1;
        Arc::new(Ticket { number: self.next, urgency, served: WaitQueue::new() })
    }

    /// Behind all that are as urgent.
    fn line_up_to_receive(&mut self, ticket: Arc<Ticket>) {
        let place = self.receivers.partition_point(|other| other.urgency >= ticket.urgency);
        self.receivers.insert(place, ticket);
    }

    fn line_up_to_send(&mut self, ticket: Arc<Ticket>, message: Message) {
        let place = self.senders.partition_point(|(other, _)| other.urgency >= ticket.urgency);
        self.senders.insert(place, (ticket, message));
    }

    fn add(&mut self, message: Message) {
        self.next += 1;
        self.bytes += message.bytes.len();
        self.messages.insert((Reverse(message.priority), self.next), message.bytes);
    }

    fn take(&mut self) -> Option<Message> {
        let ((Reverse(priority), _), bytes) = self.messages.pop_first()?;
        self.bytes -= bytes.len();
        crate::room::give_back_map(&mut self.messages);
        Some(Message { priority, bytes })
    }
}

impl Notice {
    /// Tells of a message that the caller has sent.
    fn tell(&self) {
        let Event::Signal(number, value) = self.event else { return };
        let Some(process) = self.process.upgrade() else { return };
        let sender = sched::process_if_any();
        let (pid, uid) = sender.map_or((0, 0), |sender| (sender.pid, sender.identity().users.real));
        let info = SignalInfo::from_process(number, SI_MESGQ, pid, uid).with_value(value);
        // One that finds no room is lost, as on Linux.
        let _ = signal::send(&process, info);
    }
}
