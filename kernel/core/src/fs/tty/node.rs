//! `/dev/console`, `/dev/tty` and `/dev/pts/N`.

use super::access::{self, Use};
use super::control;
use super::directory::FIRST_INODE;
use super::pair::{self, Pair};
use super::terminal::{TERMINAL, Terminal};
use crate::fs::device::device_number;
use crate::fs::node::{FileSystem, Identity, Node, NodeRef, Place, Seeking, Waiting, Written};
use crate::fs::permission::Permissions;
use crate::fs::stat;
use crate::process;
use crate::sched::WaitQueue;
use crate::user_memory::{UserBuffer, UserData};
use abi::Errno;
use abi::file::{OpenFlags, S_IFCHR, Stat};
use abi::poll::PollEvents;
use abi::terminal::TOSTOP;
use alloc::sync::Arc;
use arch::addr::VirtAddr;

/// Linux's number of the console.
pub const CONSOLE: u64 = device_number(5, 1);
/// The group of terminals.
const TERMINALS_GROUP: u32 = 5;

/// By which name the terminal is reached.
enum Kind {
    /// As the board's console.
    Console,
    /// As the caller's controlling terminal; opened, it is the console.
    Controlling,
    /// As a pseudo-terminal.
    Slave(Arc<Pair>),
}

/// The terminal as a file.
pub struct TerminalNode {
    inode: u64,
    kind: Kind,
}

impl TerminalNode {
    /// `/dev/console`, which only root opens; programs inherit it.
    pub const fn console(inode: u64) -> Self {
        Self { inode, kind: Kind::Console }
    }

    /// `/dev/tty`, for the processes of the terminal's session.
    pub const fn controlling(inode: u64) -> Self {
        Self { inode, kind: Kind::Controlling }
    }

    /// `/dev/pts/N`.
    pub fn slave(pair: Arc<Pair>) -> Self {
        Self { inode: FIRST_INODE + pair.number as u64, kind: Kind::Slave(pair) }
    }

    fn terminal(&self) -> &Terminal {
        match &self.kind {
            Kind::Console | Kind::Controlling => &TERMINAL,
            Kind::Slave(pair) => &pair.terminal,
        }
    }
}

impl Node for TerminalNode {
    fn identity(&self) -> Identity {
        let file_system = match self.kind {
            Kind::Console | Kind::Controlling => FileSystem::Devices,
            Kind::Slave(_) => FileSystem::Terminals,
        };
        Identity { file_system, inode: self.inode }
    }

    fn permissions(&self) -> Permissions {
        let (mode, uid, gid) = match &self.kind {
            Kind::Console => (0o600, 0, 0),
            Kind::Controlling => (0o666, 0, 0),
            Kind::Slave(pair) => (0o620, pair.owner.uid, TERMINALS_GROUP),
        };
        Permissions { mode: S_IFCHR | mode, uid, gid }
    }

    fn is_plain(&self) -> bool {
        true
    }

    fn stat(&self) -> Stat {
        let st_rdev = match &self.kind {
            Kind::Console => CONSOLE,
            Kind::Controlling => device_number(5, 0),
            Kind::Slave(pair) => pair.device(),
        };
        Stat { st_rdev, ..stat::base(self) }
    }

    fn seeking(&self) -> Seeking {
        Seeking::Stream
    }

    fn opened_as(&self, _: OpenFlags) -> Option<Result<NodeRef, Errno>> {
        if !matches!(self.kind, Kind::Controlling) {
            return None;
        }
        let session = process::current_session();
        let is_its = |pair: &Arc<Pair>| {
            pair.terminal.foreground_of(session).map(|_| Arc::new(Self::slave(pair.clone())))
        };
        pair::find_map(is_its).map(|node| Ok(node as NodeRef))
    }

    fn open(&self, flags: OpenFlags) -> Result<(), Errno> {
        match &self.kind {
            Kind::Console => Ok(()),
            Kind::Controlling => {
                let foreground = TERMINAL.foreground_of(process::current_session());
                foreground.map(drop).ok_or(Errno::ENXIO)
            }
            Kind::Slave(pair) => {
                pair.add_slave()?;
                if !flags.contains(OpenFlags::NO_CTTY) {
                    pair.offer_to_session();
                }
                Ok(())
            }
        }
    }

    fn close(&self, _: OpenFlags) {
        if let Kind::Slave(pair) = &self.kind {
            pair.remove_slave();
        }
    }

    fn read(&self, _: u64, to: &mut UserBuffer<'_>, waiting: Waiting) -> Result<usize, Errno> {
        access::check(self.terminal(), Use::Read)?;
        self.terminal().read(to, waiting)
    }

    fn write(&self, _: Place, from: &mut UserData<'_>, wait: Waiting) -> Result<Written, Errno> {
        let termios = *self.terminal().input().discipline.termios();
        if termios.local & TOSTOP != 0 {
            access::check(self.terminal(), Use::Write)?;
        }
        let count = self.terminal().output.write(from, termios.output, wait)?;
        Ok(Written { count, end: 0 })
    }

    fn readiness(&self, flags: OpenFlags) -> PollEvents {
        let terminal = self.terminal();
        let mut ready = PollEvents::empty();
        ready.set(PollEvents::READABLE, flags.reads() && terminal.is_readable());
        ready.set(PollEvents::WRITABLE, flags.writes() && terminal.output.is_writable());
        ready.set(PollEvents::HUP, terminal.is_hung_up());
        ready
    }

    fn visit_queues(&self, flags: OpenFlags, visit: &mut dyn FnMut(&WaitQueue)) {
        if flags.reads() {
            self.terminal().visit_queues(visit);
        }
        if flags.writes() {
            self.terminal().output.visit_queues(visit);
        }
    }

    fn control(&self, request: u32, argument: VirtAddr) -> Result<u64, Errno> {
        control::control(self.terminal(), request, argument)
    }
}
