//! Clocks and times.

use core::time::Duration;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// The time of day; counts from boot until somebody sets it.
pub const CLOCK_REALTIME: u32 = 0;
/// Time since boot.
pub const CLOCK_MONOTONIC: u32 = 1;
/// Time on a core of the calling process.
pub const CLOCK_PROCESS_CPUTIME_ID: u32 = 2;
/// Time on a core of the calling thread.
pub const CLOCK_THREAD_CPUTIME_ID: u32 = 3;
/// Time since boot.
pub const CLOCK_MONOTONIC_RAW: u32 = 4;
/// As `CLOCK_REALTIME`.
pub const CLOCK_REALTIME_COARSE: u32 = 5;
/// As `CLOCK_MONOTONIC`.
pub const CLOCK_MONOTONIC_COARSE: u32 = 6;
/// Time since boot.
pub const CLOCK_BOOTTIME: u32 = 7;
/// As `CLOCK_REALTIME`.
pub const CLOCK_REALTIME_ALARM: u32 = 8;
/// As `CLOCK_BOOTTIME`.
pub const CLOCK_BOOTTIME_ALARM: u32 = 9;
/// As `CLOCK_REALTIME`.
pub const CLOCK_TAI: u32 = 11;
/// `clock_nanosleep`: the time is absolute.
pub const TIMER_ABSTIME: u32 = 1;

/// `setitimer`: time on the wall; SIGALRM.
pub const ITIMER_REAL: u32 = 0;
/// `setitimer`: time that the process spends; SIGVTALRM.
pub const ITIMER_VIRTUAL: u32 = 1;
/// `setitimer`: time that the process spends and the kernel for it; SIGPROF.
pub const ITIMER_PROF: u32 = 2;

/// A time in microseconds.
#[derive(
    Clone, Copy, Debug, Default, Eq, FromBytes, Immutable, IntoBytes, KnownLayout, PartialEq,
)]
#[repr(C)]
pub struct TimeValue {
    /// Whole seconds.
    pub seconds: i64,
    /// Microseconds of the second, below 1,000,000.
    pub microseconds: i64,
}

impl TimeValue {
    /// With nanoseconds; `None` if it is not normalised.
    pub const fn to_time(self) -> Option<TimeSpec> {
        if self.microseconds < 0 || self.microseconds >= 1_000_000 {
            return None;
        }
        Some(TimeSpec { seconds: self.seconds, nanoseconds: self.microseconds * 1000 })
    }
}

/// What `setitimer` sets.
#[derive(
    Clone, Copy, Debug, Default, Eq, FromBytes, Immutable, IntoBytes, KnownLayout, PartialEq,
)]
#[repr(C)]
pub struct IntervalTime {
    /// From one signal to the next; 0 for no other.
    pub interval: TimeValue,
    /// From now to the first; 0 for none.
    pub value: TimeValue,
}

/// A timer's event: a signal.
pub const NOTIFY_SIGNAL: i32 = 0;
/// A timer's event: nothing.
pub const NOTIFY_NONE: i32 = 1;
/// A timer's event: a function, which the C library calls when it gets the signal.
pub const NOTIFY_THREAD: i32 = 2;
/// A timer's event: a signal for one thread.
pub const NOTIFY_THREAD_ID: i32 = 4;

/// `struct sigevent`: what a timer does when it is due.
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct SignalEvent {
    /// What comes with the signal.
    pub value: u64,
    /// The signal.
    pub signal: i32,
    /// `NOTIFY_*`.
    pub notify: i32,
    /// The thread that gets it.
    pub thread: u32,
    unused: [u32; 11],
}

impl SignalEvent {
    /// From what counts.
    pub const fn new(notify: i32, signal: u32, value: u64, thread: u32) -> Self {
        Self { value, signal: signal as i32, notify, thread, unused: [0; 11] }
    }
}

/// What `timer_settime` sets.
#[derive(
    Clone, Copy, Debug, Default, Eq, FromBytes, Immutable, IntoBytes, KnownLayout, PartialEq,
)]
#[repr(C)]
pub struct TimerTime {
    /// From one time to the next; 0 for no other.
    pub interval: TimeSpec,
    /// To the first; 0 for none.
    pub value: TimeSpec,
}

/// A time or a duration.
#[derive(
    Clone, Copy, Debug, Default, Eq, FromBytes, Immutable, IntoBytes, KnownLayout, PartialEq,
)]
#[repr(C)]
pub struct TimeSpec {
    /// Whole seconds.
    pub seconds: i64,
    /// Nanoseconds of the second, below 1,000,000,000.
    pub nanoseconds: i64,
}

impl TimeSpec {
    /// From a duration.
    pub const fn from_duration(duration: Duration) -> Self {
        Self { seconds: duration.as_secs() as i64, nanoseconds: duration.subsec_nanos() as i64 }
    }

    /// As a duration; `None` if negative or not normalised.
    pub const fn to_duration(self) -> Option<Duration> {
        if self.seconds < 0 || self.nanoseconds < 0 || self.nanoseconds >= 1_000_000_000 {
            return None;
        }
        Some(Duration::new(self.seconds as u64, self.nanoseconds as u32))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_that_is_not_normalised_is_no_duration() {
        assert_eq!(TimeSpec { seconds: 0, nanoseconds: 1_000_000_000 }.to_duration(), None);
        assert_eq!(TimeSpec { seconds: -1, nanoseconds: 0 }.to_duration(), None);
        let time = TimeSpec { seconds: 2, nanoseconds: 5 };
        assert_eq!(time.to_duration().map(TimeSpec::from_duration), Some(time));
    }
}
