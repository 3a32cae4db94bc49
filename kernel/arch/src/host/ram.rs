//! Simulated RAM: 256 MiB from physical address 0 on, which the host's kernel backs when touched.

use crate::addr::{PAGE_SIZE, PhysAddr, TABLE_ENTRIES};
use std::alloc::{GlobalAlloc, Layout, System};
use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// The size of the simulated RAM; its start is aligned to as much.
pub const SIMULATED_BYTES: usize = 256 << 20;

/// From here on, frames are for [`claim`].
const CLAIMED_START: u64 = 192 << 20;

fn base() -> usize {
    static BASE: OnceLock<usize> = OnceLock::new();
    *BASE.get_or_init(|| {
        let layout = Layout::from_size_align(SIMULATED_BYTES, SIMULATED_BYTES)
            .expect("invariant: a power of two is a valid alignment");
        // SAFETY: the layout is not empty.
        let pointer = unsafe { System.alloc(layout) };
        assert!(!pointer.is_null(), "no memory for the simulated RAM");
        pointer.expose_provenance()
    })
}

/// Frames in a row for one test alone; those below 192 MiB are whoever's a test says.
///
/// # Panics
///
/// If the tests of a run have claimed it all.
pub fn claim(frames: usize) -> Range<PhysAddr> {
    static NEXT: AtomicU64 = AtomicU64::new(CLAIMED_START);
    let bytes = (frames * PAGE_SIZE) as u64;
    let start = NEXT.fetch_add(bytes, Ordering::Relaxed);
    assert!(start + bytes <= SIMULATED_BYTES as u64, "all simulated RAM is claimed");
    PhysAddr::new(start)..PhysAddr::new(start + bytes)
}

/// Where the simulated RAM has a physical address.
///
/// # Panics
///
/// If it is outside.
pub fn linear(address: PhysAddr) -> *mut u8 {
    assert!(address.value() <= SIMULATED_BYTES as u64, "{address:?} is no simulated RAM");
    std::ptr::with_exposed_provenance_mut(base() + address.value() as usize)
}

/// Zeroes a frame.
///
/// # Safety
///
/// - `frame` is the start of a frame of RAM, and no references to its contents exist.
pub unsafe fn zero_frame(frame: PhysAddr) {
    note_write(frame);
    // SAFETY: the caller's promise.
    unsafe { linear(frame).write_bytes(0, PAGE_SIZE) };
}

/// Copies a frame.
///
/// # Safety
///
/// - Both are starts of different frames of RAM, and no mutable references to them exist.
pub unsafe fn copy_frame(to: PhysAddr, from: PhysAddr) {
    note_write(to);
    // SAFETY: the caller's promise.
    unsafe { linear(to).copy_from_nonoverlapping(linear(from), PAGE_SIZE) };
}

/// Reads an entry of a translation table.
///
/// # Safety
///
/// - `table` is the start of a frame of RAM that holds a table, and `index` is below 512.
pub unsafe fn read_entry(table: PhysAddr, index: usize) -> u64 {
    // SAFETY: the caller's promise.
    unsafe { entry(table, index) }.load(Ordering::Relaxed)
}

/// Writes an entry of a translation table.
///
/// # Safety
///
/// - `table` is the start of a frame of RAM that holds a table, and `index` is below 512.
pub unsafe fn write_entry(table: PhysAddr, index: usize, value: u64) {
    // SAFETY: the caller's promise.
    unsafe { entry(table, index) }.store(value, Ordering::Release);
}

/// Copies bytes out of RAM.
///
/// # Safety
///
/// - The bytes are RAM, and not part of `to`.
pub unsafe fn read_bytes(from: PhysAddr, to: &mut [u8]) {
    // SAFETY: the caller's promise; `to` is writable for its length.
    unsafe { to.as_mut_ptr().copy_from_nonoverlapping(linear(from), to.len()) };
}

/// Copies bytes into RAM.
///
/// # Safety
///
/// - The bytes are RAM, and no references to them exist.
pub unsafe fn write_bytes(to: PhysAddr, from: &[u8]) {
    note_write(to);
    // SAFETY: the caller's promise; `from` is readable for its length.
    unsafe { linear(to).copy_from_nonoverlapping(from.as_ptr(), from.len()) };
}

