//! Frames of the host's memory, for the heap's tests.
#![allow(unsafe_code, reason = "the host's allocator stands for the frame pool")]

use super::HeapFrames;
use arch::addr::PAGE_SIZE;
use core::ptr::NonNull;
use std::alloc::{Layout, alloc, dealloc};
use std::sync::atomic::{AtomicIsize, AtomicUsize, Ordering};

/// Some frames, and what the heap has told.
pub struct HostFrames {
    taken: AtomicUsize,
    limit: usize,
    bytes: AtomicIsize,
}

impl HostFrames {
    /// As many frames as that.
    pub const fn with(limit: usize) -> Self {
        Self { taken: AtomicUsize::new(0), limit, bytes: AtomicIsize::new(0) }
    }

    /// The frames that the heap has.
    pub fn taken(&self) -> usize {
        self.taken.load(Ordering::Relaxed)
    }

    /// The bytes that are in use, as the heap has counted them.
    pub fn bytes(&self) -> isize {
        self.bytes.load(Ordering::Relaxed)
    }

    fn layout(pages: usize) -> Layout {
        let bytes = pages.next_power_of_two() * PAGE_SIZE;
        Layout::from_size_align(pages * PAGE_SIZE, bytes).expect("a test's few pages are a layout")
    }
}

impl HeapFrames for HostFrames {
    fn take(&self, pages: usize) -> Option<NonNull<u8>> {
        if self.taken() + pages > self.limit {
            return None;
        }
        self.taken.fetch_add(pages, Ordering::Relaxed);
        // SAFETY: the layout is not empty.
        NonNull::new(unsafe { alloc(Self::layout(pages)) })
    }

    unsafe fn give(&self, start: NonNull<u8>, pages: usize) {
        self.taken.fetch_sub(pages, Ordering::Relaxed);
        // SAFETY: it came from `take`, for the same number.
        unsafe { dealloc(start.as_ptr(), Self::layout(pages)) };
    }

    fn note_bytes(&self, bytes: isize) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }
}
