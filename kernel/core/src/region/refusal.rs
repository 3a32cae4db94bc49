//! Opens of regions that were refused: the kernel's log tells who wanted what.
//!
//! At most one line a second, so that nobody floods the log by asking.

use super::object::Region;
use crate::process::Credentials;
use crate::sched;
use arch::clock;
use core::sync::atomic::{AtomicU32, AtomicU64, Ordering};

const PAUSE_NS: u64 = 1_000_000_000;

static PACE: Pace = Pace::new();

/// When the next line may be written.
struct Pace {
    next: AtomicU64,
    untold: AtomicU32,
}

impl Pace {
    const fn new() -> Self {
        Self { next: AtomicU64::new(0), untold: AtomicU32::new(0) }
    }

    /// Whether there may be a line now, and how many there were none for since the last.
    fn take(&self, now: u64) -> Option<u32> {
        let next = self.next.load(Ordering::Relaxed);
        let claimed = now >= next
            && self
                .next
                .compare_exchange(next, now + PAUSE_NS, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok();
        if claimed {
            return Some(self.untold.swap(0, Ordering::Relaxed));
        }
        self.untold.fetch_add(1, Ordering::Relaxed);
        None
    }
}

impl Region {
    /// Notes that somebody was not allowed to open the region.
    pub fn note_refusal(&self, caller: Credentials) {
        let Some(untold) = PACE.take(clock::now()) else { return };
        let record = self.record();
        log::warn!(
            "process {} of user {} may not open region {} (owner {}, mode {:o}); {untold} more \
             refused since the last line",
            sched::current_pid().unwrap_or(0),
            caller.uid,
            record.name().escape_ascii(),
            record.uid,
            record.mode,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_refusals_is_one_line_a_second_which_counts_them() {
        let pace = Pace::new();
        let lines: [Option<u32>; 5] =
            [0, 1, PAUSE_NS - 1, PAUSE_NS, PAUSE_NS + 1].map(|now| pace.take(now));
        assert_eq!(lines, [Some(0), None, None, Some(2), None]);
    }
}
