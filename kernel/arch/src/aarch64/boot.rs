//! The boot of each core, from the assembly to the kernel's own `main`.
//!
//! Core 0: `_start` → `enter_first` on the boot map → `go_on_first` on the kernel's map →
//! `commons_main`. Cores 1 to 3: `secondary_entry` → `enter_secondary` → `commons_secondary`.

use super::{clock, cores, memory_map, registers, sections, space, upcall};
use crate::addr::{PhysAddr, UNIT_SIZE, VirtAddr};
use crate::image::PayloadHeader;
use crate::layout;
use aarch64_cpu::registers::{MIDR_EL1, Readable};
use core::arch::global_asm;
use core::ops::Range;
use core::sync::atomic::{AtomicU64, Ordering};

/// RAM that the boot map shows, which must hold the image; every board has more.
pub const BOOT_MAP_BYTES: u64 = 256 << 20;

const TABLE: u64 = 0b11;
/// Normal memory, writable and executable: code, data and tables alike until the kernel's map.
const BLOCK: u64 = 1 << 10 | 3 << 8 | (crate::kernel_map::NORMAL_MEMORY_INDEX as u64) << 2 | 1;

global_asm!(
    include_str!("boot.S"),
    LOAD_ADDRESS = const layout::LOAD_ADDRESS,
    LINEAR_BASE = const layout::LINEAR_BASE,
    STACK_AREA = const layout::STACK_AREA,
    STACK_BYTES = const layout::STACK_BYTES,
    SLOT_SHIFT = const layout::SLOT_SHIFT,
    BOOT_SLOT = const layout::BOOT_SLOT,
    SCTLR_OFF = const registers::SCTLR_OFF,
    SCTLR_BOOT = const registers::SCTLR_BOOT,
    MAIR = const registers::MAIR,
    TCR = const registers::TCR,
    CPACR = const registers::CPACR,
    CNTKCTL = const registers::CNTKCTL,
    CNTHCTL_EL2 = const registers::CNTHCTL_EL2,
    CPTR_EL2 = const registers::CPTR_EL2,
    HCR_EL2 = const registers::HCR_EL2,
    SPSR_TO_EL1 = const registers::SPSR_TO_EL1,
    TABLE = const TABLE,
    BLOCK = const BLOCK,
    BOOT_BLOCKS = const BOOT_MAP_BYTES as usize / UNIT_SIZE,
    UNIT_SIZE = const UNIT_SIZE,
    KERNEL_ROOT = sym memory_map::KERNEL_ROOT,
    FIRST = sym enter_first,
    SECONDARY = sym enter_secondary,
);

/// What the image brought along.
#[derive(Clone, Debug)]
pub struct BootInfo {
    /// The image without its payload.
    pub image: Range<PhysAddr>,
    /// The archive of programs; empty if the image has no payload.
    pub archive: Range<PhysAddr>,
    /// The kernel's symbols, for [`crate::image::Symbols`].
    pub symbols: Range<PhysAddr>,
    /// Where the firmware says that a device tree lies; there may be anything, or no memory.
    pub device_tree: PhysAddr,
}

/// What the firmware left in x0.
static DEVICE_TREE: AtomicU64 = AtomicU64::new(0);

/// The value of MIDR_EL1, which tells the board.
pub fn processor_id() -> u64 {
    MIDR_EL1.get()
}

/// Core 0 on the boot map, on its stack's alias in the linear map.
extern "C" fn enter_first(_core: usize, device_tree: u64) -> ! {
    DEVICE_TREE.store(device_tree, Ordering::Relaxed);
    super::ram::check_processor();
    clock::set_up();
    let payload = payload();
    let payload_bytes = payload.as_ref().map_or(0, |header| header.total as u64);
    let windows = upcall::commons_device_windows();
    if windows.is_empty() {
        // An unknown board: there is no device to report it to.
        super::cpu::park();
    }
    memory_map::establish(payload_bytes, &windows, go_on_first)
}

/// Core 0 on the kernel's map, on its own guarded stack.
extern "C" fn go_on_first() -> ! {
    space::leave_boot_map();
    upcall::commons_main(boot_info())
}

/// Another core on the kernel's map, on its own guarded stack.
extern "C" fn enter_secondary(core: usize) -> ! {
    space::leave_boot_map();
    cores::report_running(core);
    upcall::commons_secondary(core)
}

fn boot_info() -> BootInfo {
    let start = sections::payload();
    let within = |part: Range<usize>| start.add(part.start as u64)..start.add(part.end as u64);
    let header = payload();
    let (archive, symbols) = header.map_or((0..0, 0..0), |found| (found.archive, found.symbols));
    BootInfo {
        image: PhysAddr::new(layout::LOAD_ADDRESS)..start,
        archive: within(archive),
        symbols: within(symbols),
        device_tree: PhysAddr::new(DEVICE_TREE.load(Ordering::Relaxed)),
    }
}

/// The bytes of a range of RAM, for ever.
///
/// # Safety
///
/// - The range is mapped RAM, and nothing writes to it any more.
pub unsafe fn ram_bytes(range: Range<PhysAddr>) -> &'static [u8] {
    let start: VirtAddr = layout::linear_address(range.start);
    let bytes = (range.end.value() - range.start.value()) as usize;
    // SAFETY: the caller's promise.
    unsafe { core::slice::from_raw_parts(core::ptr::with_exposed_provenance(start.value()), bytes) }
}

/// The payload's head, if there is one that lies within the boot map.
fn payload() -> Option<PayloadHeader> {
    let mut bytes = [0; PayloadHeader::BYTES];
    // SAFETY: the page behind the image is RAM in the boot map and in the kernel's map.
    unsafe { super::ram::read_bytes(sections::payload(), &mut bytes) };
    let header = PayloadHeader::parse(&bytes)?;
    let end = sections::payload().value().checked_add(header.total as u64)?;
    (end <= BOOT_MAP_BYTES).then_some(header)
}

/// A slice of bytes of the image, which stays for ever and is never written.
///
/// # Panics
///
/// If the range is not within the payload.
pub fn payload_bytes(range: Range<PhysAddr>) -> &'static [u8] {
    let total = payload().map_or(0, |header| header.total as u64);
    let end = sections::payload().add(total);
    assert!(
        sections::payload() <= range.start && range.start <= range.end && range.end <= end,
        "{range:?} is not in the payload"
    );
    // SAFETY: the payload is mapped read-only for ever, and the range lies within it.
    unsafe { ram_bytes(range) }
}
