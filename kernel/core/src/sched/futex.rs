//! Futexes: waiting on a 32-bit word of user memory, wherever it is mapped.
//!
//! A word is known by what it is ([`Location`]), not by its address, so every process that shares
//! it means the same one.

use super::core_state::current;
use super::switch::park;
use super::thread::Thread;
use crate::mm::Location;
use crate::sync::{Lock, Rank};
use abi::Errno;
use alloc::collections::VecDeque;
use alloc::sync::Arc;
use arch::addr::VirtAddr;
use arch::{clock, user_memory};
use core::hash::{Hash, Hasher};
use core::sync::atomic::{AtomicBool, Ordering};

const BUCKETS: usize = 256;

struct Waiter {
    location: Location,
    mask: u32,
    thread: Arc<Thread>,
    is_woken: AtomicBool,
}

type Bucket = Lock<VecDeque<Arc<Waiter>>>;

static TABLE: [Bucket; BUCKETS] = [const { Lock::new(Rank::Futex, VecDeque::new()) }; BUCKETS];

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

/// Sleeps while the word at `address`, which is the one at `location`, has the expected value.
///
/// `EAGAIN` if it has another, `ETIMEDOUT` after the deadline, `EINTR` if a signal has to be
/// acted on.
pub fn wait(
    location: Location,
    address: VirtAddr,
    expected: u32,
    mask: u32,
    deadline: Option<u64>,
) -> Result<(), Errno> {
    let thread = current();
    let waiter = Arc::new(Waiter { location, mask, thread, is_woken: AtomicBool::new(false) });
    let bucket = bucket(location);
    // Queued before the word is read: whoever changes it after that finds the waiter.
    bucket.lock().push_back(waiter.clone());
    let outcome = match user_memory::load_u32(address) {
        Err(_) => Err(Errno::EFAULT),
        Ok(value) if value != expected => Err(Errno::EAGAIN),
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
    let mut woken = 0;
    let mut queue = bucket(location).lock();
    let mut index = 0;
    while woken < count && index < queue.len() {
        let chosen = queue
            .get(index)
            .is_some_and(|waiter| waiter.location == location && waiter.mask & mask != 0);
        if !chosen {
            index += 1;
            continue;
        }
        if let Some(waiter) = queue.remove(index) {
            waiter.is_woken.store(true, Ordering::Release);
            waiter.thread.unpark();
            woken += 1;
        }
    }
    give_back_if_empty(&mut queue);
    woken
}

/// What a storm has made a bucket hold is given back.
fn give_back_if_empty(queue: &mut VecDeque<Arc<Waiter>>) {
    if queue.is_empty() {
        *queue = VecDeque::new();
    }
}
