//! The bytes of frames, through the linear map.
//!
//! Programs may change frames at any time, so no references are made to their contents: the copies
//! are in assembly, where a race gives odd bytes and nothing worse.

use crate::addr::{PAGE_SIZE, PhysAddr, TABLE_ENTRIES};
use crate::layout::linear_address;
use aarch64_cpu::asm::barrier;
use core::arch::{asm, global_asm};
use core::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// What `dc zva` zeroes on both supported processors.
const ZERO_BYTES: usize = 64;
/// The smallest cache line of any supported core.
const LINE: usize = 64;

global_asm!(
    include_str!("ram.S"),
    PAGE_SIZE = const PAGE_SIZE,
    ZERO_BYTES = const ZERO_BYTES,
);

// SAFETY: `ram.S` defines all of them with these signatures.
unsafe extern "C" {
    fn zero_page(at: *mut u8);
    fn copy_page(to: *mut u8, from: *const u8);
    fn copy_bytes(to: *mut u8, from: *const u8, bytes: usize);
}

/// Where the linear map shows a physical address.
#[inline]
pub fn linear(address: PhysAddr) -> *mut u8 {
    core::ptr::with_exposed_provenance_mut(linear_address(address).value())
}

/// Zeroes a frame.
///
/// # Safety
///
/// - `frame` is the start of a frame of RAM in the linear map.
/// - The kernel has no references to its contents.
#[inline]
pub unsafe fn zero_frame(frame: PhysAddr) {
    // SAFETY: the caller's promise.
    unsafe { zero_page(linear(frame)) };
}

/// Copies a frame.
///
/// # Safety
///
/// - Both are starts of different frames of RAM in the linear map.
/// - The kernel has no references to the contents of `to`, and no mutable ones to `from`'s.
#[inline]
pub unsafe fn copy_frame(to: PhysAddr, from: PhysAddr) {
    // SAFETY: the caller's promise.
    unsafe { copy_page(linear(to), linear(from)) };
}

/// Reads an entry of a translation table.
///
/// # Safety
///
/// - `table` is the start of a frame of RAM in the linear map that holds a table.
/// - `index` is below 512.
#[inline]
pub unsafe fn read_entry(table: PhysAddr, index: usize) -> u64 {
    // SAFETY: the caller's promise.
    unsafe { entry(table, index) }.load(Ordering::Relaxed)
}

/// Writes an entry of a translation table, in one store.
///
/// The table may be linked in address spaces of other cores, whose walkers see the entry at once:
/// what was stored before, above all the zeroes of the page that it leads to, is visible first
/// (Arm ARM B2.3, store-release).
///
/// # Safety
///
/// - `table` is the start of a frame of RAM in the linear map that holds a table.
/// - `index` is below 512.
/// - What the entry lets a core reach may be reached.
#[inline]
pub unsafe fn write_entry(table: PhysAddr, index: usize, value: u64) {
    // SAFETY: the caller's promise.
    unsafe { entry(table, index) }.store(value, Ordering::Release);
}

/// Copies bytes out of RAM.
///
/// # Safety
///
/// - The bytes are RAM in the linear map, and not part of `to`.
#[inline]
pub unsafe fn read_bytes(from: PhysAddr, to: &mut [u8]) {
    // SAFETY: the caller's promise; `to` is writable for its length.
    unsafe { copy_bytes(to.as_mut_ptr(), linear(from), to.len()) };
}

/// Copies bytes into RAM.
///
/// # Safety
///
/// - The bytes are RAM in the linear map, and the kernel has no references to them.
#[inline]
pub unsafe fn write_bytes(to: PhysAddr, from: &[u8]) {
    // SAFETY: the caller's promise; `from` is readable for its length.
    unsafe { copy_bytes(linear(to), from.as_ptr(), from.len()) };
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
    // SAFETY: the caller's promise; the word stays mapped, and all accesses to it are atomic.
    let word = unsafe { AtomicU64::from_ptr(linear(at).cast()) };
    word.store(value, Ordering::Release);
}

/// Adds to a word of RAM that programs may use at the same time; returns what it was.
///
/// # Safety
///
/// - `at` is aligned to 4 and is RAM in the linear map that the kernel has no references to.
#[inline]
pub unsafe fn add_u32(at: PhysAddr, value: u32) -> u32 {
    // SAFETY: the caller's promise; the word stays mapped, and all accesses to it are atomic.
    let word = unsafe { AtomicU32::from_ptr(linear(at).cast()) };
    word.fetch_add(value, Ordering::AcqRel)
}

/// Makes instructions that were written into a frame visible to instruction fetches on all cores.
///
/// Each core sees them after its next return to a program, which synchronises its context.
///
/// # Safety
///
/// - `frame` is the start of a frame of RAM in the linear map.
pub unsafe fn make_executable(frame: PhysAddr) {
    let start = linear(frame).addr();
    for line in (start..start + PAGE_SIZE).step_by(LINE) {
        // `civac` and not `cvau`: on Cortex-A53 an eviction can overtake the latter (855873).
        // SAFETY: writing back changes no contents.
        unsafe { asm!("dc civac, {}", in(reg) line, options(nostack)) };
    }
    barrier::dsb(barrier::ISH);
    // Not by address: Cortex-A53's instruction cache may hold the frame under another one.
    // SAFETY: invalidation only makes fetches go to memory.
    unsafe { asm!("ic ialluis", options(nostack)) };
    barrier::dsb(barrier::ISH);
    barrier::isb(barrier::SY);
}

/// # Safety
///
/// - As for [`read_entry`].
#[inline]
unsafe fn entry(table: PhysAddr, index: usize) -> &'static AtomicU64 {
    debug_assert!(index < TABLE_ENTRIES);
    let pointer = linear(table).cast::<u64>().wrapping_add(index);
    // SAFETY: the entry is an aligned word of a table, which only atomics and table walks access;
    // the linear map keeps it mapped.
    unsafe { AtomicU64::from_ptr(pointer) }
}

/// Checks that `dc zva` zeroes what the code here believes.
///
/// # Panics
///
/// If it does not, or is forbidden.
pub(super) fn check_processor() {
    let zero_size: u64;
    // SAFETY: reading an identification register changes nothing.
    unsafe { asm!("mrs {}, dczid_el0", out(reg) zero_size, options(nomem, nostack)) };
    assert!(
        zero_size == u64::from((ZERO_BYTES / 4).ilog2()),
        "this processor's DC ZVA zeroes other sizes than 64 bytes (DCZID_EL0 {zero_size:#x})"
    );
}
