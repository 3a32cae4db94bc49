//! Frames that are promised: they stay free, but only who was promised them takes them, so that a
//! region's pages are there when they are first touched.

use super::{FrameUse, OutOfMemory, RESERVE_FRAMES, allowed_floor, count_of, pool};
use crate::mm::refusals;
use arch::addr::PhysAddr;
use core::sync::atomic::{AtomicUsize, Ordering};

/// Free frames that are set aside: only [`allocate_promised`] takes them.
static PROMISED: AtomicUsize = AtomicUsize::new(0);

/// How many are set aside.
pub(super) fn outstanding() -> usize {
    PROMISED.load(Ordering::Relaxed)
}

/// Sets frames aside, so that [`allocate_promised`] finds them whatever others take meanwhile.
pub fn promise(frames: usize) -> Result<(), OutOfMemory> {
    refusals::check(FrameUse::User)?;
    let kept = RESERVE_FRAMES.max(allowed_floor(FrameUse::User));
    let free = pool().shared_free.load(Ordering::Relaxed).saturating_sub(kept);
    let add = |promised: usize| promised.checked_add(frames).filter(|sum| *sum <= free);
    match PROMISED.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add) {
        Err(_) if frames > 0 => Err(OutOfMemory),
        _ => Ok(()),
    }
}

/// Gives back what [`promise`] has set aside and nobody has taken.
pub fn withdraw_promise(frames: usize) {
    PROMISED.fetch_sub(frames, Ordering::Relaxed);
}

/// Takes one of the frames that the caller has been promised.
pub fn allocate_promised(purpose: FrameUse) -> Result<PhysAddr, OutOfMemory> {
    let pool = pool();
    let frame = pool.take(purpose)?;
    // Afterwards: in between nobody else may take it for a free one.
    withdraw_promise(1);
    count_of(frame).store(1, Ordering::Relaxed);
    Ok(frame)
}
