//! Signals as a file: `signalfd4`. A read takes those of the process that reads.

use super::new_inode;
use crate::fs::node::{FileSystem, Identity, Node, NodeRef, Seeking, Waiting};
use crate::fs::open_file::OpenFile;
use crate::fs::permission::Permissions;
use crate::fs::stat;
use crate::process::signal::look::{self, SOME_SENT};
use crate::sched::Interest;
use crate::sched::WaitQueue;
use crate::user_memory::UserBuffer;
use abi::Errno;
use abi::file::{OpenFlags, Stat};
use abi::poll::PollEvents;
use abi::signal::{Signal, SignalRecord, signal_bit};
use alloc::string::String;
use alloc::sync::Arc;
use core::any::Any;
use core::sync::atomic::{AtomicU64, Ordering};
use zerocopy::IntoBytes;

const BYTES: usize = size_of::<SignalRecord>();

/// A file that tells of some signals.
pub struct Signals {
    inode: u64,
    wanted: AtomicU64,
    _interest: Interest,
}

/// A new one.
pub fn create_signals(wanted: u64, flags: OpenFlags) -> Result<Arc<OpenFile>, Errno> {
    let (inode, _interest) = (new_inode(), SOME_SENT.interest());
    let signals = Signals { inode, wanted: AtomicU64::new(0), _interest };
    signals.set(wanted);
    OpenFile::new(Arc::new(signals), flags & OpenFlags::NON_BLOCKING | OpenFlags::READ_WRITE)
}

impl Signals {
    /// The file behind a node, if it is one.
    pub fn of_node(node: &NodeRef) -> Option<&Self> {
        (&**node as &dyn Any).downcast_ref()
    }

    /// Changes of which signals it tells; never of KILL and STOP.
    pub fn set(&self, wanted: u64) {
        let never = signal_bit(Signal::KILL as u32) | signal_bit(Signal::STOP as u32);
        self.wanted.store(wanted & !never, Ordering::Relaxed);
        SOME_SENT.queue().wake_all();
    }

    fn wanted(&self) -> u64 {
        self.wanted.load(Ordering::Relaxed)
    }
}

impl Node for Signals {
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
        Some("anon_inode:[signalfd]".into())
    }

    fn seeking(&self) -> Seeking {
        Seeking::Stream
    }

    fn read(&self, _: u64, to: &mut UserBuffer<'_>, waiting: Waiting) -> Result<usize, Errno> {
        if to.remaining() < BYTES {
            return Err(Errno::EINVAL);
        }
        let first = waiting.attempt(SOME_SENT.queue(), || look::take(self.wanted()))?;
        let mut next = Some(first);
        to.counted(|to| {
            while let Some(info) = next.take() {
                to.put(SignalRecord::from(info).as_bytes())?;
                if to.remaining() >= BYTES {
                    next = look::take(self.wanted());
                }
            }
            Ok(())
        })
    }

    fn readiness(&self, _: OpenFlags) -> PollEvents {
        let is_pending = look::is_pending(self.wanted());
        if is_pending { PollEvents::READABLE } else { PollEvents::empty() }
    }

    fn visit_queues(&self, _: OpenFlags, visit: &mut dyn FnMut(&WaitQueue)) {
        visit(SOME_SENT.queue());
    }
}
