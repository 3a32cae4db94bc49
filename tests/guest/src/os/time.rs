//! Calls on time and on futexes.

use super::{Answer, call};
use abi::Sysno;
use abi::futex::{FUTEX_WAIT, FUTEX_WAKE};
use abi::time::{CLOCK_MONOTONIC, TimeSpec};
use core::time::Duration;
use zerocopy::IntoBytes;

/// A millisecond in nanoseconds.
pub const MILLISECOND: u64 = 1_000_000;

/// A second in nanoseconds.
pub const SECOND: u64 = 1_000_000_000;

/// A clock's time in nanoseconds.
pub fn clock(clock: u32) -> Answer {
    let mut time = TimeSpec::default();
    call(Sysno::ClockGettime, [clock.into(), time.as_mut_bytes().as_mut_ptr() as u64])?;
    Ok(time.seconds as u64 * SECOND + time.nanoseconds as u64)
}

/// Nanoseconds since boot.
pub fn now() -> u64 {
    clock(CLOCK_MONOTONIC).unwrap_or(0)
}

/// Sleeps for some nanoseconds.
pub fn sleep(nanoseconds: u64) -> Answer {
    let time = TimeSpec::from_duration(Duration::from_nanos(nanoseconds));
    call(Sysno::Nanosleep, [time.as_bytes().as_ptr() as u64, 0])
}

/// Sleeps while a word has a value, for at most some nanoseconds.
pub fn futex_wait(address: u64, value: u32, patience: Option<u64>) -> Answer {
    let time =
        patience.map(|nanoseconds| TimeSpec::from_duration(Duration::from_nanos(nanoseconds)));
    let timeout = time.as_ref().map_or(0, |time| time.as_bytes().as_ptr() as u64);
    call(Sysno::Futex, [address, FUTEX_WAIT.into(), value.into(), timeout, 0, 0])
}

/// Wakes up to some sleepers and gives how many there were.
pub fn futex_wake(address: u64, count: u32) -> Answer {
    call(Sysno::Futex, [address, FUTEX_WAKE.into(), count.into(), 0, 0, 0])
}

/// Waits until something holds, giving the core away; false after some nanoseconds.
pub fn until(patience: u64, mut holds: impl FnMut() -> bool) -> bool {
    let deadline = now() + patience;
    while !holds() {
        if now() > deadline {
            return false;
        }
        super::yield_core();
    }
    true
}
