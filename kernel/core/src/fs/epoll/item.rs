//! A file that an epoll set watches.

use super::signs::Signs;
use crate::fs::node::Node;
use crate::fs::open_file::OpenFile;
use crate::sched::{Cause, Relay, WaitQueue};
use abi::Errno;
use abi::epoll::{EPOLLET, EPOLLONESHOT, EpollEvent};
use abi::file::OpenFlags;
use abi::poll::PollEvents;
use alloc::sync::{Arc, Weak};
use core::sync::atomic::{AtomicU64, Ordering};

static NEXT_NUMBER: AtomicU64 = AtomicU64::new(1);

/// Who waits for a set; what its items wake.
pub struct Waiters(pub WaitQueue);

/// Takes note of the wakes of a file's queues.
pub struct Bell {
    waiters: Arc<Waiters>,
    /// What is known of the file's wakes.
    pub signs: Signs,
}

impl Relay for Bell {
    fn woken(&self, cause: Cause) {
        self.signs.note(cause == Cause::Change);
        match cause {
            Cause::Change => self.waiters.0.wake_all(),
            Cause::Turn => self.waiters.0.pass_on(),
        }
    }
}

/// A watched file. It is not kept open: an item goes with its file.
pub struct Item {
    file: Weak<OpenFile>,
    node: Weak<dyn Node>,
    flags: OpenFlags,
    /// The number of the bell in the file's queues.
    number: u64,
    pub bell: Arc<Bell>,
    /// What is watched for, and the program's own data.
    pub wish: EpollEvent,
    /// Whether it is told: not, after it was told once.
    pub is_armed: bool,
}

impl Item {
    /// A watch of a file, which begins to ring.
    pub fn new(
        file: &Arc<OpenFile>,
        wish: EpollEvent,
        waiters: &Arc<Waiters>,
    ) -> Result<Self, Errno> {
        let bell = Arc::new(Bell { waiters: waiters.clone(), signs: Signs::new() });
        let item = Self {
            file: Arc::downgrade(file),
            node: Arc::downgrade(file.node()),
            flags: file.flags(),
            number: NEXT_NUMBER.fetch_add(1, Ordering::Relaxed),
            bell,
            wish,
            is_armed: true,
        };
        let relay = Arc::downgrade(&item.bell);
        let mut outcome = Ok(());
        file.visit_queues(&mut |queue| {
            if outcome.is_ok() {
                outcome = queue.add_relay(item.number, relay.clone());
            }
        });
        // Dropped if that failed, which takes the bell out again.
        outcome.map(|()| item)
    }

    /// The file, while it is open.
    pub fn file(&self) -> Option<Arc<OpenFile>> {
        self.file.upgrade()
    }

    /// Whether the file is to be told only when it changes.
    pub const fn is_edge(&self) -> bool {
        self.wish.events & EPOLLET != 0
    }

    /// Whether the file is told only once.
    pub const fn is_once(&self) -> bool {
        self.wish.events & EPOLLONESHOT != 0
    }

    /// What of a file's readiness is told.
    pub fn wanted(&self) -> PollEvents {
        let wanted = PollEvents::from_bits_truncate(self.wish.events as u16);
        wanted | PollEvents::ERR | PollEvents::HUP
    }

    /// Lets it be looked at again, as if it had changed.
    pub fn ring(&self) {
        self.bell.woken(Cause::Change);
    }
}

impl Drop for Item {
    fn drop(&mut self) {
        if let Some(node) = self.node.upgrade() {
            node.visit_queues(self.flags, &mut |queue| queue.remove_relay(self.number));
        }
    }
}
