//! What all timers have in common: a clock, a time to come, and how often again.

use crate::day::Epoch;
use crate::process::object::Process;
use crate::sched::{self, Ring, Thread, Timer};
use alloc::sync::{Arc, Weak};
use arch::clock;

/// How long a look at the time spent on cores is put off at least.
const LEAST_DELAY: u64 = 1_000_000;

/// How long a timer rests at least whose signal nobody has taken: at first, and when nobody has for long.
const FIRST_REST: u64 = 1_000_000;
const LONGEST_REST: u64 = 256_000_000;
/// How long one rests at least whose signal was taken: the program has that for something else.
const LEAST_REST: u64 = 100_000;

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
///
/// After each time it rests, longer and longer, until its signal is taken: an interval of a nanosecond
/// would else leave a core nothing but interrupts. Who takes the signal has the times counted that have
/// passed meanwhile, and the timer goes on with its beat.
#[derive(Default)]
pub struct Clockwork {
    due: Option<u64>,
    interval: u64,
    timer: Option<Timer>,
    /// How long it rests at least.
    rest: u64,
    /// Whether it rests now, though it is due before.
    is_resting: bool,
}

impl Clockwork {
    /// What is left, by the clock of the timer.
    pub fn left(&self, now: u64) -> Setting {
        let left = |due: u64| {
            if due <= now && self.interval > 0 {
                // It rests: told is the next time of its beat.
                self.interval - (now - due) % self.interval
            } else {
                due.saturating_sub(now).max(1)
            }
        };
        let value = self.due.map_or(0, left);
        Setting { value, interval: self.interval }
    }

    /// Sets it for a time on its clock.
    pub const fn set(&mut self, due: Option<u64>, interval: u64) {
        self.due = due;
        self.interval = interval;
        self.rest = 0;
    }

    /// As [`Self::expire`], for a signal that is sent now: until that is taken it rests.
    pub fn ring(&mut self, now: u64) -> u64 {
        let times = self.expire(now);
        if times > 0 {
            self.rest = (2 * self.rest).clamp(FIRST_REST, LONGEST_REST);
        }
        times
    }

    /// Its signal is taken: it need not rest for long any more. Whether it does now.
    pub const fn end_rest(&mut self) -> bool {
        self.rest = LEAST_REST;
        self.is_resting
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
            self.is_resting = delay < self.rest;
            let delay = delay.max(self.rest);
            self.timer = Some(sched::ring_at(clock::now().saturating_add(delay), ring));
        }
    }

    /// Takes the core's timer back.
    pub fn disarm(&mut self) {
        self.is_resting = false;
        if let Some(timer) = self.timer.take() {
            timer.cancel();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clockwork(due: u64, interval: u64) -> Clockwork {
        Clockwork { due: Some(due), interval, ..Clockwork::default() }
    }

    #[test]
    fn it_rests_longer_and_longer_until_its_signal_is_taken() {
        let mut work = clockwork(100, 1);
        assert_eq!((work.ring(99), work.rest), (0, 0));
        assert_eq!((work.ring(100), work.rest), (1, FIRST_REST));
        assert_eq!((work.ring(100), work.rest), (0, FIRST_REST));
        assert_eq!((work.ring(102), work.rest), (2, 2 * FIRST_REST));
        (200..300).for_each(|now| assert!(work.ring(now) > 0));
        assert_eq!(work.rest, LONGEST_REST);
        work.end_rest();
        assert_eq!((work.ring(300), work.rest), (1, FIRST_REST));
    }

    #[test]
    fn what_is_left_of_one_that_rests_is_the_time_to_its_next_beat() {
        let work = clockwork(100, 30);
        assert_eq!([99, 100, 101, 129, 130].map(|now| work.left(now).value), [1, 30, 29, 1, 30]);
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
