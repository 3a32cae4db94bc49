//! The time as FAT's entries note it.

use crate::day;
use abi::time::TimeSpec;
use hadris_fs::{Clock, DateTime};

/// The kernel's time of day.
pub struct DayClock;

const NANOSECONDS: u64 = 1_000_000_000;

impl Clock for DayClock {
    fn now(&self) -> DateTime {
        let now = day::now();
        let (seconds, rest) = (now / NANOSECONDS, now % NANOSECONDS);
        DateTime::new(seconds as i64, rest as u32).unwrap_or(DateTime::UNIX_EPOCH)
    }
}

/// A time that a program gives; one that no calendar has becomes the first there is.
pub fn date_of(time: TimeSpec) -> DateTime {
    DateTime::new(time.seconds, time.nanoseconds as u32).unwrap_or(DateTime::UNIX_EPOCH)
}

/// A time as programs see it; the first of all where the entry has none.
pub fn time_of(date: Option<DateTime>) -> TimeSpec {
    let (seconds, nanoseconds) =
        date.map_or((0, 0), |date| (date.unix_seconds(), date.nanoseconds()));
    TimeSpec { seconds, nanoseconds: nanoseconds.into() }
}
