//! Which tables the lower half of the address space has on this core.

use super::registers::SCTLR_FINAL;
use super::sections;
use super::tlb::Asid;
use crate::addr::{PhysAddr, TABLE_ENTRIES};
use aarch64_cpu::asm::barrier;
use aarch64_cpu::registers::{SCTLR_EL1, TTBR0_EL1, Writeable};
use core::sync::atomic::AtomicU64;

/// The bits of an address in a translation table base register, below the ASID.
const ASID_SHIFT: u32 = 48;

/// A table without entries.
#[repr(C, align(4096))]
struct EmptyTable([AtomicU64; TABLE_ENTRIES]);

static EMPTY: EmptyTable = EmptyTable([const { AtomicU64::new(0) }; TABLE_ENTRIES]);

/// The table that maps nothing.
pub(super) fn empty_table() -> PhysAddr {
    sections::physical(&EMPTY.0)
}

/// Makes the tables at `root` this core's lower half; translations tagged `asid` are theirs.
#[inline]
pub fn activate(root: PhysAddr, asid: Asid) {
    TTBR0_EL1.set(root.value() | u64::from(asid.number()) << ASID_SHIFT);
    barrier::isb(barrier::SY);
}

/// Leaves this core without a lower half.
#[inline]
pub fn deactivate() {
    activate(empty_table(), Asid::new(0));
}

/// Leaves the boot map, whose pages are writable and executable, and forbids such pages for good.
pub(super) fn leave_boot_map() {
    deactivate();
    SCTLR_EL1.set(SCTLR_FINAL);
    barrier::isb(barrier::SY);
    // The boot map's entries are global, and the TLB may remember what the new rule forbids.
    super::tlb::flush_this_core();
}
