//! What the processor's exceptions and the boot code lead to.

use crate::{board, panic, start};
use arch::boot::BootInfo;
use arch::trap::{Fault, Trap, TrapFrame};
use arch::upcall::DeviceWindows;
use kcore::trap;

#[unsafe(no_mangle)]
fn commons_device_windows() -> DeviceWindows {
    board::windows()
}

#[unsafe(no_mangle)]
fn commons_main(boot: BootInfo) -> ! {
    start::first_core(&boot)
}

#[unsafe(no_mangle)]
fn commons_secondary(core: usize) -> ! {
    start::other_core(core)
}

#[unsafe(no_mangle)]
fn commons_system_call(frame: &mut TrapFrame) {
    trap::user_trap(frame, Trap::Syscall);
}

#[unsafe(no_mangle)]
fn commons_user_trap(frame: &mut TrapFrame, trap: Trap) {
    panic::stop_if_panicked();
    trap::user_trap(frame, trap);
}

#[unsafe(no_mangle)]
fn commons_kernel_interrupt() {
    panic::stop_if_panicked();
    trap::kernel_interrupt();
}

#[unsafe(no_mangle)]
fn commons_kernel_fault(fault: &Fault) -> bool {
    trap::kernel_fault(fault)
}

#[unsafe(no_mangle)]
fn commons_kernel_panic_fault(frame: &TrapFrame, esr: u64, far: u64) -> ! {
    panic::exception(frame, esr, far)
}
