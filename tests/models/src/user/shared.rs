//! Memory that processes share: what is copied, too, is seen by loom, eight bytes at a time.

use crate::atomic::{AtomicU8, AtomicU32, AtomicU64, Ordering};
use crate::book;
use alloc::vec::Vec;

/// As the runtime's.
///
/// # Safety
/// - It consists of atomics only, and zeroes are a valid value.
pub unsafe trait Shared {}

// SAFETY: every value is valid.
unsafe impl Shared for AtomicU8 {}
// SAFETY: every value is valid.
unsafe impl Shared for AtomicU32 {}
// SAFETY: every value is valid.
unsafe impl Shared for AtomicU64 {}

/// Some of it.
#[derive(Clone, Copy, Debug)]
pub struct SharedMemory<'a>(&'a [AtomicU64]);

const WORD: usize = size_of::<u64>();

impl<'a> SharedMemory<'a> {
    /// The memory of a list of words.
    pub const fn of_words(words: &'a [AtomicU64]) -> Self {
        Self(words)
    }

    /// Its length in bytes.
    pub const fn len(&self) -> usize {
        size_of_val(self.0)
    }

    /// Whether it has no bytes.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The object at an offset, if it fits.
    pub fn object<T: Shared>(&self, offset: usize) -> Option<&'a T> {
        self.objects(offset, 1)?.first()
    }

    /// The objects from an offset, if they fit.
    pub fn objects<T: Shared>(&self, offset: usize, count: usize) -> Option<&'a [T]> {
        let end = offset.checked_add(size_of::<T>().checked_mul(count)?)?;
        let start = self.0.as_ptr().wrapping_byte_add(offset).cast::<T>();
        if end > self.len() || !start.is_aligned() {
            return None;
        }
        // SAFETY: range and alignment were looked at, and the words are zeroes, as nobody writes to them.
        Some(unsafe { core::slice::from_raw_parts(start, count) })
    }

    /// The word at an offset.
    pub fn as_atomic_u32(&self, offset: usize) -> Option<&'a AtomicU32> {
        self.object(offset)
    }

    fn words(&self, offset: usize, bytes: usize) -> Option<&'a [AtomicU64]> {
        assert!(offset.is_multiple_of(WORD), "models copy from where a word begins");
        self.objects(offset, bytes.div_ceil(WORD))
    }

    /// Copies bytes out.
    pub fn read(&self, offset: usize, bytes: &mut [u8]) -> Option<()> {
        let words = self.words(offset, bytes.len())?;
        for (to, from) in bytes.chunks_mut(WORD).zip(words) {
            let cell = book::bytes_at(from.as_ptr().addr());
            // SAFETY: loom checks it.
            let word = cell.with(|word| unsafe { *word }).to_le_bytes();
            to.copy_from_slice(&word[..to.len()]);
        }
        Some(())
    }

    /// Copies bytes out to the end of a list.
    pub fn append_to(&self, list: &mut Vec<u8>, offset: usize, length: usize) -> Option<()> {
        let start = list.len();
        list.resize(start + length, 0);
        self.read(offset, &mut list[start..])
    }

    /// Copies bytes in.
    pub fn write(&self, offset: usize, bytes: &[u8]) -> Option<()> {
        for (from, to) in bytes.chunks(WORD).zip(self.words(offset, bytes.len())?) {
            let mut word = [0; WORD];
            word[..from.len()].copy_from_slice(from);
            let cell = book::bytes_at(to.as_ptr().addr());
            // SAFETY: loom checks it.
            cell.with_mut(|to| unsafe { *to = u64::from_le_bytes(word) });
        }
        Some(())
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
