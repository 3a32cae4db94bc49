//! An allocator that refuses the n-th of the allocations that may fail, which are those that
//! somebody tries to reserve. The others are what the kernel keeps a reserve for.

use kcore::mm::refusals::Asked;
use std::alloc::{GlobalAlloc, Layout, System};
use std::backtrace::Backtrace;
use std::cell::Cell;

std::thread_local! {
    /// How many more allocations there are up to the refusal; 0 while none is wanted.
    static LEFT: Cell<usize> = const { Cell::new(0) };
}

struct Refusing;

#[global_allocator]
static ALLOCATOR: Refusing = Refusing;

/// Whether this allocation is the one that is refused.
///
/// Only its turn is looked at closely: if it can't fail, the turn passes to the next one.
fn is_refused() -> bool {
    match LEFT.get() {
        0 => false,
        1 => {
            // What follows allocates, too.
            LEFT.set(0);
            let may_fail = Backtrace::force_capture().to_string().contains("try_reserve");
            LEFT.set(usize::from(!may_fail));
            may_fail
        }
        left => {
            LEFT.set(left - 1);
            false
        }
    }
}

// SAFETY: what is not refused is the system allocator's.
unsafe impl GlobalAlloc for Refusing {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if is_refused() {
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

/// Does something on this thread while an allocation is refused: the first that may fail, from the
/// `number`-th on.
pub fn with_refusal<T>(number: usize, work: impl FnOnce() -> T) -> (T, Asked) {
    LEFT.set(number);
    let outcome = work();
    let is_left = LEFT.take() > 0;
    (outcome, if is_left { Asked::TooSeldom } else { Asked::Refused })
}
