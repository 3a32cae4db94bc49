//! Who sleeps on which word: a hash table of queues.

use super::queue::{Entry, Queue};
use crate::mm::Location;
use crate::sched::thread::Thread;
use crate::sync::{Guard, Lock, Rank};

/// How many buckets there are.
pub const COUNT: usize = 256;

static TABLE: [Lock<Queue>; COUNT] = [const { Lock::new(Rank::Futex, Queue::new()) }; COUNT];

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

/// The waiters of a bucket.
#[inline]
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

/// Queues a thread, which is in no queue, for a word.
pub fn add(entry: Entry) {
    let bucket = bucket_of(entry.location);
    entry.sleep().begin(bucket);
    lock(bucket).push(entry);
}

/// Takes a thread out of its queue; `false` if a wake has done so.
pub fn take_out(thread: &Thread) -> bool {
    loop {
        let bucket = thread.futex.bucket();
        let mut queue = lock(bucket);
        if thread.futex.bucket() != bucket {
            continue;
        }
        let position = queue.position(|entry| core::ptr::eq(&raw const *entry.thread, thread));
        return position.and_then(|index| queue.remove(index)).is_some();
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
        // As many as random numbers would use at least: 256 keys use 162 of 256 on average.
        assert!(spread(&mut (0..256).map(|word| Location::Object(7, 4 * word))) > 130);
        assert!(spread(&mut (0..256).map(|word| Location::Private(7, 64 * word))) > 130);
        assert!(spread(&mut (0..256).map(|id| Location::Object(id, 0))) > 130);
    }
}
