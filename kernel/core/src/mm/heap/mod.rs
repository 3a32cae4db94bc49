//! The kernel's heap: slabs of equal objects within frames, and rows of frames for what is larger.
//!
//! A frame is taken when no slab of its class has room, and given back with its last object, so
//! the heap holds exactly the frames that have something in them. The kernel's binary makes one
//! [`Heap`] on the frame pool its global allocator.
#![allow(unsafe_code, reason = "the contract of GlobalAlloc is unsafe")]

mod classes;
mod slab;
#[cfg(test)]
mod testing;

use crate::sync::{Lock, Rank};
use arch::addr::PAGE_SIZE;
use classes::{SIZES, class_of};
use core::alloc::{GlobalAlloc, Layout};
use core::ptr::{NonNull, null_mut};
use slab::Slabs;

/// Where a heap gets its frames.
pub trait HeapFrames {
    /// The memory of frames in a row, with any contents, aligned to their number rounded up to a
    /// power of two.
    fn take(&self, pages: usize) -> Option<NonNull<u8>>;

    /// Takes such frames back.
    ///
    /// # Safety
    ///
    /// - They came from [`Self::take`] for the same number, and nothing uses them any more.
    unsafe fn give(&self, start: NonNull<u8>, pages: usize);

    /// Notes that this many bytes more, or fewer, are in use.
    fn note_bytes(&self, bytes: isize);
}

/// A heap on frames.
pub struct Heap<F> {
    frames: F,
    classes: [Lock<Slabs>; SIZES.len()],
}

impl<F> Heap<F> {
    /// An empty heap.
    pub const fn new(frames: F) -> Self {
        let mut classes =
            [const { Lock::new(Rank::Heap, Slabs::new(SIZES[0] as usize)) }; SIZES.len()];
        let mut class = 0;
        while class < SIZES.len() {
            classes[class] = Lock::new(Rank::Heap, Slabs::new(SIZES[class] as usize));
            class += 1;
        }
        Self { frames, classes }
    }
}

impl<F: HeapFrames> Heap<F> {
    /// An object of a class.
    fn take(&self, class: usize) -> *mut u8 {
        let mut slabs = self.classes[class].lock();
        let Some(object) = slabs.allocate_from_first() else {
            drop(slabs);
            return self.take_with_change(class);
        };
        let bytes = slabs.size();
        drop(slabs);
        self.frames.note_bytes(bytes as isize);
        object.as_ptr()
    }

    /// As [`Self::take`], also where that makes a slab, or fills one.
    #[cold]
    #[inline(never)]
    fn take_with_change(&self, class: usize) -> *mut u8 {
        let Some(object) = self.classes[class].lock().allocate(&self.frames) else {
            return null_mut();
        };
        self.frames.note_bytes(SIZES[class] as isize);
        object.as_ptr()
    }

    /// Takes an object of a class back.
    ///
    /// # Safety
    ///
    /// - It came from [`Self::take`] for the same class, and nothing uses it any more.
    unsafe fn give(&self, object: NonNull<u8>, class: usize) {
        let mut slabs = self.classes[class].lock();
        // SAFETY: the caller's promise.
        let is_free = unsafe { slabs.free_in_place(object) };
        let bytes = slabs.size();
        drop(slabs);
        if is_free {
            self.frames.note_bytes(-(bytes as isize));
        } else {
            // SAFETY: the same.
            unsafe { self.give_with_change(object, class) };
        }
    }

    /// As [`Self::give`], also where a slab has room again, or nothing in it any more.
    ///
    /// # Safety
    ///
    /// - As there.
    #[cold]
    #[inline(never)]
    unsafe fn give_with_change(&self, object: NonNull<u8>, class: usize) {
        let mut slabs = self.classes[class].lock();
        // SAFETY: the caller's promise.
        unsafe { slabs.free(object, &self.frames) };
        drop(slabs);
        self.frames.note_bytes(-(SIZES[class] as isize));
    }

    /// Frames in a row for an object that no class has room for.
    #[cold]
    fn take_row(&self, pages: usize) -> *mut u8 {
        let Some(start) = self.frames.take(pages) else { return null_mut() };
        self.frames.note_bytes((pages * PAGE_SIZE) as isize);
        start.as_ptr()
    }

    /// Takes such frames back.
    ///
    /// # Safety
    ///
    /// - They came from [`Self::take_row`] for the same number, and nothing uses them any more.
    #[cold]
    unsafe fn give_row(&self, start: NonNull<u8>, pages: usize) {
        // SAFETY: the caller's promise.
        unsafe { self.frames.give(start, pages) };
        self.frames.note_bytes(-((pages * PAGE_SIZE) as isize));
    }
}

