//! Memory that other processes change at any time.
//!
//! It is never a `&[u8]`: Rust would believe that it stays as it is. It is reached through atomics,
//! and bytes are copied in and out by a loop of the processor's own, of which Rust believes nothing.

mod copy;

use alloc::vec::Vec;
use core::marker::PhantomData;
use core::ptr::NonNull;
use core::sync::atomic::{AtomicU8, AtomicU32, AtomicU64, Ordering};

/// A type that may lie in shared memory.
///
/// # Safety
/// - It consists of atomics only, without pointers, and every bit pattern is a valid value.
pub unsafe trait Shared {}

// SAFETY: every value is valid.
unsafe impl Shared for AtomicU8 {}
// SAFETY: every value is valid.
unsafe impl Shared for AtomicU32 {}
// SAFETY: every value is valid.
unsafe impl Shared for AtomicU64 {}

/// A range of shared memory; a copy refers to the same memory.
#[derive(Clone, Copy, Debug)]
pub struct SharedMemory<'a> {
    base: NonNull<u8>,
    length: usize,
    lifetime: PhantomData<&'a AtomicU8>,
}

// SAFETY: it gives out atomics only.
unsafe impl Send for SharedMemory<'_> {}
// SAFETY: it gives out atomics only.
unsafe impl Sync for SharedMemory<'_> {}

/// Rows in shared memory: where the first one begins, and from one to the next.
#[derive(Clone, Copy, Debug)]
pub struct Rows {
    /// Where the first one begins.
    pub start: usize,
    /// Bytes from one to the next.
    pub pitch: usize,
}

impl Rows {
    /// Bytes from the begin of the first to the end of the last, if there are so many.
    fn length(self, bytes: usize, count: usize) -> Option<usize> {
        match count.checked_sub(1) {
            Some(last) => last.checked_mul(self.pitch)?.checked_add(bytes),
            None => Some(0),
        }
    }
}

impl<'a> SharedMemory<'a> {
    /// The memory from `base`.
    ///
    /// # Safety
    /// - It is mapped for reading and writing during `'a`, and reached as shared memory only.
    pub const unsafe fn new(base: NonNull<u8>, length: usize) -> Self {
        Self { base, length, lifetime: PhantomData }
    }

    /// The memory of a list of words.
    pub fn of_words(words: &'a [AtomicU64]) -> Self {
        Self {
            base: NonNull::from(words).cast(),
            length: size_of_val(words),
            lifetime: PhantomData,
        }
    }

    /// Where it begins.
    pub const fn base(&self) -> NonNull<u8> {
        self.base
    }

    /// Its length in bytes.
    pub const fn len(&self) -> usize {
        self.length
    }

    /// Whether it has no bytes.
    pub const fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// The object at an offset; `None` if it does not fit or is not aligned there.
    pub fn object<T: Shared>(&self, offset: usize) -> Option<&'a T> {
        let pointer = self.at(offset, size_of::<T>())?.cast::<T>();
        if !pointer.is_aligned() {
            return None;
        }
        // SAFETY: `at` checked the range, the alignment is right, and `Shared` allows any contents.
        Some(unsafe { pointer.as_ref() })
    }

    /// The objects from an offset.
    pub fn objects<T: Shared>(&self, offset: usize, count: usize) -> Option<&'a [T]> {
        let pointer = self.at(offset, size_of::<T>().checked_mul(count)?)?.cast::<T>();
        if !pointer.is_aligned() {
            return None;
        }
        // SAFETY: as in `object`.
        Some(unsafe { NonNull::slice_from_raw_parts(pointer, count).as_ref() })
    }

    /// The 32-bit word at an offset.
    pub fn as_atomic_u32(&self, offset: usize) -> Option<&'a AtomicU32> {
        self.object(offset)
    }

    /// The 64-bit word at an offset.
    pub fn as_atomic_u64(&self, offset: usize) -> Option<&'a AtomicU64> {
        self.object(offset)
    }

    /// Copies bytes out, from an offset; `None` if they are not all there.
    pub fn read(&self, offset: usize, bytes: &mut [u8]) -> Option<()> {
        let source = self.at(offset, bytes.len())?;
        // SAFETY: `at` has checked the range.
        unsafe { copy::copy(bytes.as_mut_ptr(), source.as_ptr(), bytes.len()) };
        Some(())
    }

    /// Copies bytes out to the end of a list; `None`, and nothing happens, if they are not all
    /// there.
    pub fn append_to(&self, list: &mut Vec<u8>, offset: usize, length: usize) -> Option<()> {
        let source = self.at(offset, length)?;
        list.reserve(length);
        let end = list.spare_capacity_mut().as_mut_ptr().cast();
        // SAFETY: `at` has checked the range, and the list has room behind its end.
        unsafe { copy::copy(end, source.as_ptr(), length) };
        // SAFETY: so many bytes behind its end have just been written.
        unsafe { list.set_len(list.len() + length) };
        Some(())
    }

    /// Copies bytes in, at an offset; `None` if they do not fit.
    pub fn write(&self, offset: usize, bytes: &[u8]) -> Option<()> {
        let target = self.at(offset, bytes.len())?;
        // SAFETY: `at` has checked the range.
        unsafe { copy::copy(target.as_ptr(), bytes.as_ptr(), bytes.len()) };
        Some(())
    }

    /// Stores a word so many times in each of so many rows; `None`, and nothing happens, if they do not fit.
    pub fn fill(&self, to: Rows, word: u32, (words, count): (usize, usize)) -> Option<()> {
        let target = self.at(to.start, to.length(words.checked_mul(size_of::<u32>())?, count)?)?;
        for row in 0..count {
            let target = target.as_ptr().wrapping_add(row * to.pitch);
            // SAFETY: `at` has checked the range from the first row's begin to the last one's end.
            unsafe { copy::fill(target, word, words) };
        }
        Some(())
    }

    /// Copies bytes from another shared memory to an offset; `None`, and nothing happens, if they are not all there or
    /// do not fit. Both may be changed by others meanwhile, but must not overlap.
    pub fn copy_from(
        &self,
        offset: usize,
        source: &SharedMemory<'_>,
        start: usize,
        length: usize,
    ) -> Option<()> {
        let source = source.at(start, length)?;
        let target = self.at(offset, length)?;
        // SAFETY: `at` has checked both ranges.
        unsafe { copy::copy(target.as_ptr(), source.as_ptr(), length) };
        Some(())
    }

    /// Copies rows of `bytes` from another shared memory, as [`Self::copy_from`] does with one.
    pub fn copy_rows_from(
        &self,
        to: Rows,
        source: &SharedMemory<'_>,
        from: Rows,
        (bytes, count): (usize, usize),
    ) -> Option<()> {
        let target = self.at(to.start, to.length(bytes, count)?)?;
        let source = source.at(from.start, from.length(bytes, count)?)?;
        for row in 0..count {
            let target = target.as_ptr().wrapping_add(row * to.pitch);
            let source = source.as_ptr().wrapping_add(row * from.pitch);
            // SAFETY: `at` has checked both ranges from the first row's begin to the last one's end.
            unsafe { copy::copy(target, source, bytes) };
        }
        Some(())
    }

    fn at(&self, offset: usize, length: usize) -> Option<NonNull<u8>> {
        let end = offset.checked_add(length)?;
        if end > self.length {
            return None;
        }
        // SAFETY: the offset is within the memory.
        Some(unsafe { self.base.add(offset) })
    }
}

