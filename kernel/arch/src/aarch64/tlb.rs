//! Invalidation of translations, on all cores at once (Arm ARM, D8.14: TLB maintenance).
//!
//! The IS forms reach every core without an interrupt. `dsb ishst` before makes the changed tables
//! visible to the walkers; `dsb ish` after waits until no core uses an old translation, so what it
//! led to may be used for something else when these functions return.

use crate::addr::{PAGE_SHIFT, PageRange, VirtAddr};
use aarch64_cpu::asm::barrier;
use core::arch::asm;

pub use crate::kernel_map::NORMAL_MEMORY_INDEX;

/// The tag of an address space's translations.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Asid(u16);

impl Asid {
    /// The tag of that number.
    pub const fn new(number: u16) -> Self {
        Self(number)
    }

    /// Its number.
    pub const fn number(self) -> u16 {
        self.0
    }
}

/// Ranges of more pages are invalidated with their whole address space.
const MAX_SINGLE_PAGES: usize = 32;
/// An operand names a page by the bits of its address from 12 on, up to here.
const PAGE_MASK: u64 = (1 << 44) - 1;

/// Invalid entries became valid: makes them visible to all walkers.
#[inline]
pub fn publish() {
    barrier::dsb(barrier::ISHST);
    barrier::isb(barrier::SY);
}

/// Pages' entries were emptied or allow less.
pub fn flush_pages(asid: Asid, range: PageRange) {
    if range.pages() > MAX_SINGLE_PAGES {
        return flush_asid(asid);
    }
    barrier::dsb(barrier::ISHST);
    for page in range.iter() {
        invalidate_page(asid, page);
    }
    complete();
}

/// Anything in an address space was emptied or allows less.
pub fn flush_asid(asid: Asid) {
    barrier::dsb(barrier::ISHST);
    // SAFETY: invalidation only makes walks happen again.
    unsafe { asm!("tlbi aside1is, {}", in(reg) operand(asid, 0), options(nostack)) };
    complete();
}

/// Something in any address space was emptied or allows less.
pub fn flush_all() {
    barrier::dsb(barrier::ISHST);
    // SAFETY: as in `flush_asid`.
    unsafe { asm!("tlbi vmalle1is", options(nostack)) };
    complete();
}

/// A level-2 entry was changed that has no pages below it that any core may have used.
pub fn flush_walk(asid: Asid, address: VirtAddr) {
    barrier::dsb(barrier::ISHST);
    // This form removes what walks on all levels have left for the address.
    invalidate_page(asid, address);
    complete();
}

/// Pages of the kernel's half were emptied.
pub(super) fn flush_kernel_pages(pages: impl Iterator<Item = VirtAddr>) {
    barrier::dsb(barrier::ISHST);
    for page in pages {
        let operand = operand(Asid(0), page.value());
        // SAFETY: as in `flush_asid`.
        unsafe { asm!("tlbi vaae1is, {}", in(reg) operand, options(nostack)) };
    }
    complete();
}

/// All that this core remembers.
pub(super) fn flush_this_core() {
    // SAFETY: as in `flush_asid`.
    unsafe { asm!("tlbi vmalle1", options(nostack)) };
    barrier::dsb(barrier::NSH);
    barrier::isb(barrier::SY);
}

#[inline]
fn invalidate_page(asid: Asid, page: VirtAddr) {
    let operand = operand(asid, page.value());
    // SAFETY: as in `flush_asid`.
    unsafe { asm!("tlbi vae1is, {}", in(reg) operand, options(nostack)) };
}

#[inline]
const fn operand(asid: Asid, address: usize) -> u64 {
    (asid.0 as u64) << 48 | (address as u64 >> PAGE_SHIFT) & PAGE_MASK
}

fn complete() {
    barrier::dsb(barrier::ISH);
    barrier::isb(barrier::SY);
}
