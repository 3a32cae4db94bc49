//! Calls about time.

use super::arguments::{load, store, store_if_asked};
use crate::day::{self, Epoch};
use crate::process;
use crate::process::signal::TimerClock;
use crate::program::vdso;
use crate::sched::{self, WaitError, WaitQueue};
use abi::Errno;
use abi::resource::TimeValue;
use abi::time::{
    CLOCK_BOOTTIME, CLOCK_BOOTTIME_ALARM, CLOCK_MONOTONIC, CLOCK_MONOTONIC_COARSE,
    CLOCK_MONOTONIC_RAW, CLOCK_PROCESS_CPUTIME_ID, CLOCK_REALTIME, CLOCK_REALTIME_ALARM,
    CLOCK_REALTIME_COARSE, CLOCK_TAI, CLOCK_THREAD_CPUTIME_ID, TIMER_ABSTIME, TimeSpec,
};
use alloc::sync::Arc;
use arch::addr::VirtAddr;
use arch::clock;
use core::time::Duration;

/// Nanoseconds on a clock.
fn read(id: u32) -> Result<u64, Errno> {
    match id {
        CLOCK_REALTIME
        | CLOCK_MONOTONIC
        | CLOCK_MONOTONIC_RAW
        | CLOCK_REALTIME_COARSE
        | CLOCK_MONOTONIC_COARSE
        | CLOCK_BOOTTIME
        | CLOCK_REALTIME_ALARM
        | CLOCK_BOOTTIME_ALARM
        | CLOCK_TAI => Ok(Epoch::of_clock(id).now()),
        CLOCK_PROCESS_CPUTIME_ID => Ok(sched::current_process().cpu_time()),
        CLOCK_THREAD_CPUTIME_ID => Ok(sched::current().cpu_time()),
        _ => CpuClock::from_id(id).ok_or(Errno::EINVAL)?.read(),
    }
}

/// The clock of some process's or thread's time on a core: an id below 0.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct CpuClock {
    /// The process or thread; 0 for the caller.
    number: u32,
    is_of_thread: bool,
}

impl CpuClock {
    /// The bits above the third hold the number, inverted; the third tells threads from processes,
    /// and the lowest two hold one of three kinds of time, which are not told apart here.
    const fn from_id(id: u32) -> Option<Self> {
        const NO_KIND: u32 = 3;
        let number = !((id as i32) >> 3);
        if (id as i32) >= 0 || id & 3 == NO_KIND || number < 0 {
            return None;
        }
        Some(Self { number: number as u32, is_of_thread: id & 4 != 0 })
    }

    /// The clock of a timer; `EOPNOTSUPP` for a clock that can be read only.
    pub fn of_timer(id: u32) -> Result<TimerClock, Errno> {
        match Self::from_id(id) {
            Some(clock) => clock.source(),
            None => read(id).and(Err(Errno::EOPNOTSUPP)),
        }
    }

    fn source(self) -> Result<TimerClock, Errno> {
        let caller = sched::current_process();
        if self.is_of_thread {
            // Only of the caller's own process, as on Linux.
            let own = || sched::current().to_arc();
            let thread = if self.number == 0 { Some(own()) } else { caller.thread(self.number) };
            return Ok(TimerClock::Thread(Arc::downgrade(&thread.ok_or(Errno::EINVAL)?)));
        }
        let process =
            if self.number == 0 { Some(caller.to_arc()) } else { process::find(self.number) };
        Ok(TimerClock::Process(Arc::downgrade(&process.ok_or(Errno::EINVAL)?)))
    }

    fn read(self) -> Result<u64, Errno> {
        self.source()?.now().ok_or(Errno::EINVAL)
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

pub fn gettimeofday(time: VirtAddr, zone: VirtAddr) -> Result<u64, Errno> {
    store_if_asked(time, &TimeValue::from_nanoseconds(day::now()))?;
    // Minutes west of Greenwich, and whether it is summer.
    store_if_asked(zone, &[0_u32; 2])?;
    Ok(0)
}

pub fn clock_settime(id: u32, from: VirtAddr) -> Result<u64, Errno> {
    if id != CLOCK_REALTIME {
        // A process's time can be set in principle, and by nobody.
        let is_of_process = CpuClock::from_id(id).is_some_and(|clock| clock.read().is_ok());
        return Err(if is_of_process { Errno::EPERM } else { Errno::EINVAL });
    }
    set(load::<TimeSpec>(from)?)
}

/// The time of day; the zone is checked, and nothing here needs to know it.
pub fn settimeofday(time: VirtAddr, zone: VirtAddr) -> Result<u64, Errno> {
    const MINUTES_WEST_MAX: u32 = 15 * 60;
    let time = match time.value() {
        0 => None,
        _ => Some(load::<abi::time::TimeValue>(time)?.to_time().ok_or(Errno::EINVAL)?),
    };
    let zone = if zone.value() == 0 { None } else { Some(load::<[i32; 2]>(zone)?) };
    if let Some([minutes, _]) = zone {
        check_root()?;
        if minutes.unsigned_abs() > MINUTES_WEST_MAX {
            return Err(Errno::EINVAL);
        }
    }
    time.map_or(Ok(0), set)
}

fn set(time: TimeSpec) -> Result<u64, Errno> {
    let time = time.to_duration().ok_or(Errno::EINVAL)?;
    check_root()?;
    day::set(u64::try_from(time.as_nanos()).map_err(|_| Errno::EINVAL)?)?;
    vdso::show_day()?;
    Ok(0)
}

fn check_root() -> Result<(), Errno> {
    if sched::current_process().credentials().is_root() { Ok(()) } else { Err(Errno::EPERM) }
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
    match id {
        CLOCK_REALTIME | CLOCK_MONOTONIC | CLOCK_BOOTTIME | CLOCK_TAI => {}
        CLOCK_THREAD_CPUTIME_ID => return Err(Errno::EINVAL),
        // They exist, and nobody can sleep by them.
        _ => return read(id).and(Err(Errno::EOPNOTSUPP)),
    }
    let time = load::<TimeSpec>(request)?.to_duration().ok_or(Errno::EINVAL)?;
    let nanoseconds = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
    let is_absolute = flags & TIMER_ABSTIME != 0;
    if is_absolute && Epoch::of_clock(id) == Epoch::Day {
        day::sleep_until(nanoseconds)?;
        return Ok(0);
    }
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

/// The deadline that a point in time means on such a clock; `None` for an address of 0: no deadline.
pub fn deadline_at(epoch: Epoch, time: VirtAddr) -> Result<Option<u64>, Errno> {
    if time.value() == 0 {
        return Ok(None);
    }
    let time = load::<TimeSpec>(time)?.to_duration().ok_or(Errno::EINVAL)?;
    let nanoseconds = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
    Ok(Some(epoch.since_boot(nanoseconds)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_below_0_names_a_process_or_a_thread() {
        // As glibc makes them: the number inverted, then the kind, which is 2 for the scheduler's.
        let clock = |number: u32, low: u32| CpuClock::from_id(!number << 3 | low);
        assert_eq!(clock(7, 2), Some(CpuClock { number: 7, is_of_thread: false }));
        assert_eq!(clock(9, 6), Some(CpuClock { number: 9, is_of_thread: true }));
        assert_eq!(clock(0, 0), Some(CpuClock { number: 0, is_of_thread: false }));
        assert_eq!(clock(7, 3), None, "a device's clock");
        assert_eq!(CpuClock::from_id(12), None);
    }
}