/// Reads a word of RAM that programs may use at the same time.
///
/// # Safety
///
/// - `at` is aligned to 4 and is RAM that the kernel has no references to.
pub unsafe fn load_u32(at: PhysAddr) -> u32 {
    // SAFETY: the caller's promise; the word stays mapped, and all accesses to it are atomic.
    let word = unsafe { AtomicU32::from_ptr(linear(at).cast()) };
    word.load(Ordering::Acquire)
}

/// Changes a word of RAM that programs may use at the same time.
///
/// # Safety
///
/// - `at` is aligned to 8 and is RAM in the linear map that the kernel has no references to.
pub unsafe fn store_u64(at: PhysAddr, value: u64) {
    note_write(at);
    // SAFETY: the caller's promise; the word stays mapped, and all accesses to it are atomic.
    let word = unsafe { AtomicU64::from_ptr(linear(at).cast()) };
    word.store(value, Ordering::Release);
}

/// Adds to a word of RAM; returns what it was.
///
/// # Safety
///
/// - `at` is aligned to 4 and is RAM that no references exist to.
pub unsafe fn add_u32(at: PhysAddr, value: u32) -> u32 {
    note_write(at);
    // SAFETY: the caller's promise.
    let word = unsafe { AtomicU32::from_ptr(linear(at).cast()) };
    word.fetch_add(value, Ordering::AcqRel)
}

/// Notes that instruction fetches see what is in the frame, until it is written again.
///
/// # Safety
///
/// - `frame` is the start of a frame of RAM.
pub unsafe fn make_executable(frame: PhysAddr) {
    let (word, bit) = visibility(frame);
    word.fetch_or(bit, Ordering::Relaxed);
}

/// Whether the frame was made executable after the last write to it.
pub fn is_executable(frame: PhysAddr) -> bool {
    let (word, bit) = visibility(frame);
    word.load(Ordering::Relaxed) & bit != 0
}

fn note_write(at: PhysAddr) {
    let (word, bit) = visibility(at);
    word.fetch_and(!bit, Ordering::Relaxed);
}

/// The word and the bit in it that say whether fetches see what is in the frame.
fn visibility(at: PhysAddr) -> (&'static AtomicU64, u64) {
    const FRAMES: usize = SIMULATED_BYTES / PAGE_SIZE;
    static VISIBLE: [AtomicU64; FRAMES / 64] = [const { AtomicU64::new(0) }; FRAMES / 64];
    let frame = at.value() as usize / PAGE_SIZE;
    (&VISIBLE[frame / 64], 1 << (frame % 64))
}

/// # Safety
///
/// - As for [`read_entry`].
unsafe fn entry(table: PhysAddr, index: usize) -> &'static AtomicU64 {
    assert!(index < TABLE_ENTRIES, "a table has no entry {index}");
    // SAFETY: the entry is an aligned word of a frame, and all accesses to tables are atomic.
    unsafe { AtomicU64::from_ptr(linear(table).cast::<u64>().wrapping_add(index)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_keeps_what_was_written_and_a_copy_has_it_too() {
        let frames = claim(2);
        let (first, second) = (frames.start, frames.start.add(PAGE_SIZE as u64));
        // SAFETY: both frames are this test's alone.
        unsafe { zero_frame(first) };
        // SAFETY: as above.
        unsafe { write_bytes(first.add(5), b"hello") };
        // SAFETY: as above.
        unsafe { copy_frame(second, first) };
        let mut bytes = [1; 7];
        // SAFETY: as above.
        unsafe { read_bytes(second.add(4), &mut bytes) };
        assert_eq!(&bytes, b"\0hello\0");
    }

    #[test]
    fn fetches_see_a_frame_from_when_it_is_made_executable_to_the_next_write() {
        let frame = claim(1).start;
        assert!(!is_executable(frame));
        // SAFETY: the frame is this test's alone.
        unsafe { make_executable(frame) };
        assert!(is_executable(frame));
        // SAFETY: as above.
        unsafe { write_bytes(frame.add(8), b"x") };
        assert!(!is_executable(frame));
    }

    #[test]
    fn claims_do_not_overlap() {
        assert!(claim(3).end <= claim(1).start);
    }
}
