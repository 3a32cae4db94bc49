//! Who sleeps on which word: a hash table of queues.

use crate::mm::Location;
use crate::sched::thread::Thread;
use crate::sync::{Guard, Lock, Rank};
use alloc::collections::VecDeque;
use alloc::sync::Arc;
use core::hash::{Hash, Hasher};
use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// How many buckets there are.
pub const COUNT: usize = 256;

/// A thread that sleeps on a word.
pub struct Waiter {
    /// Which wakes are meant for it.
    pub mask: u32,
    /// The thread.
    pub thread: Arc<Thread>,
    is_woken: AtomicBool,
    /// The bucket that it is in, if it is in any; changed under the locks of both.
    bucket: AtomicUsize,
}

/// A waiter's place in a queue.
pub struct Entry {
    /// The word that it sleeps on.
    pub location: Location,
    /// The waiter.
    pub waiter: Arc<Waiter>,
}

/// The waiters of a bucket, those that came first in front.
pub type Queue = VecDeque<Entry>;

static TABLE: [Lock<Queue>; COUNT] = [const { Lock::new(Rank::Futex, VecDeque::new()) }; COUNT];

/// A small hash (FNV-1a) that spreads neighbouring words over the buckets.
struct Fnv(u64);

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = (self.0 ^ value).wrapping_mul(0x0000_0100_0000_01B3);
    }

    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }
}

impl Waiter {
    /// One that sleeps on a word, and has to be added to its bucket.
    pub fn new(location: Location, mask: u32, thread: Arc<Thread>) -> Self {
        let bucket = AtomicUsize::new(bucket_of(location));
        Self { mask, thread, is_woken: AtomicBool::new(false), bucket }
    }

    /// Whether a wake has chosen it.
    pub fn is_woken(&self) -> bool {
        self.is_woken.load(Ordering::Acquire)
    }

    /// Notes that a wake has chosen it; it has been taken out of its queue, and its thread is to be
    /// unparked.
    pub fn choose(&self) {
        self.is_woken.store(true, Ordering::Release);
    }

    /// Lets it go on; it has been taken out of its queue.
    pub fn wake(&self) {
        self.choose();
        self.thread.unpark();
    }

    /// Notes that it is in another word's bucket now.
    pub fn moved_to(&self, location: Location) {
        self.bucket.store(bucket_of(location), Ordering::Release);
    }
}

/// The number of a word's bucket.
pub fn bucket_of(location: Location) -> usize {
    let mut hasher = Fnv(0xCBF2_9CE4_8422_2325);
    location.hash(&mut hasher);
    (hasher.finish() >> 2) as usize % COUNT
}

/// The waiters of a bucket.
pub fn lock(bucket: usize) -> Guard<'static, Queue> {
    TABLE[bucket].lock()
}

/// The waiters of two words' buckets; only the first is given where they are one.
///
/// Two are locked in the order of their numbers.
pub fn lock_both(
    one: Location,
    other: Location,
) -> (Guard<'static, Queue>, Option<Guard<'static, Queue>>) {
    let (first, second) = (bucket_of(one), bucket_of(other));
    if first == second {
        (TABLE[first].lock(), None)
    } else if first < second {
        let queue = TABLE[first].lock();
        (queue, Some(TABLE[second].lock_as(Rank::SecondFutex)))
    } else {
        let queue = TABLE[second].lock();
        (TABLE[first].lock_as(Rank::SecondFutex), Some(queue))
    }
}

/// Queues a waiter for a word.
pub fn add(location: Location, waiter: Arc<Waiter>) {
    lock(bucket_of(location)).push_back(Entry { location, waiter });
}

/// Takes a waiter out of its queue; `false` if a wake has done so.
pub fn take_out(waiter: &Arc<Waiter>) -> bool {
    loop {
        let bucket = waiter.bucket.load(Ordering::Acquire);
        let mut queue = TABLE[bucket].lock();
        if waiter.bucket.load(Ordering::Acquire) != bucket {
            continue;
        }
        let position = queue.iter().position(|entry| Arc::ptr_eq(&entry.waiter, waiter));
        let entry = position.and_then(|index| queue.remove(index));
        give_back_if_empty(&mut queue);
        return entry.is_some();
    }
}

/// What a storm has made a bucket hold is given back.
pub fn give_back_if_empty(queue: &mut Queue) {
    if queue.is_empty() {
        *queue = VecDeque::new();
    }
}