/// Copies words out of shared memory.
pub fn load_words(source: &[AtomicU64], target: &mut [u64]) {
    for (word, shared) in target.iter_mut().zip(source) {
        *word = shared.load(Ordering::Relaxed);
    }
}

/// Copies words into shared memory.
pub fn store_words(source: &[u64], target: &[AtomicU64]) {
    for (word, shared) in source.iter().zip(target) {
        shared.store(*word, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_outside_or_across_the_end_is_refused() {
        let words = [const { AtomicU64::new(0) }; 4];
        let memory = SharedMemory::of_words(&words);
        assert!(memory.as_atomic_u32(28).is_some());
        assert!(memory.as_atomic_u32(30).is_none());
        assert!(memory.as_atomic_u32(2).is_none(), "not aligned");
        assert!(memory.as_atomic_u64(32).is_none());
        assert!(memory.as_atomic_u32(usize::MAX - 1).is_none());
        assert!(memory.objects::<AtomicU64>(0, usize::MAX).is_none());
    }

    #[test]
    fn every_length_is_copied_from_every_place_and_not_a_byte_more() {
        for length in 0..200 {
            let start = length % 9;
            let words = [const { AtomicU64::new(0) }; 32];
            let memory = SharedMemory::of_words(&words);
            let bytes: Vec<u8> = (0..length).map(|byte| byte as u8 | 0x80).collect();
            assert_eq!(memory.write(start, &bytes), Some(()));
            let mut all = [1; 256];
            memory.read(0, &mut all).unwrap();
            assert_eq!(&all[start..start + length], &bytes);
            assert!(all[..start].iter().chain(&all[start + length..]).all(|byte| *byte == 0));
            let mut list = std::vec![7];
            assert_eq!(memory.append_to(&mut list, start, length), Some(()));
            assert_eq!((list[0], &list[1..]), (7, bytes.as_slice()));
            assert_eq!(memory.append_to(&mut list, 256, 1), None);
        }
    }

    #[test]
    fn a_fill_stores_each_word_and_nothing_beside_them() {
        let row = |start| Rows { start, pitch: 0 };
        for count in 0..100 {
            let words = [const { AtomicU64::new(0) }; 64];
            let memory = SharedMemory::of_words(&words);
            assert_eq!(memory.fill(row(4), 0x0102_0304, (count, 1)), Some(()));
            let mut all = [1; 512];
            memory.read(0, &mut all).unwrap();
            for (index, word) in all.as_chunks::<4>().0.iter().enumerate() {
                let is_filled = (1..=count).contains(&index);
                assert_eq!(*word, if is_filled { [4, 3, 2, 1] } else { [0; 4] }, "{count} {index}");
            }
            assert_eq!(memory.fill(row(512 - 4 * count), 7, (count + 1, 1)), None);
        }
        let words = [const { AtomicU64::new(0) }; 4];
        let memory = SharedMemory::of_words(&words);
        assert_eq!(memory.fill(row(0), 7, (usize::MAX / 2, 1)), None);
        let rows = Rows { start: 0, pitch: 16 };
        assert_eq!(memory.fill(rows, 7, (1, usize::MAX)), None);
        assert_eq!((memory.fill(rows, 7, (2, 2)), memory.fill(rows, 9, (2, 3))), (Some(()), None));
        let found: Vec<u64> = words.iter().map(|word| word.load(Ordering::Relaxed)).collect();
        assert_eq!(found, [0x7_0000_0007, 0, 0x7_0000_0007, 0]);
    }

    #[test]
    fn bytes_that_were_written_are_read_back() {
        let words = [const { AtomicU64::new(0) }; 4];
        let memory = SharedMemory::of_words(&words);
        assert_eq!(memory.write(3, b"commons"), Some(()));
        let mut bytes = [0; 7];
        assert_eq!(memory.read(3, &mut bytes), Some(()));
        assert_eq!(&bytes, b"commons");
        assert_eq!(memory.write(30, b"abc"), None);
    }
}
