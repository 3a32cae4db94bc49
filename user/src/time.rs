//! Time since boot, and sleeping.

use crate::syscall::system as call;
use abi::Errno;
use abi::time::{CLOCK_MONOTONIC, TimeSpec};
pub use core::time::Duration;

/// The time since boot.
pub fn now() -> Duration {
    // The call can't fail for this clock.
    call::clock_gettime(CLOCK_MONOTONIC).ok().and_then(TimeSpec::to_duration).unwrap_or_default()
}

/// Sleeps for at least this long.
pub fn sleep(duration: Duration) {
    let mut request = TimeSpec::from_duration(duration);
    let mut remaining = TimeSpec::default();
    while call::nanosleep(&request, &mut remaining) == Err(Errno::EINTR) {
        request = remaining;
    }
}
