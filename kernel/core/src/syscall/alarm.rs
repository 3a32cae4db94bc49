//! The calls `setitimer` and `getitimer`.

use super::arguments::{load, store, store_if_asked};
use crate::process::signal::{self, AlarmKind, Setting};
use crate::sched;
use abi::Errno;
use abi::time::{ITIMER_PROF, ITIMER_REAL, ITIMER_VIRTUAL, IntervalTime, TimeValue};
use arch::addr::VirtAddr;

const NANOSECONDS: u64 = 1000;
const MICROSECONDS: u64 = 1_000_000;

fn kind(which: u32) -> Result<AlarmKind, Errno> {
    match which {
        ITIMER_REAL => Ok(AlarmKind::Real),
        ITIMER_VIRTUAL => Ok(AlarmKind::Virtual),
        ITIMER_PROF => Ok(AlarmKind::Profiling),
        _ => Err(Errno::EINVAL),
    }
}

fn nanoseconds(time: TimeValue) -> Result<u64, Errno> {
    let seconds = u64::try_from(time.seconds).map_err(|_| Errno::EINVAL)?;
    let micros = u64::try_from(time.microseconds).map_err(|_| Errno::EINVAL)?;
    if micros >= MICROSECONDS {
        return Err(Errno::EINVAL);
    }
    let whole = seconds.saturating_mul(MICROSECONDS).saturating_add(micros);
    Ok(whole.saturating_mul(NANOSECONDS))
}

/// Rounded up: a timer that is set is never told as one that is not.
const fn time(nanoseconds: u64) -> TimeValue {
    let micros = nanoseconds.div_ceil(NANOSECONDS);
    TimeValue {
        seconds: (micros / MICROSECONDS) as i64,
        microseconds: (micros % MICROSECONDS) as i64,
    }
}

const fn told(setting: Setting) -> IntervalTime {
    IntervalTime { interval: time(setting.interval), value: time(setting.value) }
}

pub fn getitimer(which: u32, to: VirtAddr) -> Result<u64, Errno> {
    let left = signal::alarm_left(&sched::current_process(), kind(which)?);
    store(to, &told(left))?;
    Ok(0)
}

pub fn setitimer(which: u32, new: VirtAddr, old: VirtAddr) -> Result<u64, Errno> {
    let setting = if new.value() == 0 {
        Setting::default()
    } else {
        let asked = load::<IntervalTime>(new)?;
        let (interval, value) = (nanoseconds(asked.interval)?, nanoseconds(asked.value)?);
        Setting { value, interval }
    };
    let before = signal::set_alarm(&sched::current_process(), kind(which)?, setting);
    store_if_asked(old, &told(before))?;
    Ok(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn microseconds_are_checked_and_rounded_up() {
        let time_of = |seconds, microseconds| nanoseconds(TimeValue { seconds, microseconds });
        assert_eq!(time_of(1, 999_999), Ok(1_999_999_000));
        for (seconds, microseconds) in [(0, 1_000_000), (0, -1), (-1, 0)] {
            assert_eq!(time_of(seconds, microseconds), Err(Errno::EINVAL));
        }
        assert_eq!(time(1).microseconds, 1);
        assert_eq!(time(1_000_000_001), TimeValue { seconds: 1, microseconds: 1 });
        assert_eq!(time_of(i64::MAX, 0), Ok(u64::MAX));
    }
}
