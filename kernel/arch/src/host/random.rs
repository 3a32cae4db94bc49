//! A start for random numbers: a different one for each call.

use std::sync::atomic::{AtomicU64, Ordering};

/// Some bits that differ from call to call.
pub fn seed() -> u64 {
    static CALLS: AtomicU64 = AtomicU64::new(0);
    crate::rate::mix(CALLS.fetch_add(1, Ordering::Relaxed))
}
