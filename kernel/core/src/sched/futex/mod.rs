//! Futexes: waiting on a 32-bit word of user memory, wherever it is mapped.
//!
//! A word is known by what it is ([`Location`]), not by its address, so every process that shares
//! it means the same one.

mod buckets;
mod private;
mod requeue;
mod sleep;

pub use buckets::visit as visit_buckets;
pub use private::private_words_changed;
pub use requeue::{Counts, requeue};
pub(super) use sleep::Sleep;

use super::current::current;
use super::switch::park;
use super::thread::Thread;
use crate::mm::Location;
use abi::Errno;
use alloc::sync::Arc;
use arch::addr::VirtAddr;
use arch::{clock, user_memory};
use buckets::Sleepers;
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
    let thread = current();
    // Queued before the word is read: whoever changes it after that finds the waiter.
    buckets::add(thread.to_arc(), location, mask);
    let outcome = match user_memory::load_u32(address) {
        Err(_) => Err(Errno::EFAULT),
        Ok(value) if value != expected => Err(Errno::EAGAIN),
        // It has become another word, perhaps before this waiter was queued: nobody wakes it.
        Ok(_) if counted.is_some() && locate() != Ok(location) => Ok(()),
        Ok(_) => sleep(&thread, deadline),
    };
    // A wake that has chosen this waiter counts, whatever else happened.
    if thread.futex.is_woken() || !buckets::take_out(&thread) { Ok(()) } else { outcome }
}

fn sleep(thread: &Thread, deadline: Option<u64>) -> Result<(), Errno> {
    loop {
        if thread.futex.is_woken() {
            return Ok(());
        }
        if thread.is_interrupted() {
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
    let bucket = buckets::bucket_of(location);
    if buckets::is_empty(bucket) {
        return 0;
    }
    let is_meant = |sleep: &Sleep| sleep.is_on(location) && sleep.is_meant(mask);
    if count == 1 {
        let chosen = choose(&mut buckets::lock(bucket), is_meant);
        return chosen.map_or(0, |thread| {
            thread.unpark_owned();
            1
        });
    }
    wake_in(bucket, count, is_meant)
}

fn wake_in(bucket: usize, count: u32, is_meant: impl Fn(&Sleep) -> bool) -> u32 {
    let mut woken = 0;
    loop {
        let mut batch = Vec::<_, BATCH>::new();
        let mut sleepers = buckets::lock(bucket);
        while batch.len() < BATCH.min((count - woken) as usize)
            && let Some(thread) = choose(&mut sleepers, &is_meant)
        {
            // There is room: it was looked at above.
            let _ = batch.push(thread);
        }
        drop(sleepers);
        woken += batch.len() as u32;
        let is_last = woken == count || !batch.is_full();
        // Without the lock, which is the first thing that they need on their cores.
        batch.into_iter().for_each(Thread::unpark_owned);
        if is_last {
            return woken;
        }
    }
}

/// Takes out the first sleeper that is to be woken.
fn choose(sleepers: &mut Sleepers, is_meant: impl Fn(&Sleep) -> bool) -> Option<Arc<Thread>> {
    let thread = sleepers.remove_first(|thread| is_meant(&thread.futex))?;
    thread.futex.choose();
    Some(thread)
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
            buckets::add(thread.clone(), place(offset), 1);
            thread
        };
        let waiters: std::vec::Vec<_> = (0..3 * BATCH).map(|_| sleep(0)).collect();
        let other = sleep(4);
        let woken = || waiters.iter().filter(|one| one.futex.is_woken()).count();
        assert_eq!((wake(place(0), 0, 1), wake(place(0), 1, 2), woken()), (0, 0, 0));
        assert_eq!((wake(place(0), BATCH as u32 + 1, 1), woken()), (BATCH as u32 + 1, BATCH + 1));
        let rest = 2 * BATCH as u32 - 1;
        assert_eq!((wake(place(0), u32::MAX, 1), woken()), (rest, 3 * BATCH));
        assert!(!other.futex.is_woken());
        assert_eq!(wake(place(4), 1, 1), 1);
    }
}
