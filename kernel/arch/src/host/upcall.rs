//! The one upcall that a simulated core makes, as a hook that a test sets.

use crate::fault::Fault;
use std::cell::Cell;

/// Whether a translation for the fault's address has been made.
pub type FaultHandler = fn(&Fault) -> bool;

std::thread_local! {
    static HANDLER: Cell<FaultHandler> = const { Cell::new(|_| false) };
}

/// Offers faults in this core's copies from and to programs to `handler`, as the kernel's binary
/// does on a board. Without one, they fail.
pub fn set_kernel_fault(handler: FaultHandler) {
    HANDLER.set(handler);
}

pub(super) fn commons_kernel_fault(fault: &Fault) -> bool {
    HANDLER.get()(fault)
}
