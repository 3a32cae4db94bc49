//! The frames' reference counts, which are asked for so often that they are found without asking
//! whether there is a pool.
#![allow(unsafe_code, reason = "the bottom of memory: an array is found by its address")]

use arch::addr::PhysAddr;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicPtr, AtomicU32, AtomicUsize, Ordering};

/// The first count.
static COUNTS: AtomicPtr<AtomicU32> = AtomicPtr::new(null_mut());
/// How many there are; none until the first is noted.
static COUNTED: AtomicUsize = AtomicUsize::new(0);

/// Notes where the counts are; once, at boot, before there is a second core.
pub(super) fn note(counts: &'static [AtomicU32]) {
    COUNTS.store(counts.as_ptr().cast_mut(), Ordering::Relaxed);
    COUNTED.store(counts.len(), Ordering::Release);
}

/// The reference count of a frame that the pool manages.
///
/// # Panics
///
/// If the frame lies above all RAM.
#[inline]
pub fn count_of(frame: PhysAddr) -> &'static AtomicU32 {
    let number = frame.frame_number();
    assert!(number < COUNTED.load(Ordering::Relaxed), "a frame that the pool does not manage");
    let count = COUNTS.load(Ordering::Relaxed).wrapping_add(number);
    // SAFETY: `note` was given so many counts that stay for ever, and noted their number last.
    unsafe { &*count }
}
