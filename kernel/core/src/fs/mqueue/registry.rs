//! The message queues by their names, and what they take of each user's limit.

use super::queue::Queue;
use crate::fs::permission::{Permissions, STICKY, Want};
use crate::fs::time::{self, Times};
use crate::process::Credentials;
use crate::room::give_back_map;
use crate::sync::{Lock, Rank};
use abi::Errno;
use abi::file::{OpenFlags, S_IFREG};
use abi::limits::NAME_MAX;
use abi::message_queue::{
    MESSAGE_BYTES_MAX, MESSAGE_BYTES_MAX_OF_ROOT, MESSAGES_MAX, MESSAGES_MAX_OF_ROOT, MQ_PRIO_MAX,
    MessageQueueAttributes, QUEUES_MAX,
};
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::sync::Arc;

/// What Linux counts for each message besides its bytes, and for each priority.
const MESSAGE_COST: u64 = 48;
const PRIORITY_COST: u64 = 48;

static REGISTRY: Lock<Registry> = Lock::new(Rank::MessageQueues, Registry::new());

struct Registry {
    names: BTreeMap<Box<[u8]>, Arc<Queue>>,
    /// Those without a name that somebody has open, too.
    count: usize,
    /// Bytes that each user's queues may come to hold.
    bytes: BTreeMap<u32, u64>,
    next_inode: u64,
}

/// What a queue takes of its maker's limit, given back with it.
pub(super) struct Share {
    uid: u32,
    bytes: u64,
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut registry = REGISTRY.lock();
        registry.count -= 1;
        if let Some(bytes) = registry.bytes.get_mut(&self.uid) {
            *bytes -= self.bytes;
            if *bytes == 0 {
                registry.bytes.remove(&self.uid);
            }
        }
        give_back_map(&mut registry.bytes);
    }
}

/// Who makes a queue, and how.
pub struct Maker {
    /// Who it is.
    pub credentials: Credentials,
    /// Permission bits, umask applied.
    pub mode: u32,
    /// What it is to be like; as usual if nothing is said.
    pub attributes: Option<MessageQueueAttributes>,
    /// Bytes that its queues may come to hold.
    pub limit: u64,
}

impl Registry {
    const fn new() -> Self {
        Self { names: BTreeMap::new(), count: 0, bytes: BTreeMap::new(), next_inode: 2 }
    }

    fn make(&mut self, maker: &Maker) -> Result<Arc<Queue>, Errno> {
        let is_root = maker.credentials.is_root();
        if self.count >= QUEUES_MAX && !is_root {
            return Err(Errno::ENOSPC);
        }
        let usual = || MessageQueueAttributes::new(MESSAGES_MAX, MESSAGE_BYTES_MAX);
        let attributes = maker.attributes.unwrap_or_else(usual);
        let uid = maker.credentials.uid;
        let bytes = cost(&attributes, is_root)?;
        let used = self.bytes.get(&uid).copied().unwrap_or(0);
        let sum = used.checked_add(bytes).filter(|sum| *sum <= maker.limit);
        self.bytes.insert(uid, sum.ok_or(Errno::EMFILE)?);
        self.count += 1;
        self.next_inode += 1;
        let mode = S_IFREG | maker.mode & 0o7777;
        let permissions = Permissions { mode, uid, gid: maker.credentials.gid };
        let share = Share { uid, bytes };
        let times = Times::all(time::now());
        Ok(Queue::new(self.next_inode, share, &attributes, permissions, times))
    }
}

/// What a queue counts for in its maker's limit.
fn cost(attributes: &MessageQueueAttributes, is_root: bool) -> Result<u64, Errno> {
    let (messages, bytes) = (attributes.messages_max, attributes.bytes_max);
    let most = match is_root {
        true => (MESSAGES_MAX_OF_ROOT, MESSAGE_BYTES_MAX_OF_ROOT),
        false => (MESSAGES_MAX, MESSAGE_BYTES_MAX),
    };
    if !(1..=most.0).contains(&messages) || !(1..=most.1).contains(&bytes) {
        return Err(Errno::EINVAL);
    }
    let (messages, bytes) = (messages as u64, bytes as u64);
    let priorities = messages.min(MQ_PRIO_MAX.into());
    Ok(messages * (bytes + MESSAGE_COST) + priorities * PRIORITY_COST)
}

/// Whether a name can be one: what stands behind the slash that programs give.
fn check_name(name: &[u8]) -> Result<(), Errno> {
    match name {
        b"" => Err(Errno::ENOENT),
        b"." | b".." => Err(Errno::EACCES),
        _ if name.contains(&b'/') => Err(Errno::EACCES),
        _ if name.len() > NAME_MAX => Err(Errno::ENAMETOOLONG),
        _ => Ok(()),
    }
}

/// The queue of a name, made if the flags say so and it is not there; tells whether it was made.
pub fn open(name: &[u8], flags: OpenFlags, maker: &Maker) -> Result<(Arc<Queue>, bool), Errno> {
    check_name(name)?;
    let mut registry = REGISTRY.lock();
    let Some(queue) = registry.names.get(name).cloned() else {
        if !flags.contains(OpenFlags::CREATE) {
            return Err(Errno::ENOENT);
        }
        let queue = registry.make(maker)?;
        registry.names.insert(name.into(), queue.clone());
        return Ok((queue, true));
    };
    // The last reference to a queue may not go under this lock.
    drop(registry);
    if flags.contains(OpenFlags::CREATE | OpenFlags::EXCLUSIVE) {
        return Err(Errno::EEXIST);
    }
    if !flags.reads() && !flags.writes() {
        return Err(Errno::EINVAL);
    }
    let mut want = Want::empty();
    want.set(Want::READ, flags.reads());
    want.set(Want::WRITE, flags.writes());
    let permissions = queue.state.lock().permissions;
    if permissions.allow(maker.credentials, want) { Ok((queue, false)) } else { Err(Errno::EACCES) }
}

/// Takes the name away; the queue stays while somebody has it open.
pub fn unlink(name: &[u8], caller: Credentials) -> Result<(), Errno> {
    check_name(name)?;
    let mut registry = REGISTRY.lock();
    let queue = registry.names.get(name).cloned().ok_or(Errno::ENOENT)?;
    let directory = Permissions { mode: STICKY | 0o777, uid: 0, gid: 0 };
    let permissions = queue.state.lock().permissions;
    if !directory.allow_removal(caller, permissions) {
        return Err(Errno::EPERM);
    }
    let removed = registry.names.remove(name);
    give_back_map(&mut registry.names);
    drop(registry);
    drop(removed);
    Ok(())
}
