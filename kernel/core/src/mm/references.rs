//! Counting references down.

use crate::atomic::{AtomicU32, Ordering, fence};

/// Counts a reference down; whether it was the last one.
#[inline]
pub fn is_last(count: &AtomicU32) -> bool {
    // All uses through other references come before what is counted is used again. Who has the only
    // reference need not count: nobody else can make another one.
    if count.load(Ordering::Acquire) == 1 {
        return true;
    }
    if count.fetch_sub(1, Ordering::Release) != 1 {
        return false;
    }
    fence(Ordering::Acquire);
    true
}
