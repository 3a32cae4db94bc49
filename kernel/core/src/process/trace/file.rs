//! The file by which a process traces others: closing it ends that.

use super::Trace;
use crate::fs::event::new_inode;
use crate::fs::permission::Permissions;
use crate::fs::{FileSystem, Identity, Node, Seeking, stat};
use crate::region::Region;
use crate::sched::WaitQueue;
use abi::Errno;
use abi::file::{OpenFlags, S_IFREG, Stat};
use abi::poll::PollEvents;
use alloc::string::String;
use alloc::sync::Arc;
use core::any::Any;

/// A trace as a file; what is mapped of it is the ring.
pub struct TraceFile {
    inode: u64,
    trace: Arc<Trace>,
}

impl TraceFile {
    /// The file of a new trace.
    pub fn new(trace: Arc<Trace>) -> Arc<Self> {
        Arc::new(Self { inode: new_inode(), trace })
    }

    /// The trace that a node stands for; `EINVAL` if it stands for none.
    pub fn trace_of(node: &dyn Node) -> Result<Arc<Trace>, Errno> {
        let file: &Self = (node as &dyn Any).downcast_ref().ok_or(Errno::EINVAL)?;
        Ok(file.trace.clone())
    }
}

impl Node for TraceFile {
    fn identity(&self) -> Identity {
        Identity { file_system: FileSystem::Events, inode: self.inode }
    }

    fn permissions(&self) -> Permissions {
        Permissions { mode: S_IFREG | 0o400, uid: 0, gid: 0 }
    }

    fn stat(&self) -> Stat {
        stat::base(self)
    }

    fn label(&self) -> Option<String> {
        Some("anon_inode:[trace]".into())
    }

    fn seeking(&self) -> Seeking {
        Seeking::Stream
    }

    fn close(&self, _flags: OpenFlags) {
        self.trace.close();
    }

    fn region(self: Arc<Self>) -> Result<Arc<Region>, Errno> {
        self.trace.region().ok_or(Errno::ENODEV)
    }

    fn readiness(&self, _flags: OpenFlags) -> PollEvents {
        if self.trace.is_ready() { PollEvents::READABLE } else { PollEvents::empty() }
    }

    fn visit_queues(&self, _flags: OpenFlags, visit: &mut dyn FnMut(&WaitQueue)) {
        visit(&self.trace.news);
    }

    fn is_private(&self) -> bool {
        true
    }
}