// SAFETY: slabs and frames are memory that nobody else has until it comes back; classes and rows
// of frames are as large and as aligned as the layout says.
unsafe impl<F: HeapFrames> GlobalAlloc for Heap<F> {
    // In line: mostly the layout is known there, and so the class.
    #[inline(always)]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        match class_of(layout) {
            Some(class) => self.take(class),
            None => self.take_row(pages(layout)),
        }
    }

    #[inline(always)]
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        let Some(object) = NonNull::new(pointer) else { return };
        let Some(class) = class_of(layout) else {
            // SAFETY: the caller's promise: `alloc` gave it, for the same layout.
            return unsafe { self.give_row(object, pages(layout)) };
        };
        // SAFETY: as above, and a layout has one class.
        unsafe { self.give(object, class) };
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let Ok(wanted) = Layout::from_size_align(size, layout.align()) else {
            return null_mut();
        };
        if class_of(layout) == class_of(wanted) && taken_bytes(layout) == taken_bytes(wanted) {
            return pointer;
        }
        // SAFETY: the caller's promise: `size` is not 0.
        let new = unsafe { self.alloc(wanted) };
        if !new.is_null() {
            let common = layout.size().min(size);
            // SAFETY: both are at least `common` bytes long, and the new one is nobody else's.
            unsafe { new.copy_from_nonoverlapping(pointer, common) };
            // SAFETY: the caller's promise: `alloc` gave it, for this layout.
            unsafe { self.dealloc(pointer, layout) };
        }
        new
    }
}

/// What an object of a layout takes of the heap.
fn taken_bytes(layout: Layout) -> usize {
    class_of(layout).map_or(pages(layout) * PAGE_SIZE, |class| usize::from(SIZES[class]))
}

/// The frames in a row that are large and aligned enough.
const fn pages(layout: Layout) -> usize {
    let (size, align) = (layout.size().div_ceil(PAGE_SIZE), layout.align() / PAGE_SIZE);
    if size > align { size } else { align }
}

#[cfg(test)]
mod tests {
    use super::testing::HostFrames;
    use super::*;

    fn layout(size: usize, align: usize) -> Layout {
        Layout::from_size_align(size, align).expect("a test's layout")
    }

    fn take(heap: &Heap<HostFrames>, layout: Layout) -> *mut u8 {
        // SAFETY: no test asks for nothing.
        unsafe { heap.alloc(layout) }
    }

    fn give(heap: &Heap<HostFrames>, object: *mut u8, layout: Layout) {
        // SAFETY: the tests give back what they took, with its layout.
        unsafe { heap.dealloc(object, layout) };
    }

    #[test]
    fn bytes_in_use_are_counted_for_objects_and_for_rows_of_frames() {
        let heap = Heap::new(HostFrames::with(8));
        let (small, large) = (layout(90, 8), layout(5000, 8));
        let objects = [take(&heap, small), take(&heap, large)];
        assert_eq!(heap.frames.bytes(), 96 + 2 * 4096);
        give(&heap, objects[1], large);
        assert_eq!(heap.frames.bytes(), 96);
        give(&heap, objects[0], small);
        assert_eq!((heap.frames.bytes(), heap.frames.taken()), (0, 0));
    }

    #[test]
    fn an_allocation_that_fails_counts_no_bytes() {
        let heap = Heap::new(HostFrames::with(0));
        assert!(take(&heap, layout(16, 8)).is_null());
        assert!(take(&heap, layout(5000, 8)).is_null());
        assert_eq!(heap.frames.bytes(), 0);
    }

    #[test]
    fn rows_of_frames_are_aligned_to_what_a_layout_says() {
        let heap = Heap::new(HostFrames::with(64));
        for wanted in [layout(1, 4096), layout(1, 8192), layout(3 * 4096, 16_384)] {
            let object = take(&heap, wanted);
            assert!(!object.is_null() && object.addr().is_multiple_of(wanted.align()));
            give(&heap, object, wanted);
        }
        assert_eq!(heap.frames.taken(), 0);
    }

    #[test]
    fn an_object_that_outgrows_its_class_moves_with_its_contents() {
        let heap = Heap::new(HostFrames::with(8));
        let (small, same, large) = (layout(40, 8), layout(48, 8), layout(9000, 8));
        let object = take(&heap, small);
        // SAFETY: the object has 40 bytes.
        unsafe { object.write_bytes(7, 40) };
        // SAFETY: the object was taken with that layout.
        let stays = unsafe { heap.realloc(object, small, same.size()) };
        assert_eq!(stays, object);
        // SAFETY: as above.
        let moved = unsafe { heap.realloc(stays, same, large.size()) };
        // SAFETY: the first 40 bytes are those that were written.
        let bytes = unsafe { core::slice::from_raw_parts(moved, 40) };
        assert_eq!(bytes, [7; 40]);
        assert_eq!(heap.frames.bytes(), 3 * 4096);
        give(&heap, moved, large);
        assert_eq!((heap.frames.bytes(), heap.frames.taken()), (0, 0));
    }

    #[test]
    fn a_heap_without_room_to_grow_leaves_the_object_as_it_is() {
        let heap = Heap::new(HostFrames::with(1));
        let small = layout(16, 8);
        let object = take(&heap, small);
        // SAFETY: the object was taken with that layout.
        assert!(unsafe { heap.realloc(object, small, 9000) }.is_null());
        assert_eq!(heap.frames.bytes(), 16);
        give(&heap, object, small);
        assert_eq!(heap.frames.taken(), 0);
    }
}
