//! The lower half of the address space of each simulated core.

use super::tlb::Asid;
use crate::addr::PhysAddr;
use std::cell::Cell;

std::thread_local! {
    static ROOT: Cell<Option<PhysAddr>> = const { Cell::new(None) };
}

/// A lower half.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct LowerHalf(u64);

impl LowerHalf {
    /// The tables at `root`.
    pub const fn new(root: PhysAddr, _asid: Asid) -> Self {
        Self(root.value())
    }

    /// Nothing.
    pub const fn empty() -> Self {
        Self(0)
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
pub fn activate(half: LowerHalf) {
    ROOT.set((half != LowerHalf::empty()).then(|| PhysAddr::new(half.0)));
}

/// Leaves this core without a lower half.
pub fn deactivate() {
    ROOT.set(None);
}

/// The tables of this core's lower half.
pub(super) fn root() -> Option<PhysAddr> {
    ROOT.get()
}
