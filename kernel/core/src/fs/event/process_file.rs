//! Processes as files: `pidfd_open`. Such a file is ready when its process has ended.

use super::new_inode;
use crate::fs::node::{FileSystem, Identity, Node, NodeRef, Seeking};
use crate::fs::open_file::OpenFile;
use crate::fs::permission::Permissions;
use crate::fs::stat;
use crate::process::Process;
use crate::process::ended::{self, SOME_ENDED, Stage};
use crate::sched::Interest;
use crate::sched::WaitQueue;
use abi::Errno;
use abi::file::{OpenFlags, Stat};
use abi::poll::PollEvents;
use alloc::string::String;
use alloc::sync::Arc;
use core::any::Any;

/// A file that stands for a process, also when another one has its number.
pub struct ProcessFile {
    inode: u64,
    process: Arc<Process>,
    _interest: Interest,
}

/// A new one.
pub fn create_process_file(
    process: Arc<Process>,
    flags: OpenFlags,
) -> Result<Arc<OpenFile>, Errno> {
    let file = ProcessFile { inode: new_inode(), process, _interest: SOME_ENDED.interest() };
    OpenFile::new(Arc::new(file), flags & OpenFlags::NON_BLOCKING | OpenFlags::READ_WRITE)
}

impl ProcessFile {
    /// The process that a node stands for; `EBADF` if it stands for none.
    pub fn process_of(node: &NodeRef) -> Result<Arc<Process>, Errno> {
        let file: &Self = (&**node as &dyn Any).downcast_ref().ok_or(Errno::EBADF)?;
        Ok(file.process.clone())
    }
}

impl Node for ProcessFile {
    fn identity(&self) -> Identity {
        Identity { file_system: FileSystem::Events, inode: self.inode }
    }

    fn permissions(&self) -> Permissions {
        Permissions { mode: 0o600, uid: 0, gid: 0 }
    }

    fn stat(&self) -> Stat {
        stat::base(self)
    }

    fn label(&self) -> Option<String> {
        Some("anon_inode:[pidfd]".into())
    }

    fn seeking(&self) -> Seeking {
        Seeking::Stream
    }

    fn readiness(&self, _: OpenFlags) -> PollEvents {
        match ended::stage(&self.process) {
            Stage::Alive => PollEvents::empty(),
            Stage::Ended => PollEvents::READABLE,
            Stage::Forgotten => PollEvents::READABLE | PollEvents::HUP,
        }
    }

    fn visit_queues(&self, _: OpenFlags, visit: &mut dyn FnMut(&WaitQueue)) {
        visit(SOME_ENDED.queue());
    }
}
