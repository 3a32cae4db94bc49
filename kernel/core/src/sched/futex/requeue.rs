//! Letting threads that sleep on one word sleep on another: nobody wakes just to wait again.

use super::buckets::{Entry, Queue, give_back_if_empty, lock_both};
use crate::mm::Location;
use abi::Errno;
use alloc::collections::VecDeque;

/// How many waiters are woken and how many go to sleep on the other word, at most.
#[derive(Clone, Copy, Debug)]
pub struct Counts {
    /// Woken.
    pub woken: u32,
    /// Moved.
    pub moved: u32,
}

/// Wakes some of the waiters of a word and moves others to another word, unless `check`, which is
/// called when nobody can begin or end such a wait, forbids it; returns how many it were together.
pub fn requeue(
    from: Location,
    to: Location,
    counts: Counts,
    check: impl FnOnce() -> Result<(), Errno>,
) -> Result<u32, Errno> {
    let (mut source, mut target) = lock_both(from, to);
    check()?;
    let mut moved = VecDeque::new();
    moved.try_reserve(source.len()).map_err(|_| Errno::ENOMEM)?;
    if let Some(target) = &mut target {
        target.try_reserve(source.len()).map_err(|_| Errno::ENOMEM)?;
    }
    let mut left = counts;
    // Those of other words stay, in their order.
    source.retain(|entry| entry.location != from || !take(entry, to, &mut left, &mut moved));
    let total = counts.woken - left.woken + counts.moved - left.moved;
    target.as_mut().unwrap_or(&mut source).append(&mut moved);
    give_back_if_empty(&mut source);
    if let Some(target) = &mut target {
        give_back_if_empty(target);
    }
    Ok(total)
}

/// Wakes or moves a waiter, if there are still some to be; whether it leaves its place.
fn take(entry: &Entry, to: Location, left: &mut Counts, moved: &mut Queue) -> bool {
    if left.woken > 0 {
        left.woken -= 1;
        entry.waiter.wake();
        return true;
    }
    if left.moved > 0 {
        left.moved -= 1;
        entry.waiter.moved_to(to);
        moved.push_back(Entry { location: to, waiter: entry.waiter.clone() });
        return true;
    }
    false
}
