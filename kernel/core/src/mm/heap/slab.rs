//! The slabs of one class: which have room, and which of their objects are free.
//!
//! A slab's header is at the start of its frame: its neighbours in the list of slabs with room, and
//! a bit for each free object. Full slabs are in no list: an object leads to its slab by its
//! address.
//!
//! The list is in the order of age, and objects come from the oldest slab. What stays after a storm
//! gathers in the slabs that were there before it, and those that the storm needed become empty.
#![allow(unsafe_code, reason = "objects are carved out of raw frames here")]

use super::HeapFrames;
use super::classes::{HEADER_BYTES, SLAB_BYTES, capacity, first_offset};
use core::num::NonZero;
use core::ptr::NonNull;

const WORD_BITS: usize = u64::BITS as usize;
/// Enough for the smallest objects.
const WORDS: usize = 4;

#[repr(C)]
struct Header {
    next: Option<NonNull<Header>>,
    previous: Option<NonNull<Header>>,
    used: usize,
    /// How many slabs of the class were made before it.
    age: u64,
    free: [u64; WORDS],
}

const _: () = assert!(size_of::<Header>() <= HEADER_BYTES);

/// All slabs of one object size.
pub struct Slabs {
    size: NonZero<usize>,
    capacity: usize,
    first_offset: usize,
    /// The list of slabs that have room, the oldest first.
    with_room: Option<NonNull<Header>>,
    /// How many slabs were made.
    made: u64,
}

// SAFETY: the pointers lead to frames that only this value uses, whichever core holds it.
unsafe impl Send for Slabs {}

impl Slabs {
    /// No slabs yet, for objects of `size` bytes.
    pub const fn new(size: usize) -> Self {
        let (capacity, first_offset) = (capacity(size), first_offset(size));
        assert!(capacity <= WORDS * WORD_BITS);
        let size = NonZero::new(size).expect("invariant: objects have bytes");
        Self { size, capacity, first_offset, with_room: None, made: 0 }
    }

    /// Bytes that an object takes.
    pub const fn size(&self) -> usize {
        self.size.get()
    }

    /// Takes a free object of the first slab that has room, unless that has room for no other.
    #[inline]
    pub fn allocate_from_first(&mut self) -> Option<NonNull<u8>> {
        let mut slab = self.with_room?;
        // SAFETY: slabs in the list are live frames with a header, and `self` is borrowed mutably.
        let header = unsafe { slab.as_mut() };
        if header.used + 1 >= self.capacity {
            return None;
        }
        let word = header.free.iter().position(|bits| *bits != 0)?;
        header.used += 1;
        Some(self.take_from(slab, word))
    }

    /// Takes a free object.
    #[inline]
    pub fn allocate(&mut self, frames: &impl HeapFrames) -> Option<NonNull<u8>> {
        let mut slab = match self.with_room {
            Some(slab) => slab,
            None => self.add_slab(frames)?,
        };
        // SAFETY: slabs in the list are live frames with a header, and `self` is borrowed mutably.
        let header = unsafe { slab.as_mut() };
        let word = header.free.iter().position(|bits| *bits != 0)?;
        header.used += 1;
        if header.used == self.capacity {
            self.unlink(slab);
        }
        Some(self.take_from(slab, word))
    }

    /// Takes the first free object of those that a word of the slab's bits tells of.
    fn take_from(&mut self, mut slab: NonNull<Header>, word: usize) -> NonNull<u8> {
        // SAFETY: as in `allocate`, which knows that the slab has room there.
        let bits = unsafe { &mut slab.as_mut().free[word] };
        let bit = bits.trailing_zeros() as usize;
        *bits &= *bits - 1;
        let offset = self.first_offset + (word * WORD_BITS + bit) * self.size();
        // SAFETY: the object lies within the slab's frame.
        unsafe { slab.cast::<u8>().byte_add(offset) }
    }

