//! The calls on POSIX timers: `timer_create` and its kin.

use super::arguments::{load, store, store_if_asked};
use super::time::CpuClock;
use crate::day::Epoch;
use crate::process::Process;
use crate::process::signal::{self, From, Notice, Setting, TimerClock};
use crate::sched;
use abi::Errno;
use abi::signal::{SIGNAL_MAX, Signal};
use abi::time::{
    CLOCK_BOOTTIME, CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID, CLOCK_REALTIME,
    CLOCK_THREAD_CPUTIME_ID, NOTIFY_NONE, NOTIFY_SIGNAL, NOTIFY_THREAD, NOTIFY_THREAD_ID,
    SignalEvent, TIMER_ABSTIME, TimeSpec, TimerTime,
};
use alloc::sync::Arc;
use arch::addr::VirtAddr;
use core::time::Duration;

pub fn timer_create(clock: u32, event: VirtAddr, to: VirtAddr) -> Result<u64, Errno> {
    let process = sched::current_process();
    let clock = match clock {
        CLOCK_REALTIME | CLOCK_MONOTONIC | CLOCK_BOOTTIME => {
            TimerClock::Real(Epoch::of_clock(clock))
        }
        CLOCK_PROCESS_CPUTIME_ID => TimerClock::Process(Arc::downgrade(&process)),
        CLOCK_THREAD_CPUTIME_ID => TimerClock::Thread(Arc::downgrade(&sched::current().to_arc())),
        // Also the form in which glibc gives these two.
        _ => CpuClock::of_timer(clock)?,
    };
    let event = if event.value() == 0 { None } else { Some(load::<SignalEvent>(event)?) };
    let id = match event {
        None => signal::create_timer(&process, clock, |id| {
            Notice::Process(Signal::ALRM as u32, id.into())
        })?,
        Some(event) => {
            let notice = notice(&process, &event)?;
            signal::create_timer(&process, clock, |_| notice)?
        }
    };
    store(to, &id).inspect_err(|_| {
        // It was there a moment ago; if another thread has deleted it, all the better.
        let _ = signal::delete_timer(&process, id);
    })?;
    Ok(0)
}

fn notice(process: &Process, event: &SignalEvent) -> Result<Notice, Errno> {
    let number = u32::try_from(event.signal).map_err(|_| Errno::EINVAL)?;
    let is_number = (1..=SIGNAL_MAX).contains(&number);
    match event.notify {
        NOTIFY_NONE => Ok(Notice::None),
        NOTIFY_SIGNAL | NOTIFY_THREAD if is_number => Ok(Notice::Process(number, event.value)),
        NOTIFY_THREAD_ID if is_number => {
            let thread = signal::thread_of(process, event.thread).map_err(|_| Errno::EINVAL)?;
            Ok(Notice::Thread(Arc::downgrade(&thread), number, event.value))
        }
        _ => Err(Errno::EINVAL),
    }
}

fn nanoseconds(time: TimeSpec) -> Result<u64, Errno> {
    let time = time.to_duration().ok_or(Errno::EINVAL)?;
    Ok(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX))
}

const fn told(setting: Setting) -> TimerTime {
    TimerTime {
        interval: TimeSpec::from_duration(Duration::from_nanos(setting.interval)),
        value: TimeSpec::from_duration(Duration::from_nanos(setting.value)),
    }
}

pub fn timer_settime(id: u32, flags: u32, new: VirtAddr, old: VirtAddr) -> Result<u64, Errno> {
    if new.value() == 0 {
        return Err(Errno::EINVAL);
    }
    let asked = load::<TimerTime>(new)?;
    let setting =
        Setting { value: nanoseconds(asked.value)?, interval: nanoseconds(asked.interval)? };
    let from = if flags & TIMER_ABSTIME == 0 { From::Now } else { From::Beginning };
    let before = signal::set_timer(&sched::current_process(), id, from, setting)?;
    store_if_asked(old, &told(before))?;
    Ok(0)
}

pub fn timer_gettime(id: u32, to: VirtAddr) -> Result<u64, Errno> {
    store(to, &told(signal::timer_left(&sched::current_process(), id)?))?;
    Ok(0)
}

pub fn timer_getoverrun(id: u32) -> Result<u64, Errno> {
    Ok(signal::timer_overrun(&sched::current_process(), id)?.into())
}

pub fn timer_delete(id: u32) -> Result<u64, Errno> {
    signal::delete_timer(&sched::current_process(), id)?;
    Ok(0)
}
