//! Time that stands still until a test moves it; one for each simulated core.

use std::cell::Cell;

std::thread_local! {
    static NOW: Cell<u64> = const { Cell::new(0) };
    static DEADLINE: Cell<Option<u64>> = const { Cell::new(None) };
}

/// Nanoseconds since the test's thread began.
pub fn now() -> u64 {
    NOW.get()
}

/// Lets time pass.
pub fn advance(nanoseconds: u64) {
    NOW.set(NOW.get() + nanoseconds);
}

/// Notes when this core wants an interrupt.
pub fn set_deadline(at: Option<u64>) {
    DEADLINE.set(at);
}

/// What was noted.
pub fn deadline() -> Option<u64> {
    DEADLINE.get()
}
