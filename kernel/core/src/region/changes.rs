//! Changes of a region: a number that only grows, the last changes, and who waits for the next.
//!
//! A waiter names the last change that it has seen, so a change between two waits is never
//! missed; one that is remembered no longer still shows as a gap between the numbers.

use crate::sched::{self, WaitError, WaitQueue};
use crate::sync::{Lock, Rank};
use abi::region::{ChangeKind, ChangeRecord};
use alloc::collections::VecDeque;

/// Changes that are remembered, the last one included.
pub const REMEMBERED: usize = 32;

/// The last changes, the oldest first; without locks and waiters.
struct Log {
    last: ChangeRecord,
    /// Those before the last. Empty if there is no memory to remember them in.
    before: VecDeque<ChangeRecord>,
}

impl Log {
    const fn new() -> Self {
        let last = ChangeRecord { number: 0, offset: 0, length: 0, pid: 0, kind: 0 };
        Self { last, before: VecDeque::new() }
    }

    /// Adds a change and gives its number; the number in `change` means nothing.
    fn add(&mut self, change: ChangeRecord) -> u64 {
        if self.before.len() >= REMEMBERED - 1 {
            self.before.pop_front();
        }
        if self.last.number > 0 {
            match self.before.try_reserve(1) {
                Ok(()) => self.before.push_back(self.last),
                // A waiter sees the gap; the numbers stay right.
                Err(_) => self.before.clear(),
            }
        }
        self.last = ChangeRecord { number: self.last.number + 1, ..change };
        self.last.number
    }

    /// The oldest change that is remembered and later than number `seen`.
    fn after(&self, seen: u64) -> Option<ChangeRecord> {
        if self.last.number <= seen {
            return None;
        }
        let older = self.before.iter().find(|change| change.number > seen);
        Some(older.copied().unwrap_or(self.last))
    }
}

/// A region's changes.
pub struct Changes {
    log: Lock<Log>,
    added: WaitQueue,
}

impl Changes {
    /// None.
    pub const fn new() -> Self {
        Self { log: Lock::new(Rank::RegionChanges, Log::new()), added: WaitQueue::new() }
    }

    /// The number of the last change; 0 if there was none.
    pub fn number(&self) -> u64 {
        self.log.lock().last.number
    }

    /// Adds a change that the calling process has made, and wakes all who wait; gives its number.
    ///
    /// Called when the change can be seen.
    pub fn add(&self, kind: ChangeKind, offset: u64, length: u64) -> u64 {
        let pid = sched::current_pid().unwrap_or(0);
        let change = ChangeRecord { number: 0, offset, length, pid, kind: kind as u32 };
        let number = self.log.lock().add(change);
        self.added.wake_all();
        number
    }

    /// The oldest change that is remembered and later than number `seen`; waits for one.
    pub fn wait(&self, seen: u64, deadline: Option<u64>) -> Result<ChangeRecord, WaitError> {
        self.added.wait_until(deadline, || self.log.lock().after(seen))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(offset: u64) -> ChangeRecord {
        ChangeRecord { offset, ..ChangeRecord::default() }
    }

    #[test]
    fn the_first_change_is_number_one() {
        let mut log = Log::new();
        assert!(log.after(0).is_none());
        assert_eq!(log.add(change(7)), 1);
        let found = log.after(0).unwrap();
        assert_eq!((found.number, found.offset), (1, 7));
        assert!(log.after(1).is_none());
    }

    #[test]
    fn who_comes_in_time_sees_every_change_once_and_in_order() {
        let mut log = Log::new();
        let mut seen = 0;
        for round in 0..1000_u64 {
            // From 1 to 32 changes between two looks: all of them are remembered.
            for _ in 0..=round % REMEMBERED as u64 {
                let next = log.last.number + 1;
                assert_eq!(log.add(change(next * 3)), next);
            }
            while let Some(found) = log.after(seen) {
                assert_eq!((found.number, found.offset), (seen + 1, (seen + 1) * 3));
                seen = found.number;
            }
            assert_eq!(seen, log.last.number);
        }
    }

    #[test]
    fn who_comes_late_gets_the_oldest_of_the_last_32() {
        let mut log = Log::new();
        for offset in 1..=100 {
            log.add(change(offset));
        }
        assert_eq!(log.after(0).unwrap().number, 69);
        assert_eq!(log.after(68).unwrap().number, 69);
        assert_eq!(log.after(80).unwrap().offset, 81);
        assert_eq!(log.after(99).unwrap().number, 100);
        assert!(log.after(100).is_none());
        assert!(log.after(u64::MAX).is_none());
    }

    #[test]
    fn a_change_that_no_process_made_is_told_with_pid_0() {
        let changes = Changes::new();
        assert_eq!(changes.add(ChangeKind::Grown, 4096, 0), 1);
        let found = changes.wait(0, None).unwrap();
        assert_eq!((found.pid, found.kind), (0, ChangeKind::Grown as u32));
        assert_eq!(changes.number(), 1);
    }
}
