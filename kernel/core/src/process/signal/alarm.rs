//! Interval timers: a signal after a time, and again after each interval.
//!
//! Time is that of the clock on the wall, or what the process has spent on cores. The latter is
//! looked at when it can have come at the earliest, and again if it has not.

use super::send::send;
use crate::process::object::Process;
use crate::sched::{self, Ring, Timer};
use crate::sync::{Lock, Rank};
use abi::signal::{Signal, SignalInfo};
use alloc::sync::{Arc, Weak};
use arch::clock;

/// How long a look at the time spent on cores is put off at least.
const LEAST_DELAY: u64 = 1_000_000;

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

/// A time to come and how often again, in nanoseconds; 0 for never.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Setting {
    /// From now.
    pub value: u64,
    /// From one to the next.
    pub interval: u64,
}

/// A process's interval timers, made when they are first set.
pub struct Alarms(Lock<[Option<Arc<Alarm>>; 3]>);

/// One interval timer.
struct Alarm {
    process: Weak<Process>,
    kind: AlarmKind,
    state: Lock<State>,
}

#[derive(Default)]
struct State {
    /// When it is due, by its clock.
    due: Option<u64>,
    interval: u64,
    timer: Option<Timer>,
}

impl Default for Alarms {
    fn default() -> Self {
        Self(Lock::new(Rank::Alarms, [const { None }; 3]))
    }
}

impl AlarmKind {
    const fn signal(self) -> Signal {
        match self {
            Self::Real => Signal::ALRM,
            Self::Virtual => Signal::VTALRM,
            Self::Profiling => Signal::PROF,
        }
    }

    fn now(self, process: &Process) -> u64 {
        match self {
            Self::Real => clock::now(),
            Self::Virtual | Self::Profiling => process.cpu_time(),
        }
    }
}

impl State {
    /// What is left, by the clock of the timer.
    fn left(&self, now: u64) -> Setting {
        let value = self.due.map_or(0, |due| due.saturating_sub(now).max(1));
        Setting { value, interval: self.interval }
    }

    /// Whether it is due. If so it is set for the next time, which is not past.
    fn expire(&mut self, now: u64) -> bool {
        let Some(due) = self.due.filter(|due| *due <= now) else { return false };
        self.due = match self.interval {
            0 => None,
            interval => {
                let missed = (now - due) / interval;
                Some(due.saturating_add(interval.saturating_mul(missed + 1)))
            }
        };
        true
    }
}

impl Alarm {
    /// Sets the core's timer for the time that it may be due.
    fn arm(self: &Arc<Self>, state: &mut State, now: u64) {
        if let Some(timer) = state.timer.take() {
            timer.cancel();
        }
        let Some(due) = state.due else { return };
        let delay = due.saturating_sub(now);
        let delay = match self.kind {
            AlarmKind::Real => delay,
            // All cores can work for it.
            _ => (delay / arch::cpu::MAX_CORES as u64).max(LEAST_DELAY),
        };
        state.timer = Some(sched::ring_at(clock::now().saturating_add(delay), self.clone()));
    }
}

impl Ring for Alarm {
    fn ring(self: Arc<Self>) {
        let Some(process) = self.process.upgrade() else { return };
        let now = self.kind.now(&process);
        let mut state = self.state.lock();
        let is_due = state.expire(now);
        self.arm(&mut state, now);
        drop(state);
        if is_due {
            // A standard signal is never refused.
            let _ = send(&process, SignalInfo::from_kernel(self.kind.signal()));
        }
    }
}

impl Alarms {
    /// Forgets all timers, when their process ends.
    pub fn cancel(&self) {
        for alarm in core::mem::take(&mut *self.0.lock()).into_iter().flatten() {
            let mut state = alarm.state.lock();
            state.due = None;
            if let Some(timer) = state.timer.take() {
                timer.cancel();
            }
        }
    }

    fn get(&self, kind: AlarmKind) -> Option<Arc<Alarm>> {
        self.0.lock()[kind as usize].clone()
    }
}

/// What is left of a timer.
pub fn alarm_left(process: &Process, kind: AlarmKind) -> Setting {
    let now = kind.now(process);
    process.alarms.get(kind).map_or_else(Setting::default, |alarm| alarm.state.lock().left(now))
}

/// Sets a timer; returns what was left of it.
pub fn set_alarm(process: &Arc<Process>, kind: AlarmKind, setting: Setting) -> Setting {
    let now = kind.now(process);
    let alarm = process.alarms.get(kind).unwrap_or_else(|| {
        let process = Arc::downgrade(process);
        let state = Lock::new(Rank::Alarm, State::default());
        Arc::new(Alarm { process, kind, state })
    });
    let alarm = process.alarms.0.lock()[kind as usize].get_or_insert(alarm).clone();
    let mut state = alarm.state.lock();
    let before = state.left(now);
    state.due = (setting.value != 0).then(|| now.saturating_add(setting.value));
    state.interval = if setting.value == 0 { 0 } else { setting.interval };
    alarm.arm(&mut state, now);
    before
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_that_was_missed_counts_once_and_the_beat_is_kept() {
        let mut state = State { due: Some(100), interval: 30, timer: None };
        assert!(!state.expire(99));
        assert!(state.expire(175));
        assert_eq!(state.due, Some(190));
        assert_eq!(state.left(180), Setting { value: 10, interval: 30 });
        assert!(state.expire(190));
        assert_eq!(state.due, Some(220));
    }

    #[test]
    fn a_timer_without_interval_is_due_once() {
        let mut state = State { due: Some(100), interval: 0, timer: None };
        assert!(state.expire(100));
        assert!(!state.expire(u64::MAX));
        assert_eq!(state.left(0), Setting::default());
    }
}
