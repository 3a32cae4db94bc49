//! The frames in figures: how many are free, and what the others are used for.

use super::{CoreFrames, FrameUse, HEAP_BYTES, pool, promises};
use crate::mm::{empty_tables, kernel_stack};
use crate::sync::Lock;
use arch::addr::PhysAddr;
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
        promised: promises::outstanding() as u64,
    }
}

/// Whether the frame is one of the pool's: neither the image's nor a device's.
pub fn is_handed_out(frame: PhysAddr) -> bool {
    pool().ranges.iter().any(|range| range.contains(&frame))
}

/// Whether the common pool's books agree with themselves.
pub fn is_pool_consistent() -> bool {
    pool().chunks.lock().is_consistent()
}

/// Calls `visit` with each free frame: those of chunks of the common pool that are free in part, and
/// those that cores keep to themselves.
pub fn visit_free(visit: &mut dyn FnMut(PhysAddr)) {
    let pool = pool();
    pool.chunks.lock().visit_free(visit);
    for core in pool.cores.iter() {
        core.lock().free.iter().copied().for_each(&mut *visit);
    }
}
