//! Letting threads that sleep on one word sleep on another: nobody wakes just to wait again.

use super::buckets::{Sleepers, lock_both};
use crate::mm::Location;
use abi::Errno;

/// How many sleepers are woken and how many go on sleeping on the other word, at most.
#[derive(Clone, Copy, Debug)]
pub struct Counts {
    /// Woken.
    pub woken: u32,
    /// Moved.
    pub moved: u32,
}

/// Wakes some of those who sleep on a word and moves others to another word, unless `check`, which
/// is called when nobody can begin or end such a sleep, forbids it; returns how many it were
/// together.
pub fn requeue(
    from: Location,
    to: Location,
    counts: Counts,
    check: impl FnOnce() -> Result<(), Errno>,
) -> Result<u32, Errno> {
    let (mut source, mut target) = lock_both(from, to);
    check()?;
    // Apart until all are found: the two words may be one.
    let mut moved = Sleepers::new();
    let mut left = counts;
    while left.woken > 0 || left.moved > 0 {
        let Some(thread) = source.remove_first(|thread| thread.futex.is_on(from)) else { break };
        if left.woken > 0 {
            left.woken -= 1;
            thread.futex.choose();
            thread.unpark_owned();
        } else {
            left.moved -= 1;
            moved.push_back(thread);
        }
    }
    let target = target.as_mut().unwrap_or(&mut source);
    while let Some(thread) = moved.pop_front() {
        thread.futex.move_to(to);
        target.push_back(thread);
    }
    Ok(counts.woken - left.woken + counts.moved - left.moved)
}
