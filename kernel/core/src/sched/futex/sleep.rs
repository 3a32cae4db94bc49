//! What a thread knows of its sleep on a word; it sleeps on one at a time.

use super::buckets::bucket_of;
use crate::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use crate::mm::Location;
use crate::sched::chain::{Link, Row};
use crate::sched::thread::Thread;

/// In a place: it is one of an address space's own memory.
const PRIVATE: u64 = 1 << (u64::BITS - 1);

/// The state of a sleep: a part of the thread, so that a wait takes no memory.
pub struct Sleep {
    /// Whether a wake has chosen the thread, which is in no bucket then.
    is_woken: AtomicBool,
    /// The bucket that it is in, if it is in any; changed under the locks of both.
    bucket: AtomicUsize,
    /// The word that it sleeps on, as what the bucket's lock guards.
    owner: AtomicU64,
    place: AtomicU64,
    /// Which wakes are meant for it.
    mask: AtomicU32,
    link: Link,
}

/// The rows of threads whose words have the same bucket.
pub struct Asleep;

impl Row for Asleep {
    #[inline]
    fn link(thread: &Thread) -> &Link {
        &thread.futex.link
    }
}

const fn key_of(location: Location) -> (u64, u64) {
    match location {
        Location::Object(owner, place) => (owner, place),
        Location::Private(owner, place) => (owner, place | PRIVATE),
    }
}

impl Sleep {
    /// None.
    pub const fn new() -> Self {
        Self {
            is_woken: AtomicBool::new(false),
            bucket: AtomicUsize::new(0),
            owner: AtomicU64::new(0),
            place: AtomicU64::new(0),
            mask: AtomicU32::new(0),
            link: Link::new(),
        }
    }

    /// The thread is about to be added to a word's bucket, which is returned, and is in none.
    pub fn begin(&self, location: Location, mask: u32) -> usize {
        self.is_woken.store(false, Ordering::Relaxed);
        self.mask.store(mask, Ordering::Relaxed);
        self.move_to(location)
    }

    /// Notes that it is about to be in another word's bucket, which is returned.
    pub fn move_to(&self, location: Location) -> usize {
        let (owner, place) = key_of(location);
        self.owner.store(owner, Ordering::Relaxed);
        self.place.store(place, Ordering::Relaxed);
        let bucket = bucket_of(location);
        self.bucket.store(bucket, Ordering::Release);
        bucket
    }

    /// Whether it is a sleep on that word.
    #[inline]
    pub fn is_on(&self, location: Location) -> bool {
        let (owner, place) = key_of(location);
        self.owner.load(Ordering::Relaxed) == owner && self.place.load(Ordering::Relaxed) == place
    }

    /// Whether a wake with this mask is meant for it.
    #[inline]
    pub fn is_meant(&self, mask: u32) -> bool {
        self.mask.load(Ordering::Relaxed) & mask != 0
    }

    /// The address of the word, if it is in an address space's own memory.
    pub fn private_address(&self, space: u64) -> Option<u64> {
        let place = self.place.load(Ordering::Relaxed);
        let is_own = place & PRIVATE != 0 && self.owner.load(Ordering::Relaxed) == space;
        is_own.then_some(place & !PRIVATE)
    }

    /// Whether a wake has chosen it.
    #[inline]
    pub fn is_woken(&self) -> bool {
        self.is_woken.load(Ordering::Acquire)
    }

    /// Notes that a wake has chosen it; it has been taken out of its bucket, and its thread is to be
    /// unparked.
    pub fn choose(&self) {
        self.is_woken.store(true, Ordering::Release);
    }

    /// The bucket that it is in.
    pub fn bucket(&self) -> usize {
        self.bucket.load(Ordering::Acquire)
    }
}
