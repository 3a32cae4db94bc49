//! The kernel's heap: `kcore`'s, on the frame pool.

use arch::addr::{PhysAddr, VirtAddr};
use arch::{layout, ram};
use core::ptr::NonNull;
use kcore::mm::frames::{self, FrameUse};
use kcore::mm::heap::{Heap, HeapFrames};

#[global_allocator]
static HEAP: Heap<Pool> = Heap::new(Pool);

/// The frame pool.
struct Pool;

impl HeapFrames for Pool {
    fn take(&self, pages: usize) -> Option<NonNull<u8>> {
        let start = frames::allocate_run(pages, FrameUse::Heap)?;
        NonNull::new(ram::linear(start))
    }

    unsafe fn give(&self, start: NonNull<u8>, pages: usize) {
        frames::free_run(physical(start), pages, FrameUse::Heap);
    }

    fn note_bytes(&self, bytes: isize) {
        frames::note_heap_bytes(bytes);
    }
}

fn physical(pointer: NonNull<u8>) -> PhysAddr {
    layout::physical_address(VirtAddr::new(pointer.addr().get()))
        .expect("invariant: the heap's memory is in the linear map")
}
