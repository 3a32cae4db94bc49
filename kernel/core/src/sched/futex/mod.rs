//! Futexes: waiting on a 32-bit word of user memory, wherever it is mapped.
//!
//! A word is known by what it is ([`Location`]), not by its address, so every process that shares
//! it means the same one.

mod buckets;
mod requeue;

pub use requeue::{Counts, requeue};

use super::core_state::current;
use super::switch::park;
use crate::mm::Location;
use abi::Errno;
use alloc::sync::Arc;
use arch::addr::VirtAddr;
use arch::{clock, user_memory};
use buckets::{Waiter, give_back_if_empty};

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
    let waiter = Arc::new(Waiter::new(location, mask, current()));
    // Queued before the word is read: whoever changes it after that finds the waiter.
    buckets::add(location, waiter.clone());
    let outcome = match user_memory::load_u32(address) {
        Err(_) => Err(Errno::EFAULT),
        Ok(value) if value != expected => Err(Errno::EAGAIN),
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
    let mut woken = 0;
    let mut queue = buckets::lock(location);
    let mut index = 0;
    while woken < count && index < queue.len() {
        let chosen = queue
            .get(index)
            .is_some_and(|entry| entry.location == location && entry.waiter.mask & mask != 0);
        if !chosen {
            index += 1;
            continue;
        }
        if let Some(entry) = queue.remove(index) {
            entry.waiter.wake();
            woken += 1;
        }
    }
    give_back_if_empty(&mut queue);
    woken
}
