//! What a thread knows of its sleep on a word; it sleeps on one at a time.

use super::buckets::bucket_of;
use crate::mm::Location;
use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// The state of a sleep: a part of the thread, so that a wait takes no memory.
pub struct Sleep {
    /// Whether a wake has chosen the thread, which is in no queue then.
    is_woken: AtomicBool,
    /// The bucket that it is in, if it is in any; changed under the locks of both.
    bucket: AtomicUsize,
}

impl Sleep {
    /// None.
    pub const fn new() -> Self {
        Self { is_woken: AtomicBool::new(false), bucket: AtomicUsize::new(0) }
    }

    /// The thread is about to be added to a word's bucket, and is in none.
    pub fn begin(&self, bucket: usize) {
        self.is_woken.store(false, Ordering::Relaxed);
        self.bucket.store(bucket, Ordering::Release);
    }

    /// Whether a wake has chosen it.
    #[inline]
    pub fn is_woken(&self) -> bool {
        self.is_woken.load(Ordering::Acquire)
    }

    /// Notes that a wake has chosen it; it has been taken out of its queue, and its thread is to be
    /// unparked.
    pub fn choose(&self) {
        self.is_woken.store(true, Ordering::Release);
    }

    /// The bucket that it is in.
    pub fn bucket(&self) -> usize {
        self.bucket.load(Ordering::Acquire)
    }

    /// Notes that it is in another word's bucket now.
    pub fn moved_to(&self, location: Location) {
        self.bucket.store(bucket_of(location), Ordering::Release);
    }
}
