//! POSIX timers (`timer_create`): any number of them, each with a signal that tells which it was.
//!
//! Of one timer at most one signal is pending; how often it was due besides is its overrun.

use super::clockwork::{Clockwork, Setting, TimerClock};
use crate::process::object::Process;
use crate::process::signal::send::{count_overrun, send, send_to_thread};
use crate::sched::{Ring, Thread};
use crate::sync::{Lock, Rank};
use abi::Errno;
use abi::limits::TIMER_MAX;
use abi::signal::SignalInfo;
use alloc::collections::BTreeMap;
use alloc::sync::{Arc, Weak};
use core::sync::atomic::{AtomicU32, Ordering};

/// What `timer_getoverrun` tells at most.
const OVERRUN_MAX: u64 = i32::MAX as u64;

/// What happens when a timer is due.
pub enum Notice {
    /// Nothing.
    None,
    /// A signal for the process, with a value.
    Process(u32, u64),
    /// A signal for a thread.
    Thread(Weak<Thread>, u32, u64),
}

/// A timer.
pub struct PosixTimer {
    id: u32,
    process: Weak<Process>,
    clock: TimerClock,
    notice: Notice,
    work: Lock<Clockwork>,
    overrun: AtomicU32,
}

/// From when a timer's value counts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum From {
    /// From now.
    Now,
    /// From the beginning of its clock.
    Beginning,
}

/// The timers of a process.
pub struct PosixTimers(Lock<BTreeMap<u32, Arc<PosixTimer>>>);

impl Default for PosixTimers {
    fn default() -> Self {
        Self(Lock::new(Rank::Alarms, BTreeMap::new()))
    }
}

impl PosixTimers {
    fn get(&self, id: u32) -> Result<Arc<PosixTimer>, Errno> {
        self.0.lock().get(&id).cloned().ok_or(Errno::EINVAL)
    }

    /// The signal of one of them is taken, which tells from now on how often it was due until now.
    pub(super) fn taken(&self, id: u32, info: &mut SignalInfo) {
        if let Ok(timer) = self.get(id) {
            timer.taken(info);
        }
    }

    /// Deletes all, when their process ends or becomes another program.
    pub(super) fn cancel(&self) {
        let timers = core::mem::take(&mut *self.0.lock());
        timers.values().for_each(|timer| timer.stop());
    }
}

impl PosixTimer {
    fn stop(&self) {
        let mut work = self.work.lock();
        work.set(None, 0);
        work.disarm();
    }

    fn taken(self: &Arc<Self>, info: &mut SignalInfo) {
        let Some(now) = self.clock.now() else { return };
        let mut work = self.work.lock();
        if !work.end_rest() {
            return;
        }
        let times = work.expire(now);
        work.arm(&self.clock, now, self.clone());
        drop(work);
        let overrun = times.saturating_add(info.overrun().into()).min(OVERRUN_MAX) as u32;
        info.set_overrun(overrun);
        self.overrun.store(overrun, Ordering::Relaxed);
    }

    /// The thread that its signal is for, if it is for one, the signal and its value; `None` if there is
    /// nobody to be told.
    fn notice(&self) -> Option<(Option<Arc<Thread>>, u32, u64)> {
        match &self.notice {
            Notice::None => None,
            Notice::Process(number, value) => Some((None, *number, *value)),
            Notice::Thread(thread, number, value) => {
                Some((Some(thread.upgrade()?), *number, *value))
            }
        }
    }

    /// Counts how often it was due besides, if its signal is still pending; whether it is.
    fn add_to_pending(&self, process: &Process, times: u64) -> bool {
        let Some((thread, number, _)) = self.notice() else { return false };
        let times = times.min(OVERRUN_MAX) as u32;
        let counted = count_overrun(process, thread.as_ref(), number, self.id, times);
        if let Some(overrun) = counted {
            self.overrun.store(overrun, Ordering::Relaxed);
        }
        counted.is_some()
    }

    /// Sends the signal, or counts if that of the last time is still pending.
    fn tell(&self, process: &Arc<Process>, times: u64) {
        if self.add_to_pending(process, times) {
            return;
        }
        let Some((thread, number, value)) = self.notice() else { return };
        let overrun = (times - 1).min(OVERRUN_MAX) as u32;
        self.overrun.store(overrun, Ordering::Relaxed);
        let info = SignalInfo::of_timer(number, self.id, overrun, value);
        // One that finds no room is due again, or lost, as the queue's other users' are.
        let _ = match thread {
            Some(thread) => send_to_thread(&thread, info),
            None => send(process, info),
        };
    }
}

impl Ring for PosixTimer {
    fn ring(self: Arc<Self>) {
        let (Some(process), Some(now)) = (self.process.upgrade(), self.clock.now()) else { return };
        let mut work = self.work.lock();
        let times = work.ring(now);
        work.arm(&self.clock, now, self.clone());
        drop(work);
        if times > 0 {
            self.tell(&process, times);
        }
    }
}

/// Makes a timer that is not set; `notice` gets its number.
pub fn create_timer(
    process: &Arc<Process>,
    clock: TimerClock,
    notice: impl FnOnce(u32) -> Notice,
) -> Result<u32, Errno> {
    let mut timers = process.timers.posix.0.lock();
    let id = (0..TIMER_MAX as u32).find(|id| !timers.contains_key(id)).ok_or(Errno::EAGAIN)?;
    let timer = PosixTimer {
        id,
        process: Arc::downgrade(process),
        clock,
        notice: notice(id),
        work: Lock::new(Rank::Alarm, Clockwork::default()),
        overrun: AtomicU32::new(0),
    };
    timers.insert(id, Arc::new(timer));
    Ok(id)
}

/// Deletes a timer.
pub fn delete_timer(process: &Process, id: u32) -> Result<(), Errno> {
    let timer = process.timers.posix.0.lock().remove(&id).ok_or(Errno::EINVAL)?;
    timer.stop();
    Ok(())
}

/// What is left of a timer.
pub fn timer_left(process: &Process, id: u32) -> Result<Setting, Errno> {
    let timer = process.timers.posix.get(id)?;
    let now = timer.clock.now().unwrap_or(0);
    Ok(timer.work.lock().left(now))
}

/// How often a timer was due besides, when it was told last.
pub fn timer_overrun(process: &Process, id: u32) -> Result<u32, Errno> {
    Ok(process.timers.posix.get(id)?.overrun.load(Ordering::Relaxed))
}

/// Sets a timer; returns what was left of it.
pub fn set_timer(
    process: &Process,
    id: u32,
    from: From,
    setting: Setting,
) -> Result<Setting, Errno> {
    let timer = process.timers.posix.get(id)?;
    let now = timer.clock.now().unwrap_or(0);
    let mut work = timer.work.lock();
    let before = work.left(now);
    // Those that have passed while it rested count for its signal.
    let missed = if work.end_rest() { work.expire(now) } else { 0 };
    let due = match (setting.value, from) {
        (0, _) => None,
        (value, From::Now) => Some(now.saturating_add(value)),
        (value, From::Beginning) => Some(timer.clock.time(value)),
    };
    work.set(due, if due.is_some() { setting.interval } else { 0 });
    work.arm(&timer.clock, now, timer.clone());
    drop(work);
    if let Some(process) = timer.process.upgrade().filter(|_| missed > 0) {
        timer.add_to_pending(&process, missed);
    }
    Ok(before)
}
