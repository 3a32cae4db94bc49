//! What the processor's side calls in the kernel above it: the binary defines these symbols.
//!
//! They are symbols and not registered functions, so that a system call costs no indirection and
//! none of them can be missing when it is needed.

use super::boot::BootInfo;
use crate::addr::PhysAddr;
use crate::fault::{CallStage, Fault, Trap};
use crate::frame::TrapFrame;
use arrayvec::ArrayVec;
use core::ops::Range;

/// Ranges of physical addresses where devices have their registers.
pub type DeviceWindows = ArrayVec<Range<PhysAddr>, 4>;

// SAFETY: the kernel's binary defines each of them with this signature in one file, `upcalls.rs`,
// whose compile-time checks compare the types with these.
unsafe extern "Rust" {
    /// Where this board has its devices; called before anything but code and data is mapped, so
    /// it must not touch a device. An empty answer stops the boot.
    pub safe fn commons_device_windows() -> DeviceWindows;

    /// The kernel, on core 0, with the final map of everything but RAM.
    pub safe fn commons_main(boot: BootInfo) -> !;

    /// The kernel, on another core.
    pub safe fn commons_secondary(core: usize) -> !;

    /// A program made a system call; x19 to x29 of its registers are not in the frame. It goes on
    /// when this returns [`CallStage::Done`].
    pub safe fn commons_system_call(frame: &mut TrapFrame) -> CallStage;

    /// Any other stage was returned, and all registers are in the frame now; when this returns the
    /// program goes on with them.
    pub safe fn commons_finish_call(frame: &mut TrapFrame, stage: CallStage);

    /// A program was left for another reason; when this returns it goes on with these registers.
    pub safe fn commons_user_trap(frame: &mut TrapFrame, trap: Trap);

    /// An interrupt was taken in the kernel, within [`crate::cpu::take_interrupts`].
    pub safe fn commons_kernel_interrupt();

    /// A copy from or to a program touched an address without a fitting translation: `true` if it
    /// has one now, `false` to let the copy fail.
    pub safe fn commons_kernel_fault(fault: &Fault) -> bool;

    /// Any other exception in the kernel; `far` is the fault address register.
    pub safe fn commons_kernel_panic_fault(frame: &TrapFrame, esr: u64, far: u64) -> !;
}
