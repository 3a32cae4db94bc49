//! Letting threads that sleep on one word sleep on another: nobody wakes just to wait again.

use super::buckets::lock_both;
use super::queue::Entry;
use crate::mm::Location;
use abi::Errno;
use alloc::vec::Vec;

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
    let length = source.len();
    let mut moved = Vec::new();
    moved.try_reserve(length).map_err(|_| Errno::ENOMEM)?;
    target.as_deref_mut().unwrap_or(&mut source).try_reserve(length)?;
    let mut left = counts;
    // Those of other words stay, in their order.
    let is_meant = |entry: &Entry| entry.location == from;
    while left.woken > 0 || left.moved > 0 {
        let Some(index) = source.position(is_meant) else { break };
        let Some(entry) = source.remove(index) else { break };
        if left.woken > 0 {
            left.woken -= 1;
            entry.sleep().choose();
            entry.thread.unpark();
        } else {
            left.moved -= 1;
            entry.sleep().moved_to(to);
            moved.push(Entry { location: to, ..entry });
        }
    }
    let target = target.as_deref_mut().unwrap_or(&mut source);
    moved.into_iter().for_each(|entry| target.push(entry));
    Ok(counts.woken - left.woken + counts.moved - left.moved)
}
