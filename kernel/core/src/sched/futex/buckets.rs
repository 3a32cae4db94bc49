//! Who sleeps on which word: a hash table of rows of threads.

use super::sleep::Asleep;
use crate::atomic::{AtomicUsize, Ordering, fence};
use crate::mm::Location;
use crate::sched::chain::Chain;
use crate::sched::thread::Thread;
use crate::sync::{Guard, Lock, Rank};
use alloc::sync::Arc;
use core::ops::{Deref, DerefMut};

/// How many buckets there are: a wake looks past the sleepers on other words of its bucket.
pub const COUNT: usize = 1024;

/// The sleepers of a bucket, in the order in which they came.
pub type Sleepers = Chain<Asleep>;

struct Bucket {
    sleepers: Lock<Sleepers>,
    /// How many there are, readable without the lock.
    length: AtomicUsize,
}

static TABLE: [Bucket; COUNT] = [const {
    Bucket { sleepers: Lock::new(Rank::Futex, Chain::new()), length: AtomicUsize::new(0) }
}; COUNT];

/// A bucket's lock, which tells how many sleepers there are when it is let go of.
pub struct Locked {
    sleepers: Guard<'static, Sleepers>,
    length: &'static AtomicUsize,
}

impl Deref for Locked {
    type Target = Sleepers;

    fn deref(&self) -> &Sleepers {
        &self.sleepers
    }
}

impl DerefMut for Locked {
    fn deref_mut(&mut self) -> &mut Sleepers {
        &mut self.sleepers
    }
}

impl Drop for Locked {
    #[inline]
    fn drop(&mut self) {
        self.length.store(self.sleepers.len(), Ordering::Relaxed);
    }
}

/// The number of a word's bucket.
///
/// Multiplying by an odd number with bits everywhere (the golden ratio's) lets each bit of the key
/// reach the highest ones, which are taken: neighbouring words are spread over the buckets.
#[inline]
pub const fn bucket_of(location: Location) -> usize {
    const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;
    let (Location::Object(owner, place) | Location::Private(owner, place)) = location;
    let key = owner.wrapping_mul(SPREAD) ^ place >> 2;
    (key.wrapping_mul(SPREAD) >> (u64::BITS - COUNT.ilog2())) as usize
}

/// Whether nobody sleeps on the words of a bucket.
///
/// A sleeper is counted before it looks at its word, and whoever wakes has changed that before: at
/// least one of the two sees the other.
#[inline]
pub fn is_empty(bucket: usize) -> bool {
    fence(Ordering::SeqCst);
    TABLE[bucket].length.load(Ordering::Relaxed) == 0
}

/// The sleepers of a bucket.
#[inline]
pub fn lock(bucket: usize) -> Locked {
    let Bucket { sleepers, length } = &TABLE[bucket];
    Locked { sleepers: sleepers.lock(), length }
}

fn lock_second(bucket: usize) -> Locked {
    let Bucket { sleepers, length } = &TABLE[bucket];
    Locked { sleepers: sleepers.lock_as(Rank::SecondFutex), length }
}

/// The sleepers of two words' buckets; only the first is given where they are one.
///
/// Two are locked in the order of their numbers.
pub fn lock_both(one: Location, other: Location) -> (Locked, Option<Locked>) {
    let (first, second) = (bucket_of(one), bucket_of(other));
    if first == second {
        (lock(first), None)
    } else if first < second {
        let sleepers = lock(first);
        (sleepers, Some(lock_second(second)))
    } else {
        let sleepers = lock(second);
        (lock_second(first), Some(sleepers))
    }
}

/// Adds a thread, which is in no bucket, to that of a word; `mask` says which wakes are meant for it.
pub fn add(thread: Arc<Thread>, location: Location, mask: u32) {
    let bucket = thread.futex.begin(location, mask);
    lock(bucket).push_back(thread);
    fence(Ordering::SeqCst);
}

/// Takes a thread out of its bucket; `false` if a wake has done so.
pub fn take_out(thread: &Thread) -> bool {
    loop {
        let bucket = thread.futex.bucket();
        let mut sleepers = lock(bucket);
        if thread.futex.bucket() != bucket {
            continue;
        }
        return sleepers.remove_first(|other| core::ptr::eq(other, thread)).is_some();
    }
}

/// Calls `look` with each bucket's number, how many sleepers it says that it has, and these.
pub fn visit(look: &mut dyn FnMut(usize, usize, &Sleepers)) {
    for (number, bucket) in TABLE.iter().enumerate() {
        let sleepers = bucket.sleepers.lock();
        look(number, bucket.length.load(Ordering::Relaxed), &sleepers);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_side_by_side_and_of_many_objects_are_spread_over_the_buckets() {
        let spread = |locations: &mut dyn Iterator<Item = Location>| {
            let mut used = [false; COUNT];
            locations.for_each(|location| used[bucket_of(location)] = true);
            used.into_iter().filter(|used| *used).count()
        };
        // As many as random numbers would use at least: 1024 keys use 647 of 1024 on average.
        assert!(spread(&mut (0..1024).map(|word| Location::Object(7, 4 * word))) > 520);
        assert!(spread(&mut (0..1024).map(|word| Location::Private(7, 64 * word))) > 520);
        assert!(spread(&mut (0..1024).map(|id| Location::Object(id, 0))) > 520);
    }

    #[test]
    fn a_bucket_tells_without_its_lock_whether_somebody_sleeps_there() {
        let location = Location::Object(u64::MAX - 1, 0);
        let thread = Arc::new(Thread::idle(0));
        assert!(is_empty(bucket_of(location)));
        add(thread.clone(), location, 1);
        assert!(!is_empty(bucket_of(location)));
        assert!(take_out(&thread) && !take_out(&thread));
        assert!(is_empty(bucket_of(location)));
    }
}
