//! The kernel's map: what of the physical memory is where, with which rights, and the change to it.
//!
//! Core 0 builds it on the boot map from what is known without asking anybody: the image, and the
//! board's device windows. Once a driver has asked the firmware how much RAM there is,
//! [`add_ram`] maps the rest. Tables lie behind the payload.

use super::{cache, sections, space};
use crate::addr::{PAGE_SIZE, PhysAddr, UNIT_SIZE, VirtAddr};
use crate::kernel_map::{KernelMap, MapError, MemoryKind, TablePool};
use crate::layout::{
    FIRMWARE_BYTES, IMAGE_SLOTS, LOAD_ADDRESS, SLOT_BYTES, STACK_AREA, STACK_BYTES, STACK_FRAMES,
    STACK_SLOTS, linear_address, stack_bottom,
};
use crate::upcall::DeviceWindows;
use aarch64_cpu::asm::barrier;
use core::ops::Range;
use core::sync::atomic::{AtomicU64, Ordering};
use spin::mutex::SpinMutex;

/// The root of the kernel's map, for cores that start: they read it with their caches off.
pub(super) static KERNEL_ROOT: AlignedRoot = AlignedRoot(AtomicU64::new(0));

/// A word in a cache line of its own.
#[repr(C, align(64))]
pub(super) struct AlignedRoot(AtomicU64);

struct State {
    map: KernelMap,
    /// Where what is mapped page by page ends, and [`add_ram`] begins.
    low_end: PhysAddr,
    tables_end: PhysAddr,
}

static STATE: SpinMutex<Option<State>> = SpinMutex::new(None);

/// Tables for all that is not counted below: levels 1 and 2, devices, ragged ends of RAM.
const OTHER_TABLES: usize = 32;
const STACK_TABLES: usize = STACK_SLOTS * SLOT_BYTES / UNIT_SIZE;

// SAFETY: `boot.S` defines it with this signature.
unsafe extern "C" {
    fn switch_kernel_map(
        root: PhysAddr,
        stack: VirtAddr,
        empty: PhysAddr,
        entry: extern "C" fn() -> !,
    ) -> !;
}

/// Builds the kernel's map, changes to it, and goes on at `entry` on core 0's guarded stack.
///
/// # Panics
///
/// If the device windows are not disjoint pages outside of the image.
pub(super) fn establish(
    payload_bytes: u64,
    windows: &DeviceWindows,
    entry: extern "C" fn() -> !,
) -> ! {
    let state = build(payload_bytes, windows)
        .unwrap_or_else(|error| panic!("cannot make the kernel's map: {error:?}"));
    let root = state.map.root();
    *STATE.lock() = Some(state);
    KERNEL_ROOT.0.store(root.value(), Ordering::Relaxed);
    cache::clean_and_invalidate(core::ptr::from_ref(&KERNEL_ROOT).addr(), size_of::<AlignedRoot>());
    let stack = crate::layout::stack_top(crate::layout::BOOT_SLOT);
    // SAFETY: `root` maps the code, the stack and all data at the addresses they have; the boot
    // map is in the lower half; nothing of the stack in use is needed any more.
    unsafe { switch_kernel_map(root, stack, space::empty_table(), entry) }
}

fn build(payload_bytes: u64, windows: &DeviceWindows) -> Result<State, MapError> {
    let payload = sections::payload()..page_up(sections::payload().add(payload_bytes));
    let (tables, low_end) = table_frames(payload.end);
    // SAFETY: this is RAM behind the image, in the boot map, that nobody was told of yet; it is
    // reported as reserved for ever.
    let pool = unsafe { TablePool::new(tables.clone()) };
    let mut map = KernelMap::new(pool)?;
    let mut linear =
        |range: Range<PhysAddr>, kind| map.map(linear_address(range.start), range, kind);
    linear(PhysAddr::new(0)..PhysAddr::new(LOAD_ADDRESS), MemoryKind::Data)?;
    linear(sections::text(), MemoryKind::Text)?;
    linear(sections::rodata(), MemoryKind::ReadOnly)?;
    linear(sections::data(), MemoryKind::Data)?;
    linear(payload.clone(), MemoryKind::ReadOnly)?;
    linear(payload.end..low_end, MemoryKind::Data)?;
    for window in windows {
        linear(window.clone(), MemoryKind::Device)?;
    }
    map.prepare(VirtAddr::new(STACK_AREA), STACK_SLOTS * SLOT_BYTES)?;
    for slot in 0..IMAGE_SLOTS {
        let start = sections::stacks().add((slot * STACK_BYTES) as u64);
        map.map(stack_bottom(slot), start..start.add(STACK_BYTES as u64), MemoryKind::Data)?;
    }
    Ok(State { map, low_end, tables_end: tables.end })
}

/// The frames for tables, directly behind the payload, and the end of the unit they end in.
///
/// All below that end is mapped page by page, since the image has rights of its own.
fn table_frames(start: PhysAddr) -> (Range<PhysAddr>, PhysAddr) {
    let fixed = ((STACK_TABLES + OTHER_TABLES) * PAGE_SIZE) as u64;
    // One table for each unit up to the end; the tables themselves may add one unit.
    let units = start.add(fixed).value().div_ceil(UNIT_SIZE as u64) + 1;
    let end = start.add(fixed + units * PAGE_SIZE as u64);
    let low_end = PhysAddr::new(end.value().next_multiple_of(UNIT_SIZE as u64));
    (start..end, low_end)
}

/// Maps ranges of RAM. The unused rest of a page at a range's border is left out.
///
/// Called on core 0 before others run, for no range twice.
///
/// # Panics
///
/// If the ranges overlap each other or a device, or are too many pieces.
pub fn add_ram(ranges: &[Range<PhysAddr>]) {
    let mut state = STATE.lock();
    let state = state.as_mut().expect("invariant: the map is made before the kernel runs");
    for range in ranges {
        let start = page_up(range.start).max(state.low_end);
        let end = PhysAddr::new(range.end.value() & !(PAGE_SIZE as u64 - 1));
        if start < end {
            state
                .map
                .map(linear_address(start), start..end, MemoryKind::Data)
                .unwrap_or_else(|error| panic!("cannot map RAM at {range:?}: {error:?}"));
        }
    }
    // Only invalid entries became valid: no TLB can hold anything old.
    barrier::dsb(barrier::ISHST);
    barrier::isb(barrier::SY);
}

/// What of RAM is in use for ever: the firmware's words, and the image with its payload and the kernel's tables.
pub fn reserved() -> [Range<PhysAddr>; 2] {
    let state = STATE.lock();
    let state = state.as_ref().expect("invariant: the map is made before the kernel runs");
    let firmware = PhysAddr::new(0)..PhysAddr::new(FIRMWARE_BYTES);
    [firmware, PhysAddr::new(LOAD_ADDRESS)..state.tables_end]
}

/// The table entries of a stack's pages.
pub(super) fn stack_entries(slot: usize) -> [(PhysAddr, usize); STACK_FRAMES] {
    let state = STATE.lock();
    let map = &state.as_ref().expect("invariant: the map is made before the kernel runs").map;
    core::array::from_fn(|page| {
        map.page_entry(stack_bottom(slot).add(page * PAGE_SIZE))
            .expect("invariant: the stack area's tables are made with the map")
    })
}

fn page_up(address: PhysAddr) -> PhysAddr {
    PhysAddr::new(address.value().next_multiple_of(PAGE_SIZE as u64))
}
