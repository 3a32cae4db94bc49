//! A socket as a file.

use super::{Kind, Options, Outgoing, Received, Socket};
use crate::fs::node::{FileSystem, Identity, Node, Place, Seeking, Waiting, Written};
use crate::fs::permission::Permissions;
use crate::fs::stat;
use crate::sched::WaitQueue;
use crate::user_memory::{UserBuffer, UserData};
use abi::Errno;
use abi::file::{OpenFlags, S_IFSOCK, Stat};
use abi::poll::PollEvents;
use abi::terminal::FIONREAD;
use alloc::format;
use alloc::string::String;
use arch::addr::VirtAddr;

impl Node for Socket {
    fn identity(&self) -> Identity {
        Identity { file_system: FileSystem::Sockets, inode: self.inode }
    }

    fn permissions(&self) -> Permissions {
        Permissions { mode: S_IFSOCK | 0o777, uid: 0, gid: 0 }
    }

    fn is_plain(&self) -> bool {
        true
    }

    fn stat(&self) -> Stat {
        stat::base(self)
    }

    fn label(&self) -> Option<String> {
        Some(format!("socket:[{}]", self.inode))
    }

    fn seeking(&self) -> Seeking {
        Seeking::Stream
    }

    fn open(&self, _: OpenFlags) -> Result<(), Errno> {
        // Opened once, when it is made: a second open file would end it for the first.
        if self.state.lock().is_closed { Err(Errno::ENXIO) } else { Ok(()) }
    }

    fn close(&self, _: OpenFlags) {
        self.end();
    }

    fn read(&self, _: u64, to: &mut UserBuffer<'_>, waiting: Waiting) -> Result<usize, Errno> {
        if to.remaining() == 0 {
            return Ok(0);
        }
        if let Some(count) = self.receive_at_once(to, waiting)? {
            return Ok(count);
        }
        // Descriptors that nobody asks for go.
        let mut received = Received::default();
        self.receive_into(&mut received, to, Options::default(), waiting)?;
        Ok(received.count)
    }

    fn write(&self, _: Place, from: &mut UserData<'_>, wait: Waiting) -> Result<Written, Errno> {
        if let Some(count) = self.send_at_once(from) {
            return Ok(Written { count, end: 0 });
        }
        let count = self.send(from, Outgoing::default(), wait)?;
        Ok(Written { count, end: 0 })
    }

    fn readiness(&self, _: OpenFlags) -> PollEvents {
        let has_room = self.finds_room();
        let state = self.state.lock();
        let is_connection = self.kind != Kind::Datagram;
        let waits = !state.stream.is_empty() || !state.is_claimed && !state.queue.is_empty();
        let pending = state.backlog.as_ref().is_some_and(|backlog| !backlog.pending.is_empty());
        let is_idle = is_connection && !state.is_connected && state.backlog.is_none();
        let both = state.shut.receiving && state.shut.sending;
        let mut ready = PollEvents::empty();
        ready.set(PollEvents::READABLE, waits || pending || state.shut.receiving);
        ready.set(PollEvents::WRITABLE, has_room && state.backlog.is_none());
        ready.set(PollEvents::RDHUP, state.shut.receiving);
        ready.set(PollEvents::HUP, both || is_idle);
        ready.set(PollEvents::ERR, state.error.is_some());
        ready
    }

    fn visit_queues(&self, _: OpenFlags, visit: &mut dyn FnMut(&WaitQueue)) {
        visit(&self.data);
        visit(&self.writable);
    }

    fn control(&self, request: u32, argument: VirtAddr) -> Result<u64, Errno> {
        if request != FIONREAD {
            return Err(Errno::ENOTTY);
        }
        let state = self.state.lock();
        let length = match self.kind {
            _ if state.backlog.is_some() => return Err(Errno::EINVAL),
            Kind::Stream => state.stream.len(),
            Kind::Packets => state.queue.bytes(),
            Kind::Datagram => state.queue.first().map_or(0, |message| message.bytes.len()),
        };
        drop(state);
        UserBuffer::user(argument, size_of::<i32>()).put(&(length as i32).to_le_bytes())?;
        Ok(0)
    }
}
