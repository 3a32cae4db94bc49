//! The kernel's heap: slabs of equal objects, one frame each, and runs of frames for large ones.
//!
//! An empty slab's frame goes back at once, so what the heap holds is what is in use, to the
//! frame. A slab begins with a head; its free objects are a list through themselves, and objects
//! that were never used lie behind `fresh`.

use arch::addr::{PAGE_SIZE, PhysAddr};
use arch::layout::LINEAR_BASE;
use core::alloc::{GlobalAlloc, Layout};
use core::ptr::null_mut;
use kcore::mm::FrameUse;
use kcore::mm::frames;
use kcore::sync::{Lock, Rank};

/// Sizes of objects; two to 252 of them share a frame with a head.
const SIZES: [usize; 14] = [16, 32, 48, 64, 96, 128, 192, 256, 384, 504, 672, 1008, 1344, 2016];
const HEAD_BYTES: usize = 64;

#[repr(C)]
struct Slab {
    next: *mut Slab,
    previous: *mut Slab,
    free: *mut *mut u8,
    used: usize,
    fresh: usize,
}

/// The slabs of one size that have room.
struct Class(*mut Slab);

// SAFETY: slabs belong to the heap as a whole and are touched under their class's lock only.
unsafe impl Send for Class {}

struct Heap {
    classes: [Lock<Class>; SIZES.len()],
}

#[global_allocator]
static HEAP: Heap =
    Heap { classes: [const { Lock::new(Rank::Heap, Class(null_mut())) }; SIZES.len()] };

fn class_for(layout: Layout) -> Option<usize> {
    if layout.align() > HEAD_BYTES {
        return None;
    }
    SIZES.iter().position(|size| *size >= layout.size() && size.is_multiple_of(layout.align()))
}

const fn capacity(class: usize) -> usize {
    (PAGE_SIZE - HEAD_BYTES) / SIZES[class]
}

fn physical(pointer: *mut u8) -> PhysAddr {
    PhysAddr::new((pointer.addr() - LINEAR_BASE) as u64)
}

impl Class {
    /// Takes an object of a slab with room; null if there is no memory.
    fn take(&mut self, class: usize) -> *mut u8 {
        if self.0.is_null() {
            self.0 = new_slab();
        }
        if self.0.is_null() {
            return null_mut();
        }
        // SAFETY: slabs in the list are frames that hold a head, under this lock.
        let slab = unsafe { &mut *self.0 };
        let object = if slab.free.is_null() {
            let offset = HEAD_BYTES + slab.fresh * SIZES[class];
            slab.fresh += 1;
            self.0.cast::<u8>().wrapping_add(offset)
        } else {
            let object = slab.free;
            // SAFETY: a free object holds the pointer to the next one.
            slab.free = unsafe { object.read() }.cast();
            object.cast()
        };
        slab.used += 1;
        if slab.used == capacity(class) {
            self.unlink(slab);
        }
        object
    }

    /// Gives an object back; returns its slab's frame if nothing else is in it.
    fn give(&mut self, class: usize, object: *mut u8) -> Option<PhysAddr> {
        let head = object.map_addr(|address| address & !(PAGE_SIZE - 1)).cast::<Slab>();
        // SAFETY: objects lie in frames that hold a head, under this lock.
        let slab = unsafe { &mut *head };
        let was_full = slab.used == capacity(class);
        let free: *mut *mut u8 = object.cast();
        // SAFETY: the object is not in use any more, and has room for a pointer.
        unsafe { free.write(slab.free.cast()) };
        slab.free = free;
        slab.used -= 1;
        if slab.used == 0 {
            if !was_full {
                self.unlink(slab);
            }
            return Some(physical(head.cast()));
        }
        if was_full {
            self.link(head);
        }
        None
    }

    fn link(&mut self, head: *mut Slab) {
        // SAFETY: the slab is not in the list, and lives.
        let slab = unsafe { &mut *head };
        slab.next = self.0;
        slab.previous = null_mut();
        if !self.0.is_null() {
            // SAFETY: slabs in the list live.
            let first = unsafe { &mut *self.0 };
            first.previous = head;
        }
        self.0 = head;
    }

    fn unlink(&mut self, slab: &mut Slab) {
        if slab.previous.is_null() {
            self.0 = slab.next;
        } else {
            // SAFETY: slabs in the list live.
            let previous = unsafe { &mut *slab.previous };
            previous.next = slab.next;
        }
        if !slab.next.is_null() {
            // SAFETY: slabs in the list live.
            let next = unsafe { &mut *slab.next };
            next.previous = slab.previous;
        }
        slab.next = null_mut();
        slab.previous = null_mut();
    }
}

fn new_slab() -> *mut Slab {
    let Some(frame) = frames::allocate_run(1, FrameUse::Heap) else { return null_mut() };
    let slab = arch::ram::linear(frame).cast::<Slab>();
    let empty =
        Slab { next: null_mut(), previous: null_mut(), free: null_mut(), used: 0, fresh: 0 };
    // SAFETY: the frame was just allocated, so nobody else refers to it.
    unsafe { slab.write(empty) };
    slab
}

// SAFETY: objects of a class do not overlap and are as large and as aligned as the class says;
// runs of frames are aligned to their size.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let Some(class) = class_for(layout) else {
            let bytes = layout.size().max(layout.align());
            let run = frames::allocate_run(bytes.div_ceil(PAGE_SIZE), FrameUse::Heap);
            return run.map_or(null_mut(), arch::ram::linear);
        };
        frames::note_heap_bytes(SIZES[class] as isize);
        self.classes[class].lock().take(class)
    }

    unsafe fn dealloc(&self, object: *mut u8, layout: Layout) {
        let Some(class) = class_for(layout) else {
            let bytes = layout.size().max(layout.align());
            frames::free_run(physical(object), bytes.div_ceil(PAGE_SIZE), FrameUse::Heap);
            return;
        };
        frames::note_heap_bytes(-(SIZES[class] as isize));
        let empty = self.classes[class].lock().give(class, object);
        if let Some(frame) = empty {
            frames::free_run(frame, 1, FrameUse::Heap);
        }
    }
}
