//! Message queues of System V: messages with types, received by type.

mod queue;

pub use queue::{Message, Wanted, Wish};

use super::Caller;
use super::ownership::{NewOwner, Ownership, Right};
use super::table::{Key, Table};
use crate::fs::Waiting;
use crate::sync::{Lock, Rank};
use abi::Errno;
use abi::ipc::{MSGMAX, MSGMNB, MSGMNI, QueueLimits, QueueStatus};
use alloc::sync::Arc;
use queue::Queue;

static QUEUES: Lock<Table<Arc<Queue>>> = Lock::new(Rank::SystemV, Table::new(MSGMNI));

/// `msgget`.
pub fn get(key: Key, flags: u32, caller: Caller) -> Result<u32, Errno> {
    let check = |queue: &Arc<Queue>| queue.check(caller, Right::Mode(flags));
    let make = |id| Ok(Arc::new(Queue::new(id, Ownership::new(caller.credentials, flags))));
    QUEUES.lock().find_or_make(key, flags, check, make)
}

fn find(id: u32) -> Result<Arc<Queue>, Errno> {
    QUEUES.lock().get(id).cloned()
}

/// `msgsnd`.
pub fn send(id: u32, message: Message, waiting: Waiting, caller: Caller) -> Result<(), Errno> {
    find(id)?.send(message, waiting, caller)
}

/// `msgrcv`.
pub fn receive(id: u32, wish: Wish, waiting: Waiting, caller: Caller) -> Result<Message, Errno> {
    find(id)?.receive(wish, waiting, caller)
}

/// What is told of a queue.
pub fn status(id: u32, right: Option<Right>, caller: Caller) -> Result<QueueStatus, Errno> {
    let queues = QUEUES.lock();
    let (queue, key) = (queues.get(id)?.clone(), queues.key_of(id));
    drop(queues);
    right.map_or(Ok(()), |right| queue.check(caller, right))?;
    Ok(queue.status(key))
}

/// The number of the queue at a place of the table.
pub fn at(place: u32) -> Result<u32, Errno> {
    QUEUES.lock().id_at(place)
}

/// The limits, and the highest place that is taken.
pub fn limits() -> (QueueLimits, u64) {
    let bytes = (MSGMNB as u32, MSGMNI as u32);
    let limits = QueueLimits {
        pool: bytes.1 * bytes.0 / 1024,
        map: bytes.0,
        message_bytes: MSGMAX as u32,
        queue_bytes: bytes.0,
        queues: bytes.1,
        segment_bytes: 16,
        headers: bytes.0,
        segments: 0xFFFF,
        padding: 0,
    };
    (limits, QUEUES.lock().highest())
}

/// The limits with what is used in place of some, and the highest place that is taken.
pub fn usage() -> (QueueLimits, u64) {
    let (limits, highest) = limits();
    let queues = QUEUES.lock();
    let (mut messages, mut bytes) = (0, 0);
    for queue in queues.iter() {
        let status = queue.status(0);
        messages += status.messages as u32;
        bytes += status.bytes as u32;
    }
    let pool = queues.len() as u32;
    (QueueLimits { pool, map: messages, headers: bytes, ..limits }, highest)
}

/// `IPC_SET`, which changes the room in the queue, too.
pub fn set(id: u32, new: NewOwner, bytes_max: u64, caller: Caller) -> Result<(), Errno> {
    find(id)?.set(new, bytes_max, caller)
}

/// `IPC_RMID`: who waits is told, and the messages go.
pub fn remove(id: u32, caller: Caller) -> Result<(), Errno> {
    let mut queues = QUEUES.lock();
    queues.get(id)?.check_control(caller)?;
    let queue = queues.remove(id);
    drop(queues);
    if let Some(queue) = queue {
        queue.end();
    }
    Ok(())
}
