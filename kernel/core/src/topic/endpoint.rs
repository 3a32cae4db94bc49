//! The file by which a process is a publisher or a subscriber: closing it ends that.
//!
//! It tells `ppoll` of messages (a subscriber's), of room (a publisher's), and, as urgent, of
//! comings and goings of others since [`Endpoint::status`] was last asked.

use super::registry::{self, Membership};
use crate::fs::permission::Permissions;
use crate::fs::{FileSystem, Identity, Node, Seeking, stat};
use crate::region::Region;
use crate::sched::WaitQueue;
use abi::Errno;
use abi::file::{OpenFlags, S_IFIFO, Stat};
use abi::poll::PollEvents;
use abi::topic::TopicRecord;
use alloc::sync::Arc;
use core::any::Any;
use core::sync::atomic::{AtomicU64, Ordering};

static NEXT_INODE: AtomicU64 = AtomicU64::new(1);

/// What a process does in a topic.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Role {
    /// It publishes.
    Publisher,
    /// It subscribes.
    Subscriber,
}

/// A publisher or a subscriber.
pub struct Endpoint {
    member: Membership,
    role: Role,
    inode: u64,
    /// The last change of the topic's members that its process has seen.
    seen: AtomicU64,
}

impl Endpoint {
    /// The file of a member, which is one until the file is closed.
    pub fn new(member: Membership, role: Role) -> Arc<Self> {
        let changes = registry::changes(&member);
        let inode = NEXT_INODE.fetch_add(1, Ordering::Relaxed);
        Arc::new(Self { member, role, inode, seen: AtomicU64::new(changes) })
    }

    /// The endpoint that a node is; `EINVAL` if it is none of this role.
    pub fn of_node(node: &dyn Node, role: Role) -> Result<&Self, Errno> {
        let endpoint = Self::of_any(node)?;
        if endpoint.role == role { Ok(endpoint) } else { Err(Errno::EINVAL) }
    }

    /// The endpoint of any role that a node is.
    pub fn of_any(node: &dyn Node) -> Result<&Self, Errno> {
        (node as &dyn Any).downcast_ref().ok_or(Errno::EINVAL)
    }

    /// The endpoint that a node is, for who waits and keeps no file open by that.
    pub fn to_wait_for(node: &Arc<dyn Node>) -> Result<Arc<Self>, Errno> {
        let node: Arc<dyn Any + Send + Sync> = node.clone();
        node.downcast().map_err(|_| Errno::EINVAL)
    }

    /// Who it is.
    pub const fn member(&self) -> &Membership {
        &self.member
    }

    /// What its topic is like; changes up to now have been seen.
    pub fn status(&self) -> TopicRecord {
        let record = registry::status(&self.member);
        self.seen.fetch_max(record.changes, Ordering::Relaxed);
        record
    }

    fn has_news(&self) -> bool {
        registry::changes(&self.member) > self.seen.load(Ordering::Relaxed)
    }
}

impl Node for Endpoint {
    fn identity(&self) -> Identity {
        Identity { file_system: FileSystem::Topics, inode: self.inode }
    }

    fn permissions(&self) -> Permissions {
        Permissions { mode: S_IFIFO | 0o600, uid: 0, gid: 0 }
    }

    fn stat(&self) -> Stat {
        stat::base(self)
    }

    fn seeking(&self) -> Seeking {
        Seeking::Stream
    }

    fn close(&self, _flags: OpenFlags) {
        registry::leave(&self.member);
    }

    fn readiness(&self, _flags: OpenFlags) -> PollEvents {
        let mut ready = PollEvents::empty();
        match self.role {
            Role::Publisher => ready.set(PollEvents::WRITABLE, registry::has_room(&self.member)),
            Role::Subscriber => {
                ready.set(PollEvents::READABLE, registry::has_message(&self.member));
            }
        }
        ready.set(PollEvents::PRI, self.has_news());
        ready
    }

    fn visit_queues(&self, _flags: OpenFlags, visit: &mut dyn FnMut(&WaitQueue)) {
        let queues = self.member.queues();
        visit(match self.role {
            Role::Publisher => &queues.room,
            Role::Subscriber => &queues.messages,
        });
    }

    fn is_private(&self) -> bool {
        true
    }

    fn region(self: Arc<Self>) -> Result<Arc<Region>, Errno> {
        Err(Errno::ENODEV)
    }
}
