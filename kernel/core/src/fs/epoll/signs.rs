//! What was noted of a watched file's wakes, until somebody looks at the file.
//!
//! Two flags, which change one after the other: whoever looks takes the second only where it has found the first, else it
//! would take away half of a note that is just being made.

use crate::atomic::{AtomicBool, Ordering};

/// The notes of one file.
pub struct Signs {
    /// The file was woken since it was last found to be not ready.
    is_due: AtomicBool,
    /// Something has changed about it since that was last told.
    has_changed: AtomicBool,
}

impl Signs {
    /// Of a file that nobody has looked at.
    pub const fn new() -> Self {
        Self { is_due: AtomicBool::new(true), has_changed: AtomicBool::new(true) }
    }

    /// The file was woken, by a change of it or for nothing new.
    pub fn note(&self, is_change: bool) {
        if is_change {
            self.has_changed.store(true, Ordering::Release);
        }
        self.is_due.store(true, Ordering::Release);
    }

    /// Takes the notes, before the file is asked: a change after that is noted again. `None` if there are none and it
    /// changes with time neither; else whether there was a change.
    pub fn take(&self, is_clocked: bool) -> Option<bool> {
        let is_due = self.is_due.swap(false, Ordering::AcqRel);
        (is_due || is_clocked).then(|| self.has_changed.swap(false, Ordering::AcqRel))
    }

    /// The file was ready, so it is to be looked at again.
    pub fn stay_due(&self) {
        self.is_due.store(true, Ordering::Release);
    }

    /// What comes with time, which nobody notes, will be a change.
    pub fn expect_change(&self) {
        self.has_changed.store(true, Ordering::Release);
    }

    /// Whether a change was noted.
    pub fn has_change(&self) -> bool {
        self.has_changed.load(Ordering::Acquire)
    }
}
