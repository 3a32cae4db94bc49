//! Interval timers (`setitimer`), of which a process has three.

use super::clockwork::{Clockwork, Setting, TimerClock};
use crate::day::Epoch;
use crate::process::object::Process;
use crate::process::signal::send;
use crate::sched::Ring;
use crate::sync::{Lock, Rank};
use abi::signal::{Signal, SignalInfo};
use alloc::sync::{Arc, Weak};

/// Which of a process's interval timers.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum AlarmKind {
    /// `ITIMER_REAL`.
    Real,
    /// `ITIMER_VIRTUAL`.
    Virtual,
    /// `ITIMER_PROF`.
    Profiling,
}

/// A process's interval timers, made when they are first set.
pub struct Alarms(Lock<[Option<Arc<Alarm>>; 3]>);

/// One interval timer.
struct Alarm {
    process: Weak<Process>,
    signal: Signal,
    clock: TimerClock,
    work: Lock<Clockwork>,
}

impl Default for Alarms {
    fn default() -> Self {
        Self(Lock::new(Rank::Alarms, [const { None }; 3]))
    }
}

impl Alarm {
    fn new(process: &Arc<Process>, kind: AlarmKind) -> Arc<Self> {
        let process = Arc::downgrade(process);
        let (signal, clock) = match kind {
            AlarmKind::Real => (Signal::ALRM, TimerClock::Real(Epoch::Boot)),
            AlarmKind::Virtual => (Signal::VTALRM, TimerClock::Process(process.clone())),
            AlarmKind::Profiling => (Signal::PROF, TimerClock::Process(process.clone())),
        };
        let work = Lock::new(Rank::Alarm, Clockwork::default());
        Arc::new(Self { process, signal, clock, work })
    }
}

impl Ring for Alarm {
    fn ring(self: Arc<Self>) {
        let (Some(process), Some(now)) = (self.process.upgrade(), self.clock.now()) else { return };
        let mut work = self.work.lock();
        let times = work.ring(now);
        work.arm(&self.clock, now, self.clone());
        drop(work);
        if times > 0 {
            // A standard signal is never refused.
            let _ = send(&process, SignalInfo::from_kernel(self.signal));
        }
    }
}

impl Alarms {
    /// Forgets all timers, when their process ends.
    pub(super) fn cancel(&self) {
        let alarms = core::mem::take(&mut *self.0.lock());
        for alarm in alarms.into_iter().flatten() {
            let mut work = alarm.work.lock();
            work.set(None, 0);
            work.disarm();
        }
    }

    /// The signal of one of them is taken.
    pub(super) fn taken(&self, kind: AlarmKind) {
        let Some(alarm) = self.get(kind) else { return };
        let Some(now) = alarm.clock.now() else { return };
        let mut work = alarm.work.lock();
        if work.end_rest() {
            // What has passed meanwhile is one with the signal that is taken.
            work.expire(now);
            work.arm(&alarm.clock, now, alarm.clone());
        }
    }

    fn get(&self, kind: AlarmKind) -> Option<Arc<Alarm>> {
        self.0.lock()[kind as usize].clone()
    }
}

/// What is left of a timer.
pub fn alarm_left(process: &Process, kind: AlarmKind) -> Setting {
    let Some(alarm) = process.timers.alarms.get(kind) else { return Setting::default() };
    let now = alarm.clock.now().unwrap_or(0);
    alarm.work.lock().left(now)
}

/// Sets a timer; returns what was left of it.
pub fn set_alarm(process: &Arc<Process>, kind: AlarmKind, setting: Setting) -> Setting {
    let fresh = Alarm::new(process, kind);
    let alarm = process.timers.alarms.0.lock()[kind as usize].get_or_insert(fresh).clone();
    let now = alarm.clock.now().unwrap_or(0);
    let mut work = alarm.work.lock();
    let before = work.left(now);
    match setting.value {
        0 => work.set(None, 0),
        value => work.set(Some(now.saturating_add(value)), setting.interval),
    }
    work.arm(&alarm.clock, now, alarm.clone());
    before
}
