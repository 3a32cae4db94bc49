//! A line that tells how far long work is and when it will be done, written over and over on a terminal.

use crate::io::STDERR;
use crate::units::Size;
use crate::{eprint, terminal, time};
use alloc::string::{String, ToString};
use core::time::Duration;

/// Work that takes longer than this is told about, and as often.
const TELL_EVERY: Duration = Duration::from_millis(500);

/// What work is counted in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Unit {
    /// Bytes: the last state stays on the terminal.
    Bytes,
    /// Steps of other work, whose result stands there in the end.
    Steps,
}

/// Work on so many bytes, or of so many steps.
pub struct Progress {
    name: String,
    unit: Unit,
    /// All there is to do; 0 where that is not known before.
    total: u64,
    done: u64,
    begin: Duration,
    told: Option<Duration>,
    is_seen: bool,
}

impl Progress {
    /// Work on bytes that begins now; nothing is told where standard error is no terminal.
    pub fn new(name: &str, total: u64) -> Self {
        Self::of(Unit::Bytes, name, total)
    }

    /// The same for work of so many steps.
    pub fn steps(name: &str, total: u64) -> Self {
        Self::of(Unit::Steps, name, total)
    }

    fn of(unit: Unit, name: &str, total: u64) -> Self {
        let is_seen = terminal::is_terminal(STDERR);
        Self { name: name.into(), unit, total, done: 0, begin: time::now(), told: None, is_seen }
    }

    /// So much more is done.
    pub fn advance(&mut self, amount: u64) {
        self.done += amount;
        let now = time::now();
        if self.is_seen && now - self.told.unwrap_or(self.begin) >= TELL_EVERY {
            self.told = Some(now);
            self.tell(now);
        }
    }

    fn tell(&self, now: Duration) {
        let elapsed = (now - self.begin).as_millis().max(1) as u64;
        let amount = |amount| match self.unit {
            Unit::Bytes => Size(amount).to_string(),
            Unit::Steps => amount.to_string(),
        };
        eprint!("\r\x1b[K{}: {}", self.name, amount(self.done));
        if let Some(percent) = self.done.saturating_mul(100).checked_div(self.total) {
            let missing = self.total.saturating_sub(self.done).saturating_mul(elapsed);
            let left = missing.checked_div(self.done).unwrap_or(0).div_ceil(1000);
            eprint!(" of {} ({percent} %), {left} s to go", amount(self.total));
        }
        if self.unit == Unit::Bytes {
            eprint!(", {} a second", Size(self.done.saturating_mul(1000) / elapsed));
        }
    }
}

impl Drop for Progress {
    /// Leaves the last state there, if any was shown; steps make room for the result.
    fn drop(&mut self) {
        match self.unit {
            _ if self.told.is_none() => {}
            Unit::Bytes => {
                self.tell(time::now());
                eprint!("\n");
            }
            Unit::Steps => eprint!("\r\x1b[K"),
        }
    }
}
