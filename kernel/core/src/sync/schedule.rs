//! Locks as places where tests in other crates let another thread go on, so that they can try schedules.

use spin::mutex::{SpinMutex, SpinMutexGuard};
use spin::{Once, RelaxStrategy};

static HAND_ON: Once<fn()> = Once::new();

/// From now on this is called before each look at a lock, instead of spinning; for the whole run.
pub fn hand_on_at_locks(hand_on: fn()) {
    HAND_ON.call_once(|| hand_on);
}

/// Takes a lock so; `None` if nobody wants that.
pub(super) fn acquire<T, R: RelaxStrategy>(
    lock: &SpinMutex<T, R>,
) -> Option<SpinMutexGuard<'_, T, R>> {
    let hand_on = HAND_ON.get()?;
    loop {
        hand_on();
        if let Some(guard) = lock.try_lock() {
            return Some(guard);
        }
    }
}
