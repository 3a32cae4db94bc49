//! The lower half of the address space of each simulated core.

use super::tlb::Asid;
use crate::addr::PhysAddr;
use std::cell::Cell;

std::thread_local! {
    static ROOT: Cell<Option<PhysAddr>> = const { Cell::new(None) };
}

/// Makes the tables at `root` this core's lower half.
pub fn activate(root: PhysAddr, _asid: Asid) {
    ROOT.set(Some(root));
}

/// Leaves this core without a lower half.
pub fn deactivate() {
    ROOT.set(None);
}

/// The tables of this core's lower half.
pub(super) fn root() -> Option<PhysAddr> {
    ROOT.get()
}
