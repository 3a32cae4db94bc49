//! `/dev/console` and `/dev/tty`.

use super::access::{self, Use};
use super::control;
use super::terminal::TERMINAL;
use crate::fs::device::device_number;
use crate::fs::node::{FileSystem, Identity, Node, Place, Seeking, Waiting, Written};
use crate::fs::permission::Permissions;
use crate::fs::stat;
use crate::process;
use crate::sched::WaitQueue;
use crate::user_memory::{UserBuffer, UserData};
use abi::Errno;
use abi::file::{OpenFlags, S_IFCHR, Stat};
use abi::poll::PollEvents;
use abi::terminal::TOSTOP;
use arch::addr::VirtAddr;

/// By which name the terminal is reached.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    /// As the board's console.
    Console,
    /// As the caller's controlling terminal.
    Controlling,
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
}

impl Node for TerminalNode {
    fn identity(&self) -> Identity {
        Identity { file_system: FileSystem::Devices, inode: self.inode }
    }

    fn permissions(&self) -> Permissions {
        let mode = match self.kind {
            Kind::Console => 0o600,
            Kind::Controlling => 0o666,
        };
        Permissions { mode: S_IFCHR | mode, uid: 0, gid: 0 }
    }

    fn is_plain(&self) -> bool {
        true
    }

    fn stat(&self) -> Stat {
        let minor = match self.kind {
            Kind::Console => 1,
            Kind::Controlling => 0,
        };
        Stat { st_rdev: device_number(5, minor), ..stat::base(self) }
    }

    fn seeking(&self) -> Seeking {
        Seeking::Stream
    }

    fn open(&self, _flags: OpenFlags) -> Result<(), Errno> {
        let session = process::current_session();
        match self.kind {
            Kind::Controlling if session == 0 || TERMINAL.input().session != session => {
                Err(Errno::ENXIO)
            }
            _ => Ok(()),
        }
    }

    fn read(&self, _: u64, to: &mut UserBuffer<'_>, waiting: Waiting) -> Result<usize, Errno> {
        access::check(&TERMINAL, Use::Read)?;
        TERMINAL.read(to, waiting)
    }

    fn write(&self, _: Place, from: &mut UserData<'_>, wait: Waiting) -> Result<Written, Errno> {
        let termios = *TERMINAL.input().discipline.termios();
        if termios.local & TOSTOP != 0 {
            access::check(&TERMINAL, Use::Write)?;
        }
        let count = TERMINAL.output.write(from, termios.output, wait)?;
        Ok(Written { count, end: 0 })
    }

    fn readiness(&self, flags: OpenFlags) -> PollEvents {
        let mut ready = PollEvents::empty();
        ready.set(PollEvents::READABLE, flags.reads() && TERMINAL.is_readable());
        ready.set(PollEvents::WRITABLE, flags.writes() && TERMINAL.output.is_writable());
        ready
    }

    fn visit_queues(&self, flags: OpenFlags, visit: &mut dyn FnMut(&WaitQueue)) {
        if flags.reads() {
            TERMINAL.visit_queues(visit);
        }
        if flags.writes() {
            TERMINAL.output.visit_queues(visit);
        }
    }

    fn control(&self, request: u32, argument: VirtAddr) -> Result<u64, Errno> {
        control::control(request, argument)
    }
}
