//! The time as files note it.

use crate::day;
use abi::file::Stat;
use abi::time::TimeSpec;
use core::time::Duration;

/// The time now.
pub fn now() -> TimeSpec {
    TimeSpec::from_duration(Duration::from_nanos(day::now()))
}

/// New times of a file; what is `None` stays.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct NewTimes {
    /// Of the last access.
    pub accessed: Option<TimeSpec>,
    /// Of the last change.
    pub modified: Option<TimeSpec>,
}

/// When a file was read, written, and changed in its record.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    /// Last reading of the contents.
    pub accessed: TimeSpec,
    /// Last change of the contents.
    pub modified: TimeSpec,
    /// Last change of the record.
    pub changed: TimeSpec,
}

impl Times {
    /// All three the same.
    pub const fn all(time: TimeSpec) -> Self {
        Self { accessed: time, modified: time, changed: time }
    }

    /// The contents change now.
    pub fn modify(&mut self) {
        self.modified = now();
        self.changed = self.modified;
    }

    /// Takes over what was given; that changes the record.
    pub fn set(&mut self, times: NewTimes) {
        self.accessed = times.accessed.unwrap_or(self.accessed);
        self.modified = times.modified.unwrap_or(self.modified);
        self.changed = now();
    }

    /// The contents are read; noted once after each change, as Linux's `relatime` does.
    pub fn access(&mut self) {
        let seen = (self.accessed.seconds, self.accessed.nanoseconds);
        if seen <= (self.modified.seconds, self.modified.nanoseconds) {
            self.accessed = now();
        }
    }

    /// Writes the times into a `stat`.
    pub const fn fill(&self, stat: &mut Stat) {
        stat.st_atime = self.accessed.seconds;
        stat.st_atime_nsec = self.accessed.nanoseconds as u64;
        stat.st_mtime = self.modified.seconds;
        stat.st_mtime_nsec = self.modified.nanoseconds as u64;
        stat.st_ctime = self.changed.seconds;
        stat.st_ctime_nsec = self.changed.nanoseconds as u64;
    }
}
