//! Time that a test moves; one for each simulated core.
//!
//! Reading it takes a nanosecond, so what happens later also has a later time.

use super::vdso::ClockData;
use std::cell::Cell;

std::thread_local! {
    static NOW: Cell<u64> = const { Cell::new(0) };
    static DEADLINE: Cell<Option<u64>> = const { Cell::new(None) };
}

/// Nanoseconds since the test's thread began.
pub fn now() -> u64 {
    advance(1);
    NOW.get()
}

/// The counter, whose ticks are nanoseconds here.
pub fn ticks() -> u64 {
    now()
}

/// Nanoseconds in that many ticks.
pub const fn nanoseconds_in(ticks: u64) -> u64 {
    ticks
}

/// Ticks in that many nanoseconds.
pub const fn ticks_in(nanoseconds: u64) -> u64 {
    nanoseconds
}

/// What the counter is when [`now`] has reached a time.
pub const fn ticks_at(time: u64) -> u64 {
    time
}

/// Lets time pass.
pub fn advance(nanoseconds: u64) {
    NOW.set(NOW.get() + nanoseconds);
}

/// What code in user mode needs: it has to ask the kernel.
pub const fn data_for_programs() -> ClockData {
    ClockData { boot: 0, multiplier: 0, shift: 0, offset: 0 }
}

/// Notes when this core wants an interrupt.
pub fn set_deadline(at: Option<u64>) {
    DEADLINE.set(at);
}

/// What was noted.
pub fn deadline() -> Option<u64> {
    DEADLINE.get()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_passes_between_readings_and_as_a_test_says() {
        let first = now();
        let second = now();
        advance(1000);
        assert!(first < second && second + 1000 < now());
    }
}
