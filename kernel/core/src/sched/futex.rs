//! Futexes: waiting on a 32-bit word of user memory, wherever it is mapped.
//!
//! A word is known by what it is ([`Location`]), not by its address, so every process that shares
//! it means the same one. A private word becomes another one when its page is handed over while
//! its owner keeps it: who sleeps on it is woken then, and looks again.

use super::core_state::current;
use super::switch::park;
use super::thread::Thread;
use crate::mm::Location;
use crate::sync::{Lock, Rank};
use abi::Errno;
use alloc::collections::VecDeque;
use alloc::sync::Arc;
use arch::addr::{PageRange, VirtAddr};
use arch::{clock, user_memory};
use core::hash::{Hash, Hasher};
use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use heapless::Vec;

const BUCKETS: usize = 256;
const COUNTERS: usize = 64;
/// Waiters that are taken out of a bucket before they are woken.
const BATCH: usize = 16;

struct Waiter {
    location: Location,
    mask: u32,
    thread: Arc<Thread>,
    is_woken: AtomicBool,
}

type Bucket = Lock<VecDeque<Arc<Waiter>>>;

static TABLE: [Bucket; BUCKETS] = [const { Lock::new(Rank::Futex, VecDeque::new()) }; BUCKETS];

/// Who sleeps on a private word, or is about to, by the address space's number: most that hand pages
/// over have nobody to wake.
static PRIVATE: [AtomicUsize; COUNTERS] = [const { AtomicUsize::new(0) }; COUNTERS];

