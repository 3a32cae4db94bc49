//! What all timers have in common: a clock, a time to come, and how often again.

use crate::day::Epoch;
use crate::process::object::Process;
use crate::sched::{self, Ring, Thread, Timer};
use alloc::sync::{Arc, Weak};
use arch::clock;

/// How long a look at the time spent on cores is put off at least.
const LEAST_DELAY: u64 = 1_000_000;

/// A time to come and how often again, in nanoseconds; 0 for never.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Setting {
    /// From now, or on its clock.
    pub value: u64,
    /// From one to the next.
    pub interval: u64,
}

/// Whose time a timer counts.
pub enum TimerClock {
    /// Everybody's; times that are set are converted to the time since boot at once.
    Real(Epoch),
    /// What a process has spent on cores.
    Process(Weak<Process>),
    /// What a thread has.
    Thread(Weak<Thread>),
}

impl TimerClock {
    /// The time on it; `None` when it has stopped for ever.
    pub fn now(&self) -> Option<u64> {
        match self {
            Self::Real(_) => Some(clock::now()),
            Self::Process(process) => process.upgrade().map(|process| process.cpu_time()),
            Self::Thread(thread) => thread.upgrade().map(|thread| thread.cpu_time()),
        }
    }

    /// What a time on the clock is by [`Self::now`].
    pub fn time(&self, time: u64) -> u64 {
        match self {
            Self::Real(epoch) => epoch.since_boot(time),
            Self::Process(_) | Self::Thread(_) => time,
        }
    }

    /// The least time on the wall that a time on this clock can take. One that counts time on cores
    /// is looked at when it can have come at the earliest, and again if it has not.
    fn least(&self, time: u64) -> u64 {
        match self {
            Self::Real(_) => time,
            Self::Process(_) => (time / arch::cpu::MAX_CORES as u64).max(LEAST_DELAY),
            Self::Thread(_) => time.max(LEAST_DELAY),
        }
    }
}

/// When a timer is due.
#[derive(Default)]
pub struct Clockwork {
    due: Option<u64>,
    interval: u64,
    timer: Option<Timer>,
}

impl Clockwork {
    /// What is left, by the clock of the timer.
    pub fn left(&self, now: u64) -> Setting {
        let value = self.due.map_or(0, |due| due.saturating_sub(now).max(1));
        Setting { value, interval: self.interval }
    }

    /// Sets it for a time on its clock.
    pub const fn set(&mut self, due: Option<u64>, interval: u64) {
        self.due = due;
        self.interval = interval;
    }

    /// How often it was due since the last time. If it was, it is set for a time that is not past.
    pub fn expire(&mut self, now: u64) -> u64 {
        let Some(due) = self.due.filter(|due| *due <= now) else { return 0 };
        if self.interval == 0 {
            self.due = None;
            return 1;
        }
        let times = (now - due) / self.interval + 1;
        self.due = Some(due.saturating_add(self.interval.saturating_mul(times)));
        times
    }

    /// Sets the core's timer for when it may be due.
    pub fn arm(&mut self, clock: &TimerClock, now: u64, ring: Arc<dyn Ring>) {
        self.disarm();
        if let Some(due) = self.due {
            let delay = clock.least(due.saturating_sub(now));
            self.timer = Some(sched::ring_at(clock::now().saturating_add(delay), ring));
        }
    }

    /// Takes the core's timer back.
    pub fn disarm(&mut self) {
        if let Some(timer) = self.timer.take() {
            timer.cancel();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clockwork(due: u64, interval: u64) -> Clockwork {
        Clockwork { due: Some(due), interval, timer: None }
    }

    #[test]
    fn times_that_were_missed_are_counted_and_the_beat_is_kept() {
        let mut work = clockwork(100, 30);
        assert_eq!(work.expire(99), 0);
        assert_eq!(work.expire(175), 3);
        assert_eq!(work.left(180), Setting { value: 10, interval: 30 });
        assert_eq!(work.expire(190), 1);
        assert_eq!(work.due, Some(220));
    }

    #[test]
    fn a_timer_without_interval_is_due_once() {
        let mut work = clockwork(100, 0);
        assert_eq!(work.expire(100), 1);
        assert_eq!(work.expire(u64::MAX), 0);
        assert_eq!(work.left(0), Setting::default());
    }

    #[test]
    fn one_that_is_overdue_is_never_told_as_one_that_is_not_set() {
        assert_eq!(clockwork(100, 0).left(200).value, 1);
    }
}
