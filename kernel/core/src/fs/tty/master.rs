//! `/dev/ptmx`: who opens it has the other side of a new pseudo-terminal.

use super::control::{self, put, take};
use super::line::Line;
use super::pair::{self, Pair};
use crate::fs::device::device_number;
use crate::fs::node::{FileSystem, Identity, Node, NodeRef, Place, Seeking, Waiting, Written};
use crate::fs::permission::Permissions;
use crate::fs::stat;
use crate::sched::WaitQueue;
use crate::user_memory::{UserBuffer, UserData};
use abi::Errno;
use abi::file::{OpenFlags, S_IFCHR, Stat};
use abi::poll::PollEvents;
use abi::terminal::{TIOCGPTLCK, TIOCGPTN, TIOCSPTLCK};
use alloc::sync::Arc;
use arch::addr::VirtAddr;
use core::sync::atomic::Ordering;

/// The device, and what it is for who has opened it.
pub struct MasterNode {
    inode: u64,
    /// `None` for the name alone.
    pair: Option<Arc<Pair>>,
}

impl MasterNode {
    /// The device.
    pub const fn new(inode: u64) -> Self {
        Self { inode, pair: None }
    }

    fn pair(&self) -> Result<&Arc<Pair>, Errno> {
        self.pair.as_ref().ok_or(Errno::EIO)
    }

    fn line(&self) -> Option<&Line> {
        self.pair.as_ref().and_then(|pair| pair.line())
    }
}

impl Node for MasterNode {
    fn identity(&self) -> Identity {
        Identity { file_system: FileSystem::Devices, inode: self.inode }
    }

    fn permissions(&self) -> Permissions {
        Permissions { mode: S_IFCHR | 0o666, uid: 0, gid: 0 }
    }

    fn stat(&self) -> Stat {
        Stat { st_rdev: device_number(5, 2), ..stat::base(self) }
    }

    fn seeking(&self) -> Seeking {
        Seeking::Stream
    }

    fn opened_as(&self, _: OpenFlags) -> Option<Result<NodeRef, Errno>> {
        let node = |pair| Arc::new(Self { inode: self.inode, pair: Some(pair) }) as NodeRef;
        Some(pair::create().map(node))
    }

    fn open(&self, _: OpenFlags) -> Result<(), Errno> {
        self.pair()?.add_master();
        Ok(())
    }

    fn close(&self, _: OpenFlags) {
        self.pair.iter().for_each(|pair| pair.remove_master());
    }

    fn read(&self, _: u64, to: &mut UserBuffer<'_>, waiting: Waiting) -> Result<usize, Errno> {
        let pair = self.pair()?;
        let line = pair.line().ok_or(Errno::EIO)?;
        line.read(to, waiting, || pair.is_left().then_some(Errno::EIO))
    }

    fn write(&self, _: Place, from: &mut UserData<'_>, wait: Waiting) -> Result<Written, Errno> {
        let count = self.pair()?.terminal.type_bytes(from, wait)?;
        Ok(Written { count, end: 0 })
    }

    fn readiness(&self, flags: OpenFlags) -> PollEvents {
        let mut ready = PollEvents::empty();
        if let Some(pair) = &self.pair {
            let has_bytes = self.line().is_some_and(|line| line.length() > 0);
            ready.set(PollEvents::READABLE, flags.reads() && has_bytes);
            ready.set(PollEvents::WRITABLE, flags.writes() && pair.terminal.has_room());
            ready.set(PollEvents::HUP, pair.is_left());
        }
        ready
    }

    fn visit_queues(&self, flags: OpenFlags, visit: &mut dyn FnMut(&WaitQueue)) {
        // That the other side has gone is told in the readers' queue.
        self.line().into_iter().for_each(|line| line.visit_readers(visit));
        if let Some(pair) = self.pair.as_ref().filter(|_| flags.writes()) {
            pair.terminal.visit_typists(visit);
        }
    }

    fn control(&self, request: u32, argument: VirtAddr) -> Result<u64, Errno> {
        let pair = self.pair()?;
        match request {
            TIOCGPTN => put(argument, &(pair.number as u32))?,
            TIOCSPTLCK => {
                let locks = take(argument, 0_u32)? != 0;
                pair.is_locked.store(locks, Ordering::Release);
            }
            TIOCGPTLCK => {
                let is_locked = u32::from(pair.is_locked.load(Ordering::Acquire));
                put(argument, &is_locked)?;
            }
            _ => return control::control(&pair.terminal, request, argument),
        }
        Ok(0)
    }
}