    /// The slab of an object, with which word of its bits and which bit there are the object's.
    ///
    /// # Panics
    ///
    /// If no such object was taken: memory is damaged.
    ///
    /// # Safety
    ///
    /// - `object` lies in a slab of this value.
    unsafe fn place_of(&self, object: NonNull<u8>) -> (NonNull<Header>, usize, u64) {
        let offset = object.addr().get() % SLAB_BYTES;
        // SAFETY: the object lies in a live slab, whose frame is aligned to its size.
        let slab = unsafe { object.byte_sub(offset) }.cast::<Header>();
        let index = offset.wrapping_sub(self.first_offset) / self.size;
        let (word, bit) = (index / WORD_BITS, 1 << (index % WORD_BITS));
        // SAFETY: as in `allocate`.
        let header = unsafe { slab.as_ref() };
        assert!(index < self.capacity && header.free[word] & bit == 0, "{object:?} is freed twice");
        (slab, word, bit)
    }

    /// As [`Self::free`], unless that changes which slabs there are, or which have room: then it does
    /// nothing and tells so.
    ///
    /// # Panics
    ///
    /// As [`Self::free`].
    ///
    /// # Safety
    ///
    /// - As of [`Self::free`].
    #[inline]
    pub unsafe fn free_in_place(&mut self, object: NonNull<u8>) -> bool {
        // SAFETY: the caller's promise.
        let (mut slab, word, bit) = unsafe { self.place_of(object) };
        // SAFETY: as in `allocate`.
        let header = unsafe { slab.as_mut() };
        let changes = header.used == self.capacity || header.used == 1;
        if !changes {
            header.free[word] |= bit;
            header.used -= 1;
        }
        !changes
    }

    /// Takes an object back, and gives its slab's frame back if it was the last one there.
    ///
    /// # Panics
    ///
    /// If no such object was taken: memory is damaged.
    ///
    /// # Safety
    ///
    /// - `object` came from [`Self::allocate`] of this value, with the same frames, and nothing
    ///   uses it any more.
    #[inline]
    pub unsafe fn free(&mut self, object: NonNull<u8>, frames: &impl HeapFrames) {
        // SAFETY: the caller's promise.
        let (mut slab, word, bit) = unsafe { self.place_of(object) };
        // SAFETY: as in `allocate`.
        let header = unsafe { slab.as_mut() };
        header.free[word] |= bit;
        header.used -= 1;
        let used = header.used;
        if used == self.capacity - 1 {
            self.link(slab);
        }
        if used == 0 {
            self.unlink(slab);
            // SAFETY: the slab has no objects and is in no list any more.
            unsafe { frames.give(slab.cast(), 1) };
        }
    }

    #[cold]
    fn add_slab(&mut self, frames: &impl HeapFrames) -> Option<NonNull<Header>> {
        let slab = frames.take(1)?.cast::<Header>();
        let free =
            core::array::from_fn(|word| ones(self.capacity.saturating_sub(word * WORD_BITS)));
        let header = Header { next: None, previous: None, used: 0, age: self.made, free };
        self.made += 1;
        // SAFETY: the frame was just taken, and is large and aligned enough for a header.
        unsafe { slab.write(header) };
        self.link(slab);
        Some(slab)
    }

    /// Puts a slab that is in no list to its place in the list.
    fn link(&mut self, mut slab: NonNull<Header>) {
        // SAFETY: the slab is a live frame with a header, and `self` is borrowed mutably.
        let header = unsafe { slab.as_mut() };
        let (mut previous, mut next) = (None, self.with_room);
        while let Some(mut other) = next {
            // SAFETY: as above; slabs in the list are live, and this one is in no list.
            let other_header = unsafe { other.as_mut() };
            if other_header.age > header.age {
                other_header.previous = Some(slab);
                break;
            }
            (previous, next) = (next, other_header.next);
        }
        (header.previous, header.next) = (previous, next);
        match previous {
            // SAFETY: as above.
            Some(mut previous) => unsafe { previous.as_mut() }.next = Some(slab),
            None => self.with_room = Some(slab),
        }
    }

    /// Takes a slab out of the list.
    fn unlink(&mut self, slab: NonNull<Header>) {
        // SAFETY: the slab is a live frame with a header, and `self` is borrowed mutably.
        let Header { next, previous, .. } = *unsafe { slab.as_ref() };
        match previous {
            // SAFETY: as above; neighbours in the list are live slabs.
            Some(mut previous) => unsafe { previous.as_mut() }.next = next,
            None => self.with_room = next,
        }
        if let Some(mut next) = next {
            // SAFETY: as above.
            unsafe { next.as_mut() }.previous = previous;
        }
    }
}

