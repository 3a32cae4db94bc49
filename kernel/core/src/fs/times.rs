//! `utimensat`: times of a file, by path and by descriptor.

use super::namespace::check;
use super::node::NodeRef;
use super::open_file::OpenFile;
use super::permission::Want;
use super::time::{self, NewTimes};
use crate::process::Credentials;
use abi::Errno;
use abi::file::{UTIME_NOW, UTIME_OMIT};
use abi::time::TimeSpec;

/// What a call asks of one of the times.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Wish {
    Now,
    Stay,
    Be(TimeSpec),
}

fn wish(time: TimeSpec) -> Result<Wish, Errno> {
    match time.nanoseconds {
        UTIME_NOW => Ok(Wish::Now),
        UTIME_OMIT => Ok(Wish::Stay),
        0..1_000_000_000 => Ok(Wish::Be(time)),
        _ => Err(Errno::EINVAL),
    }
}

/// New times as a call gives them; none for both now.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TimesWanted([Wish; 2]);

impl TimesWanted {
    /// Both now.
    pub const NOW: Self = Self([Wish::Now; 2]);

    /// From a call's two times, in which the nanoseconds may have a meaning of their own.
    pub fn new([accessed, modified]: [TimeSpec; 2]) -> Result<Self, Errno> {
        Ok(Self([wish(accessed)?, wish(modified)?]))
    }

    /// Whether both are to stay as they are.
    pub fn changes_nothing(self) -> bool {
        self.0 == [Wish::Stay; 2]
    }

    /// Sets them, as far as the caller may: the owner any, who may write the present time.
    pub fn apply(self, node: &NodeRef, caller: Credentials) -> Result<(), Errno> {
        if self.changes_nothing() {
            return Ok(());
        }
        if node.is_read_only() {
            return Err(Errno::EROFS);
        }
        if !node.permissions().is_owned_by(caller) {
            if self != Self::NOW {
                return Err(Errno::EPERM);
            }
            check(node, caller, Want::WRITE)?;
        }
        let now = time::now();
        let time = |wish| match wish {
            Wish::Now => Some(now),
            Wish::Stay => None,
            Wish::Be(time) => Some(time),
        };
        node.set_times(NewTimes { accessed: time(self.0[0]), modified: time(self.0[1]) })
    }
}

impl OpenFile {
    /// `futimens`.
    pub fn set_times(&self, times: TimesWanted, caller: Credentials) -> Result<(), Errno> {
        times.apply(self.node(), caller)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fs::tests::System;

    const fn at(seconds: i64, nanoseconds: i64) -> TimeSpec {
        TimeSpec { seconds, nanoseconds }
    }

    #[test]
    fn times_are_set_left_or_taken_from_the_clock_as_the_nanoseconds_say() {
        let system = System::new();
        let file = system.create("tmp/timed");
        let set = |accessed, modified| {
            let wanted = TimesWanted::new([accessed, modified]).unwrap();
            file.set_times(wanted, Credentials::default()).unwrap();
            let stat = file.stat();
            ((stat.st_atime, stat.st_atime_nsec), (stat.st_mtime, stat.st_mtime_nsec))
        };
        assert_eq!(set(at(5, 6), at(-7, 8)), ((5, 6), (-7, 8)));
        assert_eq!(set(at(1, UTIME_OMIT), at(9, 0)), ((5, 6), (9, 0)));
        assert_eq!(set(at(1, UTIME_OMIT), at(1, UTIME_OMIT)), ((5, 6), (9, 0)));
        assert!(set(at(0, UTIME_NOW), at(2, 3)).0 != (5, 6));
        assert_eq!(TimesWanted::new([at(0, 1_000_000_000), at(0, 0)]), Err(Errno::EINVAL));
        assert_eq!(TimesWanted::new([at(0, 0), at(0, -1)]), Err(Errno::EINVAL));
    }

    #[test]
    fn who_may_write_sets_the_present_time_and_only_the_owner_another() {
        let system = System::new();
        let file = system.create("tmp/everybodys");
        let user = Credentials { uid: 1000, gid: 1000 };
        let other = TimesWanted::new([at(1, 0), at(1, 0)]).unwrap();
        assert_eq!(file.set_times(TimesWanted::NOW, user), Err(Errno::EACCES));
        file.set_mode(0o666, Credentials::default()).unwrap();
        assert_eq!(file.set_times(TimesWanted::NOW, user), Ok(()));
        assert_eq!(file.set_times(other, user), Err(Errno::EPERM));
    }
}
