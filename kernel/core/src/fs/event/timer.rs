//! Timers as files: `timerfd_create`.
//!
//! Nothing happens when such a timer goes off: who waits for it waits until that time.

use super::new_inode;
use crate::day::Epoch;
use crate::fs::node::{FileSystem, Identity, Node, Seeking, Waiting};
use crate::fs::open_file::OpenFile;
use crate::fs::permission::Permissions;
use crate::fs::stat;
use crate::sched::{WaitError, WaitQueue};
use crate::sync::{Lock, Rank};
use crate::user_memory::UserBuffer;
use abi::Errno;
use abi::file::{OpenFlags, Stat};
use abi::poll::PollEvents;
use alloc::string::String;
use alloc::sync::Arc;
use arch::clock;

/// When it goes off, in nanoseconds since boot, and how often after that.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
struct Setting {
    next: Option<u64>,
    interval: u64,
}

impl Setting {
    /// How often it has gone off; those times are forgotten.
    fn take(&mut self, now: u64) -> Option<u64> {
        let next = self.next.filter(|next| *next <= now)?;
        if self.interval == 0 {
            self.next = None;
            return Some(1);
        }
        let count = (now - next) / self.interval + 1;
        self.next = Some(next.saturating_add(count.saturating_mul(self.interval)));
        Some(count)
    }

    /// The time up to the next time, and the interval.
    fn left(&self, now: u64) -> (u64, u64) {
        let Some(next) = self.next else { return (0, self.interval) };
        if next > now {
            return (next - now, self.interval);
        }
        // It has gone off, which nobody has read: told is the time to the time after that.
        let left =
            if self.interval == 0 { 0 } else { self.interval - (now - next) % self.interval };
        (left, self.interval)
    }
}

/// A timer.
pub struct Timer {
    inode: u64,
    epoch: Epoch,
    setting: Lock<Setting>,
    changed: WaitQueue,
}

/// A new timer, which does not go off.
pub fn create_timer(epoch: Epoch, flags: OpenFlags) -> Result<Arc<OpenFile>, Errno> {
    let setting = Lock::new(Rank::Pipe, Setting::default());
    let timer = Timer { inode: new_inode(), epoch, setting, changed: WaitQueue::new() };
    OpenFile::new(Arc::new(timer), flags & OpenFlags::NON_BLOCKING | OpenFlags::READ_WRITE)
}

impl Timer {
    /// From when its clock counts.
    pub const fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// Sets it: the first time since boot, `None` for never; returns what was left, and the interval.
    pub fn set(&self, next: Option<u64>, interval: u64) -> (u64, u64) {
        let mut setting = self.setting.lock();
        let old = setting.left(clock::now());
        *setting = Setting { next, interval };
        drop(setting);
        self.changed.wake_all();
        old
    }

    /// The time up to the next time, and the interval.
    pub fn left(&self) -> (u64, u64) {
        self.setting.lock().left(clock::now())
    }

    fn take(&self) -> Option<u64> {
        self.setting.lock().take(clock::now())
    }

    fn wait(&self) -> Result<u64, Errno> {
        loop {
            let deadline = self.setting.lock().next;
            let attempt = || {
                let moved = self.setting.lock().next != deadline;
                self.take().map(Some).or_else(|| moved.then_some(None))
            };
            match self.changed.wait_until(deadline, attempt) {
                Ok(Some(count)) => return Ok(count),
                Ok(None) | Err(WaitError::TimedOut) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

impl Node for Timer {
    fn identity(&self) -> Identity {
        Identity { file_system: FileSystem::Events, inode: self.inode }
    }

    fn permissions(&self) -> Permissions {
        Permissions { mode: 0o600, uid: 0, gid: 0 }
    }

    fn is_plain(&self) -> bool {
        true
    }

    fn stat(&self) -> Stat {
        stat::base(self)
    }

    fn label(&self) -> Option<String> {
        Some("anon_inode:[timerfd]".into())
    }

    fn seeking(&self) -> Seeking {
        Seeking::Stream
    }

    fn read(&self, _: u64, to: &mut UserBuffer<'_>, waiting: Waiting) -> Result<usize, Errno> {
        if to.remaining() < size_of::<u64>() {
            return Err(Errno::EINVAL);
        }
        let count = match waiting {
            Waiting::Allowed | Waiting::Until(_) => self.wait()?,
            Waiting::Refused => self.take().ok_or(Errno::EAGAIN)?,
        };
        to.put(&count.to_le_bytes())
    }

    fn readiness(&self, _: OpenFlags) -> PollEvents {
        let now = clock::now();
        let is_due = self.setting.lock().next.is_some_and(|next| next <= now);
        if is_due { PollEvents::READABLE } else { PollEvents::empty() }
    }

    fn next_change(&self) -> Option<u64> {
        let now = clock::now();
        self.setting.lock().next.filter(|next| *next > now)
    }

    fn is_clocked(&self) -> bool {
        true
    }

    fn visit_queues(&self, _: OpenFlags, visit: &mut dyn FnMut(&WaitQueue)) {
        visit(&self.changed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timer_counts_how_often_it_has_gone_off() {
        let mut once = Setting { next: Some(100), interval: 0 };
        assert_eq!((once.take(99), once.take(500), once.take(501)), (None, Some(1), None));
        let mut often = Setting { next: Some(100), interval: 10 };
        assert_eq!((often.take(100), often.take(105), often.take(139)), (Some(1), None, Some(3)));
        assert_eq!(often.next, Some(140));
    }

    #[test]
    fn what_is_left_is_told_up_to_the_next_time() {
        let setting = Setting { next: Some(100), interval: 10 };
        assert_eq!((setting.left(60), setting.left(123)), ((40, 10), (7, 10)));
        assert_eq!(Setting::default().left(5), (0, 0));
    }
}
