//! The time of day: how far it is ahead of the time since boot.
//!
//! That is one word, so that no reader finds half a change. It is never negative: as on Linux, the
//! time of day is never set to less than the time since boot.

use crate::sched::{self, Thread, WaitError, WaitQueue};
use abi::Errno;
use abi::time::{CLOCK_REALTIME, CLOCK_REALTIME_ALARM, CLOCK_REALTIME_COARSE, CLOCK_TAI};
use alloc::sync::Arc;
use arch::clock;
use core::sync::atomic::{AtomicU64, Ordering};

/// The time of day can be no later: thirty years before what 63 bits of nanoseconds hold, as on
/// Linux, so that no clock overflows while the machine runs.
const SECONDS_END: u64 = i64::MAX as u64 / 1_000_000_000 - 30 * 365 * 24 * 3600;

static AHEAD: AtomicU64 = AtomicU64::new(0);
/// Who sleeps up to a time of day.
static CHANGED: WaitQueue = WaitQueue::new();

/// From when a clock counts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Epoch {
    /// From boot.
    Boot,
    /// It is the time of day.
    Day,
}

impl Epoch {
    /// Of a clock that everybody shares, by its id.
    pub const fn of_clock(id: u32) -> Self {
        match id {
            CLOCK_REALTIME | CLOCK_REALTIME_COARSE | CLOCK_REALTIME_ALARM | CLOCK_TAI => Self::Day,
            _ => Self::Boot,
        }
    }

    /// The time on such a clock, in nanoseconds.
    pub fn now(self) -> u64 {
        match self {
            Self::Boot => clock::now(),
            Self::Day => now(),
        }
    }

    /// When, in nanoseconds since boot, such a clock shows this time unless it is set before.
    pub fn since_boot(self, time: u64) -> u64 {
        match self {
            Self::Boot => time,
            Self::Day => time.saturating_sub(ahead()),
        }
    }
}

/// How far the time of day is ahead of the time since boot, in nanoseconds.
pub fn ahead() -> u64 {
    AHEAD.load(Ordering::SeqCst)
}

/// The time of day in nanoseconds.
pub fn now() -> u64 {
    clock::now().saturating_add(ahead())
}

/// Sets the time of day; programs are told by the caller.
pub fn set(time: u64) -> Result<(), Errno> {
    AHEAD.store(ahead_for(time, clock::now())?, Ordering::SeqCst);
    CHANGED.wake_all();
    Ok(())
}

fn ahead_for(time: u64, since_boot: u64) -> Result<u64, Errno> {
    if time / 1_000_000_000 >= SECONDS_END {
        return Err(Errno::EINVAL);
    }
    time.checked_sub(since_boot).ok_or(Errno::EINVAL)
}

/// Sleeps up to a time of day, also when that is set meanwhile.
pub fn sleep_until(time: u64) -> Result<(), WaitError> {
    loop {
        let seen = ahead();
        let attempt = || (ahead() != seen).then_some(());
        match CHANGED.wait_until(Some(time.saturating_sub(seen)), attempt) {
            Ok(()) => {}
            Err(WaitError::TimedOut) => return Ok(()),
            Err(error) => return Err(error),
        }
    }
}

/// Waits in a queue as [`WaitQueue::wait_until`] does, up to a time of day, also when that is set
/// meanwhile.
pub fn wait_until<T>(
    queue: &WaitQueue,
    time: Option<u64>,
    mut condition: impl FnMut() -> Option<T>,
) -> Result<T, Errno> {
    let Some(time) = time else { return Ok(queue.wait_until(None, condition)?) };
    if let Some(value) = condition() {
        return Ok(value);
    }
    let _watch = Watch::begin()?;
    loop {
        let seen = ahead();
        let attempt = || condition().map(Some).or_else(|| (ahead() != seen).then_some(None));
        if let Some(value) = queue.wait_until(Some(time.saturating_sub(seen)), attempt)? {
            return Ok(value);
        }
    }
}

/// That a thread looks again when the time of day is set.
struct Watch(Arc<Thread>);

impl Watch {
    fn begin() -> Result<Self, Errno> {
        let watch = Self(sched::current().to_arc());
        CHANGED.watch(&watch.0)?;
        Ok(watch)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        CHANGED.unwatch(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_is_set_to_no_less_than_the_time_since_boot_nor_to_its_end() {
        assert_eq!(ahead_for(1_000, 400), Ok(600));
        assert_eq!(ahead_for(400, 400), Ok(0));
        assert_eq!(ahead_for(399, 400), Err(Errno::EINVAL));
        assert_eq!(ahead_for(u64::MAX, 400), Err(Errno::EINVAL));
        assert_eq!(ahead_for(SECONDS_END * 1_000_000_000, 0), Err(Errno::EINVAL));
        assert!(ahead_for(SECONDS_END * 1_000_000_000 - 1, 0).is_ok());
    }

    #[test]
    fn clocks_of_the_day_are_told_from_those_that_count_from_boot() {
        assert_eq!(Epoch::of_clock(CLOCK_REALTIME), Epoch::Day);
        assert_eq!(Epoch::of_clock(abi::time::CLOCK_BOOTTIME), Epoch::Boot);
        assert_eq!(Epoch::Boot.since_boot(5), 5);
    }
}
