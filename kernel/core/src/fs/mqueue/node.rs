//! A message queue as a file: what `read`, `poll` and `fstat` see of it.

use super::queue::{Event, Queue};
use crate::fs::node::{FileSystem, Identity, Node, Waiting};
use crate::fs::permission::Permissions;
use crate::fs::stat;
use crate::fs::time::NewTimes;
use crate::sched::{self, WaitQueue};
use crate::user_memory::UserBuffer;
use abi::Errno;
use abi::file::{OpenFlags, S_IFMT, Stat};
use abi::poll::PollEvents;
use abi::time::{NOTIFY_NONE, NOTIFY_SIGNAL};
use alloc::format;
use alloc::string::String;

/// Linux tells this length, whatever there is to read.
const LENGTH: i64 = 80;

impl Queue {
    /// What a read tells of it (`mq_overview(7)`).
    fn text(&self) -> String {
        let state = self.state.lock();
        let (kind, number, pid) = match &state.notice {
            None => (NOTIFY_SIGNAL, 0, 0),
            Some(notice) => match notice.event {
                Event::None => (NOTIFY_NONE, 0, notice.pid),
                Event::Signal(number, _) => (NOTIFY_SIGNAL, number, notice.pid),
            },
        };
        let bytes = state.bytes;
        format!("QSIZE:{bytes:<10} NOTIFY:{kind:<5} SIGNO:{number:<5} NOTIFY_PID:{pid:<6}\n")
    }
}

impl Node for Queue {
    fn identity(&self) -> Identity {
        Identity { file_system: FileSystem::MessageQueues, inode: self.inode }
    }

    fn permissions(&self) -> Permissions {
        self.state.lock().permissions
    }

    fn stat(&self) -> Stat {
        let mut stat = stat::base(self);
        stat.st_size = LENGTH;
        self.state.lock().times.fill(&mut stat);
        stat
    }

    fn label(&self) -> Option<String> {
        Some("mqueue:[queue]".into())
    }

    fn read(&self, offset: u64, to: &mut UserBuffer<'_>, _: Waiting) -> Result<usize, Errno> {
        let text = self.text();
        let left = usize::try_from(offset).ok().and_then(|start| text.as_bytes().get(start..));
        to.put(left.unwrap_or_default())
    }

    fn set_mode(&self, mode: u32) -> Result<(), Errno> {
        let permissions = &mut self.state.lock().permissions;
        permissions.mode = permissions.mode & S_IFMT | mode & 0o7777;
        Ok(())
    }

    fn set_owner(&self, uid: u32, gid: u32) -> Result<(), Errno> {
        let permissions = &mut self.state.lock().permissions;
        (permissions.uid, permissions.gid) = (uid, gid);
        Ok(())
    }

    fn set_times(&self, times: NewTimes) -> Result<(), Errno> {
        self.state.lock().times.set(times);
        Ok(())
    }

    fn readiness(&self, _: OpenFlags) -> PollEvents {
        let (has_messages, has_room) = self.has_messages_and_room();
        let mut ready = PollEvents::empty();
        ready.set(PollEvents::READABLE, has_messages);
        ready.set(PollEvents::WRITABLE, has_room);
        ready
    }

    fn visit_queues(&self, _: OpenFlags, visit: &mut dyn FnMut(&WaitQueue)) {
        visit(&self.changed);
    }

    /// Who closes any descriptor of a queue is told of nothing any more.
    fn descriptor_removed(&self) {
        if let Some(process) = sched::process_if_any() {
            self.stop_notifying(process.pid);
        }
    }
}