/// A place in the count of those who sleep on private words.
struct Counted(&'static AtomicUsize);

impl Counted {
    fn new(location: Location) -> Option<Self> {
        let Location::Private(space, _) = location else { return None };
        let counter = private(space);
        counter.fetch_add(1, Ordering::Relaxed);
        Some(Self(counter))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

const fn private(space: u64) -> &'static AtomicUsize {
    &PRIVATE[space as usize % COUNTERS]
}

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

fn bucket(location: Location) -> &'static Bucket {
    let mut hasher = Fnv(0xCBF2_9CE4_8422_2325);
    location.hash(&mut hasher);
    &TABLE[(hasher.finish() >> 2) as usize % BUCKETS]
}

/// Sleeps while the word at `address`, which is the one that `locate` tells, has the expected value.
///
/// `EAGAIN` if it has another, `ETIMEDOUT` after the deadline, `EINTR` if a signal has to be
/// acted on.
pub fn wait(
    locate: impl Fn() -> Option<Location>,
    address: VirtAddr,
    expected: u32,
    mask: u32,
    deadline: Option<u64>,
) -> Result<(), Errno> {
    let location = locate().ok_or(Errno::EFAULT)?;
    let counted = Counted::new(location);
    let thread = current();
    let waiter = Arc::new(Waiter { location, mask, thread, is_woken: AtomicBool::new(false) });
    let bucket = bucket(location);
    // Queued before the word is read: whoever changes it after that finds the waiter.
    bucket.lock().push_back(waiter.clone());
    let outcome = match user_memory::load_u32(address) {
        Err(_) => Err(Errno::EFAULT),
        Ok(value) if value != expected => Err(Errno::EAGAIN),
        // It has become another word, perhaps before this waiter was queued: nobody wakes it.
        Ok(_) if counted.is_some() && locate() != Some(location) => Ok(()),
        Ok(_) => sleep(&waiter, deadline),
    };
    let mut queue = bucket.lock();
    if let Some(index) = queue.iter().position(|other| Arc::ptr_eq(other, &waiter)) {
        queue.remove(index);
        give_back_if_empty(&mut queue);
        return outcome;
    }
    // A wake has chosen this waiter; it counts, whatever else happened.
    Ok(())
}

fn sleep(waiter: &Waiter, deadline: Option<u64>) -> Result<(), Errno> {
    loop {
        if waiter.is_woken.load(Ordering::Acquire) {
            return Ok(());
        }
        if waiter.thread.is_interrupted() {
            return Err(Errno::EINTR);
        }
        if deadline.is_some_and(|at| clock::now() >= at) {
            return Err(Errno::ETIMEDOUT);
        }
        park(deadline);
    }
}

/// Wakes up to `count` threads that sleep on the word with a mask that meets this one.
pub fn wake(location: Location, count: u32, mask: u32) -> u32 {
    wake_in(bucket(location), count, |waiter| {
        waiter.location == location && waiter.mask & mask != 0
    })
}

/// Wakes all who sleep on private words of an address space in a range whose pages have become an
/// object's or have left it.
pub fn private_words_changed(space: u64, range: PageRange) {
    // Who is counted later looks where its word is later, too, and finds it changed.
    if private(space).load(Ordering::Relaxed) == 0 {
        return;
    }
    let bounds = range.start().value() as u64..range.end().value() as u64;
    for bucket in &TABLE {
        wake_in(bucket, u32::MAX, |waiter| {
            matches!(waiter.location, Location::Private(owner, address)
                if owner == space && bounds.contains(&address))
        });
    }
}

fn wake_in(bucket: &Bucket, count: u32, is_meant: impl Fn(&Waiter) -> bool) -> u32 {
    let mut woken = 0;
    loop {
        let chosen = choose(bucket, count - woken, &is_meant);
        woken += chosen.len() as u32;
        let is_last = woken == count || !chosen.is_full();
        // Without the lock, which is the first thing that they need on their cores.
        for waiter in chosen {
            waiter.thread.unpark();
        }
        if is_last {
            return woken;
        }
    }
}

/// Takes out waiters that are to be woken, as many as are woken in one go.
fn choose(
    bucket: &Bucket,
    count: u32,
    is_meant: &impl Fn(&Waiter) -> bool,
) -> Vec<Arc<Waiter>, BATCH> {
    let mut chosen = Vec::new();
    let mut queue = bucket.lock();
    let mut index = 0;
    while chosen.len() < BATCH.min(count as usize) {
        let Some(waiter) = queue.get(index) else { break };
        if !is_meant(waiter) {
            index += 1;
        } else if let Some(waiter) = queue.remove(index) {
            waiter.is_woken.store(true, Ordering::Release);
            // There is room: it was looked at above.
            let _ = chosen.push(waiter);
        }
    }
    give_back_if_empty(&mut queue);
    chosen
}

/// What a storm has made a bucket hold is given back.
fn give_back_if_empty(queue: &mut VecDeque<Arc<Waiter>>) {
    if queue.is_empty() {
        *queue = VecDeque::new();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sched;

    #[test]
    fn a_wake_reaches_as_many_as_it_is_for_and_only_those_on_its_word() {
        sched::start();
        let place = |offset| Location::Object(u64::MAX, offset);
        let sleep = |offset| {
            let thread = Arc::new(Thread::idle(0));
            let location = place(offset);
            let waiter = Waiter { location, mask: 1, thread, is_woken: AtomicBool::new(false) };
            let waiter = Arc::new(waiter);
            bucket(location).lock().push_back(waiter.clone());
            waiter
        };
        let waiters: std::vec::Vec<_> = (0..3 * BATCH).map(|_| sleep(0)).collect();
        let other = sleep(4);
        let woken = || waiters.iter().filter(|one| one.is_woken.load(Ordering::Relaxed)).count();
        assert_eq!((wake(place(0), 0, 1), wake(place(0), 1, 2), woken()), (0, 0, 0));
        assert_eq!((wake(place(0), BATCH as u32 + 1, 1), woken()), (BATCH as u32 + 1, BATCH + 1));
        let rest = 2 * BATCH as u32 - 1;
        assert_eq!((wake(place(0), u32::MAX, 1), woken()), (rest, 3 * BATCH));
        assert!(!other.is_woken.load(Ordering::Relaxed));
        assert_eq!(wake(place(4), 1, 1), 1);
    }
}
