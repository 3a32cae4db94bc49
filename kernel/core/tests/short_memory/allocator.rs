//! An allocator that refuses large allocations where a test says so, as the kernel's heap does
//! when no run of frames is left. What must not fail then ends the test program.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

std::thread_local! {
    static LIMIT: Cell<usize> = const { Cell::new(usize::MAX) };
}

struct Limited;

#[global_allocator]
static ALLOCATOR: Limited = Limited;

// SAFETY: what is not refused is the system allocator's.
unsafe impl GlobalAlloc for Limited {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if layout.size() > LIMIT.get() {
            return std::ptr::null_mut();
        }
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

/// Does something on this thread while allocations of more than `limit` bytes are refused.
pub fn with_limit<T>(limit: usize, work: impl FnOnce() -> T) -> T {
    LIMIT.set(limit);
    let outcome = work();
    LIMIT.set(usize::MAX);
    outcome
}
