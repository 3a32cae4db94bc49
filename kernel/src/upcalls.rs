//! What the processor's exceptions and the boot code lead to: symbols that `arch` is linked with.

use crate::{board, panic, start};
use arch::boot::BootInfo;
use arch::trap::{CallStage, Fault, Trap, TrapFrame};
use arch::upcall::{self, DeviceWindows};
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
fn commons_secondary(_core: usize) -> ! {
    start::other_core()
}

#[unsafe(no_mangle)]
fn commons_system_call(frame: &mut TrapFrame) -> CallStage {
    trap::system_call(frame)
}

#[unsafe(no_mangle)]
fn commons_finish_call(frame: &mut TrapFrame, stage: CallStage) {
    trap::finish_call(frame, stage);
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

/// Both sides of each symbol have the same type, which no linker checks.
const _: () = {
    let _: [fn() -> DeviceWindows; 2] = [commons_device_windows, upcall::commons_device_windows];
    let _: [fn(BootInfo) -> !; 2] = [commons_main, upcall::commons_main];
    let _: [fn(usize) -> !; 2] = [commons_secondary, upcall::commons_secondary];
    let _: [fn(&mut TrapFrame) -> CallStage; 2] =
        [commons_system_call, upcall::commons_system_call];
    let _: [fn(&mut TrapFrame, CallStage); 2] = [commons_finish_call, upcall::commons_finish_call];
    let _: [fn(&mut TrapFrame, Trap); 2] = [commons_user_trap, upcall::commons_user_trap];
    let _: [fn(); 2] = [commons_kernel_interrupt, upcall::commons_kernel_interrupt];
    let _: [fn(&Fault) -> bool; 2] = [commons_kernel_fault, upcall::commons_kernel_fault];
    let _: [fn(&TrapFrame, u64, u64) -> !; 2] =
        [commons_kernel_panic_fault, upcall::commons_kernel_panic_fault];
};
