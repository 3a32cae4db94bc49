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

/// A lower half: the value of a translation table base register.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct LowerHalf(u64);

impl LowerHalf {
    /// The tables at `root`; translations tagged `asid` are theirs.
    pub fn new(root: PhysAddr, asid: Asid) -> Self {
        Self(root.value() | u64::from(asid.number()) << ASID_SHIFT)
    }

    /// Nothing.
    pub fn empty() -> Self {
        Self::new(empty_table(), Asid::new(0))
    }

    /// As a number, to be kept in an atomic.
    pub const fn to_bits(self) -> u64 {
        self.0
    }

    /// From [`Self::to_bits`].
    pub const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }
}

/// Makes it this core's lower half.
#[inline]
pub fn activate(half: LowerHalf) {
    TTBR0_EL1.set(half.0);
    barrier::isb(barrier::SY);
}

/// Leaves this core without a lower half.
#[inline]
pub fn deactivate() {
    activate(LowerHalf::empty());
}

/// Leaves the boot map, whose pages are writable and executable, and forbids such pages for good.
pub(super) fn leave_boot_map() {
    deactivate();
    SCTLR_EL1.set(SCTLR_FINAL);
    barrier::isb(barrier::SY);
    // The boot map's entries are global, and the TLB may remember what the new rule forbids.
    super::tlb::flush_this_core();
}
