//! The frames in figures: how many are free, and what the others are used for.

use super::{CoreFrames, FrameUse, HEAP_BYTES, PROMISED, pool};
use crate::mm::{empty_tables, kernel_stack};
use crate::sync::Lock;
use core::sync::atomic::Ordering;

/// The pool in figures; `image` is left at 0.
pub fn statistics() -> abi::memory::MemoryInfo {
    let pool = pool();
    let cached: usize = pool.cores.iter().map(|core| core.lock().free.len()).sum();
    let kept = empty_tables::kept() + kernel_stack::kept_frames();
    let used = |purpose: FrameUse| {
        let of_core = |core: &Lock<CoreFrames>| core.lock().used[purpose as usize];
        pool.cores.iter().map(of_core).sum::<isize>() as u64
    };
    // Its lock stands behind those of the cores: it is free again before they are taken.
    let free = pool.chunks.lock().free_frames() + cached + kept;
    let heap_bytes: isize = HEAP_BYTES.iter().map(|core| core.load(Ordering::Relaxed)).sum();
    abi::memory::MemoryInfo {
        total: pool.total as u64,
        free: free as u64,
        user: used(FrameUse::User),
        tables: used(FrameUse::Table),
        stacks: used(FrameUse::Stack),
        heap: used(FrameUse::Heap),
        heap_bytes: heap_bytes.max(0) as u64,
        image: 0,
        promised: PROMISED.load(Ordering::Relaxed) as u64,
    }
}
