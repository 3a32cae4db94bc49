//! Calls about time.

use super::arguments::{load, store, store_if_asked};
use crate::sched::{self, WaitError, WaitQueue};
use abi::Errno;
use abi::time::{
    CLOCK_BOOTTIME, CLOCK_MONOTONIC, CLOCK_MONOTONIC_RAW, CLOCK_PROCESS_CPUTIME_ID, CLOCK_REALTIME,
    CLOCK_THREAD_CPUTIME_ID, TIMER_ABSTIME, TimeSpec,
};
use arch::addr::VirtAddr;
use arch::clock;
use core::time::Duration;

/// Nanoseconds on a clock. Nobody sets the time of day yet: that clock counts from boot.
fn read(id: u32) -> Result<u64, Errno> {
    match id {
        CLOCK_REALTIME | CLOCK_MONOTONIC | CLOCK_MONOTONIC_RAW | CLOCK_BOOTTIME => Ok(clock::now()),
        CLOCK_PROCESS_CPUTIME_ID => Ok(sched::current_process().cpu_time()),
        CLOCK_THREAD_CPUTIME_ID => Ok(sched::current().cpu_time()),
        _ => Err(Errno::EINVAL),
    }
}

pub fn clock_gettime(id: u32, to: VirtAddr) -> Result<u64, Errno> {
    let time = TimeSpec::from_duration(Duration::from_nanos(read(id)?));
    store(to, &time)?;
    Ok(0)
}

pub fn clock_getres(id: u32, to: VirtAddr) -> Result<u64, Errno> {
    read(id)?;
    store_if_asked(to, &TimeSpec { seconds: 0, nanoseconds: 1 })?;
    Ok(0)
}

pub fn nanosleep(request: VirtAddr, remaining: VirtAddr) -> Result<u64, Errno> {
    clock_nanosleep(CLOCK_MONOTONIC, 0, request, remaining)
}

pub fn clock_nanosleep(
    id: u32,
    flags: u32,
    request: VirtAddr,
    remaining: VirtAddr,
) -> Result<u64, Errno> {
    if !matches!(id, CLOCK_REALTIME | CLOCK_MONOTONIC | CLOCK_BOOTTIME) {
        return Err(Errno::EINVAL);
    }
    let time = load::<TimeSpec>(request)?.to_duration().ok_or(Errno::EINVAL)?;
    let nanoseconds = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
    let is_absolute = flags & TIMER_ABSTIME != 0;
    let deadline = if is_absolute { nanoseconds } else { deadline_in(nanoseconds) };
    let nobody = WaitQueue::new();
    match nobody.wait_until(Some(deadline), || None::<()>) {
        Ok(()) | Err(WaitError::TimedOut) => Ok(0),
        Err(WaitError::Interrupted) => {
            if !is_absolute {
                let left = Duration::from_nanos(deadline.saturating_sub(clock::now()));
                store_if_asked(remaining, &TimeSpec::from_duration(left))?;
            }
            Err(Errno::EINTR)
        }
    }
}

/// The deadline of the call, so many nanoseconds from when it was first made: a signal may have
/// interrupted it since.
fn deadline_in(nanoseconds: u64) -> u64 {
    let signals = &sched::current().signals;
    signals.deadline_of_call(|| clock::now().saturating_add(nanoseconds))
}

/// The deadline that a duration from now means; `None` for an address of 0: no deadline.
pub fn deadline_after(duration: VirtAddr) -> Result<Option<u64>, Errno> {
    if duration.value() == 0 {
        return Ok(None);
    }
    let time = load::<TimeSpec>(duration)?.to_duration().ok_or(Errno::EINVAL)?;
    let nanoseconds = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
    Ok(Some(deadline_in(nanoseconds)))
}

/// The deadline that a point in time means; `None` for an address of 0: no deadline.
pub fn deadline_at(time: VirtAddr) -> Result<Option<u64>, Errno> {
    if time.value() == 0 {
        return Ok(None);
    }
    let time = load::<TimeSpec>(time)?.to_duration().ok_or(Errno::EINVAL)?;
    Ok(Some(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)))
}
