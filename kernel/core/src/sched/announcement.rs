//! News for which hardly anybody waits: whoever has some looks at a count first, and wakes nobody in vain.

use super::wait_queue::WaitQueue;
use crate::atomic::{AtomicUsize, Ordering};

/// A queue for those who wait for news, and how many may.
pub struct Announcement {
    queue: WaitQueue,
    interested: AtomicUsize,
}

/// That somebody may wait, until it is dropped.
pub struct Interest(&'static Announcement);

impl Default for Announcement {
    fn default() -> Self {
        Self::new()
    }
}

impl Announcement {
    /// Nobody is interested.
    pub const fn new() -> Self {
        Self { queue: WaitQueue::new(), interested: AtomicUsize::new(0) }
    }

    /// Woken by news, while somebody is interested.
    pub const fn queue(&self) -> &WaitQueue {
        &self.queue
    }

    /// From now on news are told. Whoever is interested looks for them under the lock under which they are
    /// made: that orders the count.
    pub fn interest(&'static self) -> Interest {
        self.interested.fetch_add(1, Ordering::Relaxed);
        Interest(self)
    }

    /// There are news.
    pub fn tell(&self) {
        if self.interested.load(Ordering::Relaxed) > 0 {
            self.queue.wake_all();
        }
    }
}

impl Drop for Interest {
    fn drop(&mut self) {
        self.0.interested.fetch_sub(1, Ordering::Relaxed);
    }
}
