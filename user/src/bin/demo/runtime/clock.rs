//! Periods by absolute deadlines, so that what a cycle takes does not add up.

use user::time::{self, Duration, now};

/// The period of everything.
pub const PERIOD: Duration = Duration::from_millis(10);

/// Deadlines on a grid: a beginning that all processes know, a phase, and whole periods.
pub struct Ticker {
    next: Duration,
}

impl Ticker {
    /// The grid's deadlines from now on.
    pub fn new(start: Duration, phase: Duration) -> Self {
        let mut ticker = Self { next: start + phase };
        ticker.pass(now());
        ticker
    }

    /// The next deadline.
    pub const fn next(&self) -> Duration {
        self.next
    }

    /// Sleeps until the next deadline, and returns how many whole periods it was missed by.
    pub fn wait(&mut self) -> u64 {
        time::sleep_until(self.next);
        self.pass(now())
    }

    /// Goes on with the first deadline after a time, and returns how many are left out.
    pub fn pass(&mut self, time: Duration) -> u64 {
        let Some(late) = time.checked_sub(self.next) else { return 0 };
        let missed = (late.as_nanos() / PERIOD.as_nanos()) as u32;
        self.next += PERIOD * (missed + 1);
        missed.into()
    }
}
