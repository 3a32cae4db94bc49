//! Many frames at once, in one step of the books.

use super::{CACHE_FRAMES, FrameUse, Pool, allowed_floor, pool, unpromised};
use crate::mm::refusals;
use arch::addr::PhysAddr;
use core::sync::atomic::Ordering;
use heapless::Vec;

impl Pool {
    /// Takes up to so many frames for a list that has room for them.
    fn take_row<const N: usize>(
        &self,
        purpose: FrameUse,
        wanted: usize,
        list: &mut Vec<PhysAddr, N>,
    ) {
        let mut core = self.cores.mine().lock();
        let left = core.free.len().saturating_sub(wanted);
        let outcome = list.extend_from_slice(&core.free[left..]);
        debug_assert!(outcome.is_ok(), "the list has room for what is wanted");
        core.free.truncate(left);
        if list.len() < wanted {
            let mut chunks = self.chunks.lock();
            while list.len() < wanted && chunks.take_some(wanted - list.len(), list) > 0 {}
            self.shared_free.store(chunks.free_frames(), Ordering::Relaxed);
        }
        core.used[purpose as usize] += list.len() as isize;
    }
}

/// Takes up to so many frames for an empty list that has room for them, as [`super::allocate`] does with
/// one: none where not all of them may be taken.
pub fn allocate_row<const N: usize>(purpose: FrameUse, wanted: usize, list: &mut Vec<PhysAddr, N>) {
    debug_assert!(list.is_empty() && wanted <= N);
    if refusals::check(purpose).is_err() || unpromised() < allowed_floor(purpose) + wanted {
        return;
    }
    let pool = pool();
    pool.take_row(purpose, wanted, list);
    for frame in list {
        pool.counts[frame.frame_number()].store(1, Ordering::Relaxed);
    }
}

/// Gives frames back whose counts have come down to 0, as [`super::free`] does with one.
pub fn free_all(frames: &[PhysAddr], purpose: FrameUse) {
    let pool = pool();
    let mut core = pool.cores.mine().lock();
    core.used[purpose as usize] -= frames.len() as isize;
    let room = CACHE_FRAMES - core.free.len();
    let (kept, given) = frames.split_at(frames.len().min(room));
    let outcome = core.free.extend_from_slice(kept);
    debug_assert!(outcome.is_ok(), "no more than there is room for is kept");
    if !given.is_empty() {
        let mut chunks = pool.chunks.lock();
        chunks.give_some(given);
        pool.shared_free.store(chunks.free_frames(), Ordering::Relaxed);
    }
}
