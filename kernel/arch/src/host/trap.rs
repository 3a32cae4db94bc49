//! The data of traps; simulated cores have no programs to come from.

pub use crate::fault::{CallStage, Fault, FaultKind, Trap, accesses_by_stack_pointer};
pub use crate::frame::TrapFrame;

/// What a stack pointer is a multiple of wherever it is used (AAPCS64, universal stack constraints).
pub const STACK_ALIGNMENT: u64 = 16;

/// Ends the test: there is no program to go to.
///
/// # Panics
///
/// Always.
pub fn enter_user(frame: &TrapFrame) -> ! {
    panic!("a simulated core cannot run a program at {:#x}", frame.elr);
}