/// A word with its lowest `count` bits set.
const fn ones(count: usize) -> u64 {
    if count >= WORD_BITS { u64::MAX } else { (1 << count) - 1 }
}

#[cfg(test)]
mod tests {
    use super::super::classes::SIZES;
    use super::super::testing::HostFrames;
    use super::*;
    use proptest::prelude::*;

    fn fill(object: NonNull<u8>, size: usize, byte: u8) {
        // SAFETY: the object has `size` bytes and is this test's.
        unsafe { object.write_bytes(byte, size) };
    }

    fn is_filled(object: NonNull<u8>, size: usize, byte: u8) -> bool {
        // SAFETY: the object has `size` bytes, all written by `fill`.
        let bytes = unsafe { std::slice::from_raw_parts(object.as_ptr(), size) };
        bytes.iter().all(|found| *found == byte)
    }

    #[test]
    fn a_full_slab_makes_room_in_another_and_empty_ones_go_back() {
        let (mut slabs, frames) = (Slabs::new(2016), HostFrames::with(8));
        let objects: Vec<_> = (0..5).map(|_| slabs.allocate(&frames).unwrap()).collect();
        assert_eq!(frames.taken(), 3);
        for object in objects {
            // SAFETY: it came from these slabs.
            unsafe { slabs.free(object, &frames) };
        }
        assert_eq!(frames.taken(), 0);
    }

    #[test]
    fn objects_come_from_the_oldest_slab_with_room() {
        let (mut slabs, frames) = (Slabs::new(2016), HostFrames::with(8));
        let mut take = || slabs.allocate(&frames).unwrap();
        let objects = [take(), take(), take(), take(), take(), take()];
        for index in [4, 0, 2] {
            // SAFETY: it came from these slabs.
            unsafe { slabs.free(objects[index], &frames) };
        }
        for index in [0, 2, 4] {
            assert_eq!(slabs.allocate(&frames), Some(objects[index]));
        }
        for object in objects {
            // SAFETY: it came from these slabs.
            unsafe { slabs.free(object, &frames) };
        }
        assert_eq!(frames.taken(), 0);
    }

    #[test]
    fn without_frames_there_are_no_objects() {
        let (mut slabs, frames) = (Slabs::new(2048), HostFrames::with(1));
        let object = slabs.allocate(&frames).unwrap();
        assert_eq!(slabs.allocate(&frames), None);
        // SAFETY: it came from these slabs.
        unsafe { slabs.free(object, &frames) };
        assert_eq!(frames.taken(), 0);
    }

    #[test]
    #[should_panic(expected = "freed twice")]
    fn an_object_that_is_freed_twice_is_noticed() {
        let (mut slabs, frames) = (Slabs::new(64), HostFrames::with(1));
        let object = slabs.allocate(&frames).unwrap();
        let _keeps_the_slab = slabs.allocate(&frames).unwrap();
        // SAFETY: it came from these slabs.
        unsafe { slabs.free(object, &frames) };
        // SAFETY: not safe, which is what the test is about; the slab is still there.
        unsafe { slabs.free(object, &frames) };
    }

    proptest! {
        #[test]
        fn objects_never_overlap_and_nothing_is_kept(
            class in 0..SIZES.len(), steps in prop::collection::vec(any::<(bool, u8)>(), 0..600),
        ) {
            let size = usize::from(SIZES[class]);
            let (mut slabs, frames) = (Slabs::new(size), HostFrames::with(usize::MAX));
            let mut live = Vec::new();
            for (is_allocation, byte) in steps {
                if is_allocation || live.is_empty() {
                    let object = slabs.allocate(&frames).unwrap();
                    fill(object, size, byte);
                    live.push((object, byte));
                } else {
                    let (object, byte) = live.swap_remove(usize::from(byte) % live.len());
                    prop_assert!(is_filled(object, size, byte));
                    // SAFETY: it came from these slabs.
                    unsafe { slabs.free(object, &frames) };
                }
            }
            prop_assert!(frames.taken() <= live.len());
            for (object, byte) in live {
                prop_assert!(is_filled(object, size, byte));
                // SAFETY: it came from these slabs.
                unsafe { slabs.free(object, &frames) };
            }
            prop_assert_eq!(frames.taken(), 0);
        }
    }
}
