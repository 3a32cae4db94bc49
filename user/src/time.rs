//! Time since boot, sleeping, and calls that wait for a while.

use crate::error::Context;
use crate::syscall::system as call;
use crate::vdso;
use abi::Errno;
use abi::time::{CLOCK_MONOTONIC, CLOCK_REALTIME, TimeSpec};
pub use core::time::Duration;

/// The time since boot.
pub fn now() -> Duration {
    // The call can't fail for this clock.
    let time = vdso::clock_gettime(CLOCK_MONOTONIC);
    let time = time.or_else(|| call::clock_gettime(CLOCK_MONOTONIC).ok());
    time.and_then(TimeSpec::to_duration).unwrap_or_default()
}

/// The time of day (UTC) since 1970; the time since boot as long as nobody has told it.
pub fn of_day() -> Duration {
    let time = vdso::clock_gettime(CLOCK_REALTIME);
    let time = time.or_else(|| call::clock_gettime(CLOCK_REALTIME).ok());
    time.and_then(TimeSpec::to_duration).unwrap_or_default()
}

/// Sets the time of day (UTC), since 1970.
pub fn set_of_day(time: Duration) -> crate::error::Result<()> {
    call::clock_settime(CLOCK_REALTIME, &TimeSpec::from_duration(time)).context("time of day")
}

/// Sleeps for at least this long.
pub fn sleep(duration: Duration) {
    let mut request = TimeSpec::from_duration(duration);
    let mut remaining = TimeSpec::default();
    while call::nanosleep(&request, &mut remaining) == Err(Errno::EINTR) {
        request = remaining;
    }
}

/// Sleeps until this time since boot; one that has passed is no sleep. A period that goes by such
/// times does not drift.
pub fn sleep_until(time: Duration) {
    let time = TimeSpec::from_duration(time);
    while call::clock_nanosleep_until(CLOCK_MONOTONIC, &time) == Err(Errno::EINTR) {}
}

/// Makes a call that waits at most for the time, again when a signal has interrupted it; `None` if
/// the time was over.
pub(crate) fn within<T>(
    timeout: Option<Duration>,
    mut call: impl FnMut(Option<&TimeSpec>) -> Result<T, Errno>,
) -> Result<Option<T>, Errno> {
    // A time beyond all clocks is as good as none.
    let end = timeout.and_then(|timeout| now().checked_add(timeout));
    loop {
        let left = end.map(|end| TimeSpec::from_duration(end.saturating_sub(now())));
        match call(left.as_ref()) {
            Ok(value) => return Ok(Some(value)),
            Err(Errno::ETIMEDOUT) => return Ok(None),
            Err(Errno::EINTR) => {}
            Err(errno) => return Err(errno),
        }
    }
}
