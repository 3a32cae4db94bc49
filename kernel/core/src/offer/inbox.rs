//! The file that tells a process of offers to it, so that it can wait for them among other files.
//!
//! It is the process's own: children do not inherit it. Reading tells what is open and takes
//! nothing away: an offer ends by its claim.

use super::{BOOK, record};
use crate::fs::permission::Permissions;
use crate::fs::{FileSystem, Identity, Node, Seeking, Waiting, stat};
use crate::process::Process;
use crate::sched::WaitQueue;
use crate::user_memory::UserBuffer;
use abi::Errno;
use abi::file::{OpenFlags, S_IFIFO, Stat};
use abi::offer::{Direction, OfferRecord};
use abi::poll::PollEvents;
use alloc::sync::{Arc, Weak};
use zerocopy::IntoBytes;

/// Records that one read tells at most; they lie on the kernel's stack.
const READ_MAX: usize = 16;

type Records = heapless::Vec<OfferRecord, READ_MAX>;

/// Tells of the offers to a process.
pub struct Inbox {
    pid: u32,
    /// Weak, because the process's descriptors lead here.
    process: Weak<Process>,
}

impl Inbox {
    /// The one of a process.
    pub fn of(process: &Arc<Process>) -> Arc<Self> {
        Arc::new(Self { pid: process.pid, process: Arc::downgrade(process) })
    }

    fn has_offer(&self) -> bool {
        BOOK.lock().oldest_to(self.pid).is_some()
    }

    /// The oldest offers, at most so many; `None` if there is none.
    fn oldest(&self, count: usize) -> Option<Records> {
        let book = BOOK.lock();
        let offers = book.to(self.pid).take(count.min(READ_MAX));
        let records: Records = offers.map(|offer| record(offer, Direction::Received)).collect();
        (!records.is_empty()).then_some(records)
    }
}

impl Node for Inbox {
    fn identity(&self) -> Identity {
        Identity { file_system: FileSystem::Offers, inode: u64::from(self.pid) }
    }

    fn permissions(&self) -> Permissions {
        Permissions { mode: S_IFIFO | 0o400, uid: 0, gid: 0 }
    }

    fn stat(&self) -> Stat {
        stat::base(self)
    }

    fn seeking(&self) -> Seeking {
        Seeking::Stream
    }

    fn read(&self, _: u64, to: &mut UserBuffer<'_>, waiting: Waiting) -> Result<usize, Errno> {
        let room = to.remaining() / size_of::<OfferRecord>();
        if room == 0 {
            return Err(Errno::EINVAL);
        }
        let process = self.process.upgrade().ok_or(Errno::ESRCH)?;
        let records = waiting.attempt(&process.offers_changed, || self.oldest(room))?;
        to.counted(|to| {
            for record in &records {
                to.put(record.as_bytes())?;
            }
            Ok(())
        })
    }

    fn readiness(&self, _flags: OpenFlags) -> PollEvents {
        if self.has_offer() { PollEvents::READABLE } else { PollEvents::empty() }
    }

    fn visit_queues(&self, _flags: OpenFlags, visit: &mut dyn FnMut(&WaitQueue)) {
        if let Some(process) = self.process.upgrade() {
            visit(&process.offers_changed);
        }
    }

    fn is_private(&self) -> bool {
        true
    }
}
