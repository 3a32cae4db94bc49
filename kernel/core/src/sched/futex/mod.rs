//! Futexes: waiting on a 32-bit word of user memory, wherever it is mapped.
//!
//! A word is known by what it is ([`Location`]), not by its address, so every process that shares
//! it means the same one.

mod buckets;
mod private;
mod requeue;

pub use private::private_words_changed;
pub use requeue::{Counts, requeue};

use super::current::current;
use super::switch::park;
use crate::mm::Location;
use abi::Errno;
use alloc::sync::Arc;
use arch::addr::VirtAddr;
use arch::{clock, user_memory};
use buckets::{Entry, Waiter, give_back_if_empty};
use heapless::Vec;
use private::Counted;

/// Waiters that are taken out of a bucket before they are woken.
const BATCH: usize = 16;

/// Sleeps while the word at `address`, which is the one that `locate` tells, has the expected value.
///
/// `EAGAIN` if it has another, `ETIMEDOUT` after the deadline, `EINTR` if a signal has to be
/// acted on.
pub fn wait(
    locate: impl Fn() -> Result<Location, Errno>,
    address: VirtAddr,
    expected: u32,
    mask: u32,
    deadline: Option<u64>,
) -> Result<(), Errno> {
    let location = locate()?;
    let counted = Counted::new(location);
    let waiter = Arc::new(Waiter::new(location, mask, current().to_arc()));
    // Queued before the word is read: whoever changes it after that finds the waiter.
    buckets::add(location, waiter.clone());
    let outcome = match user_memory::load_u32(address) {
        Err(_) => Err(Errno::EFAULT),
        Ok(value) if value != expected => Err(Errno::EAGAIN),
        // It has become another word, perhaps before this waiter was queued: nobody wakes it.
        Ok(_) if counted.is_some() && locate() != Ok(location) => Ok(()),
        Ok(_) => sleep(&waiter, deadline),
    };
    // A wake that has chosen this waiter counts, whatever else happened.
    if buckets::take_out(&waiter) { outcome } else { Ok(()) }
}

fn sleep(waiter: &Waiter, deadline: Option<u64>) -> Result<(), Errno> {
    loop {
        if waiter.is_woken() {
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
    wake_in(buckets::bucket_of(location), count, |entry| {
        entry.location == location && entry.waiter.mask & mask != 0
    })
}

fn wake_in(bucket: usize, count: u32, is_meant: impl Fn(&Entry) -> bool) -> u32 {
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
    bucket: usize,
    count: u32,
    is_meant: &impl Fn(&Entry) -> bool,
) -> Vec<Arc<Waiter>, BATCH> {
    let mut chosen = Vec::new();
    let mut queue = buckets::lock(bucket);
    let mut index = 0;
    while chosen.len() < BATCH.min(count as usize) {
        let Some(entry) = queue.get(index) else { break };
        if !is_meant(entry) {
            index += 1;
        } else if let Some(entry) = queue.remove(index) {
            entry.waiter.choose();
            // There is room: it was looked at above.
            let _ = chosen.push(entry.waiter);
        }
    }
    give_back_if_empty(&mut queue);
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sched::{self, Thread};

    #[test]
    fn a_wake_reaches_as_many_as_it_is_for_and_only_those_on_its_word() {
        sched::start();
        let place = |offset| Location::Object(u64::MAX, offset);
        let sleep = |offset| {
            let thread = Arc::new(Thread::idle(0));
            let waiter = Arc::new(Waiter::new(place(offset), 1, thread));
            buckets::add(place(offset), waiter.clone());
            waiter
        };
        let waiters: std::vec::Vec<_> = (0..3 * BATCH).map(|_| sleep(0)).collect();
        let other = sleep(4);
        let woken = || waiters.iter().filter(|one| one.is_woken()).count();
        assert_eq!((wake(place(0), 0, 1), wake(place(0), 1, 2), woken()), (0, 0, 0));
        assert_eq!((wake(place(0), BATCH as u32 + 1, 1), woken()), (BATCH as u32 + 1, BATCH + 1));
        let rest = 2 * BATCH as u32 - 1;
        assert_eq!((wake(place(0), u32::MAX, 1), woken()), (rest, 3 * BATCH));
        assert!(!other.is_woken());
        assert_eq!(wake(place(4), 1, 1), 1);
    }
}
