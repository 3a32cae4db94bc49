//! The way from programs into the kernel and back, and exceptions in the kernel itself.

use super::{cpu, probe, upcall, user_memory};
use crate::layout;
use aarch64_cpu::registers::{ESR_EL1, FAR_EL1, Readable};
use core::arch::global_asm;
use core::mem::offset_of;

pub use crate::fault::{CallStage, Fault, FaultKind, Trap, accesses_by_stack_pointer};
pub use crate::frame::TrapFrame;

const CLASS_SVC: u64 = 0x15;
/// `hlt #0xF000`, a call to a debugger; without one it is an instruction like any undefined one.
const SEMIHOSTING_CALL: u32 = 0xD45E_0000;
const INSTRUCTION_BYTES: u64 = 4;
/// What a stack pointer is a multiple of wherever it is used (AAPCS64, universal stack constraints).
pub const STACK_ALIGNMENT: u64 = 16;

global_asm!(
    include_str!("vectors.S"),
    FRAME_SIZE = const size_of::<TrapFrame>(),
    FRAME_X = const offset_of!(TrapFrame, x),
    FRAME_LR = const offset_of!(TrapFrame, x) + 30 * size_of::<u64>(),
    FRAME_ELR = const offset_of!(TrapFrame, elr),
    STACK_SHIFT = const layout::STACK_SHIFT,
    SLOT_SHIFT = const layout::SLOT_SHIFT,
    SLOT_BYTES = const layout::SLOT_BYTES,
    STACK_AREA = const layout::STACK_AREA,
    EMERGENCY_SLOT = const layout::EMERGENCY_SLOT,
    CLASS_SVC = const CLASS_SVC,
    STACK_ALIGNMENT = const STACK_ALIGNMENT,
    CALL_UNMADE = const CallStage::Unmade as u64,
    CORE_MASK = const cpu::MAX_CORES - 1,
    SYSTEM_CALL = sym system_call,
    FINISH_CALL = sym finish_call,
    USER_FAULT = sym user_fault,
    USER_INTERRUPT = sym user_interrupt,
    KERNEL_SYNCHRONOUS = sym kernel_synchronous,
    KERNEL_INTERRUPT = sym kernel_interrupt,
    FATAL = sym fatal,
);

// SAFETY: `vectors.S` defines it with this signature.
unsafe extern "C" {
    fn enter_user_mode(frame: *const TrapFrame) -> !;
}

/// Leaves for the program with these registers; the kernel stack is empty then.
///
/// # Panics
///
/// If the frame's state is not that of a program.
pub fn enter_user(frame: &TrapFrame) -> ! {
    assert!(frame.is_from_user(), "the frame's state {:#x} is not a program's", frame.spsr);
    // SAFETY: the frame stays readable, since nothing is written before the program runs; what the
    // stack holds is not needed any more.
    unsafe { enter_user_mode(frame) }
}

extern "C" fn system_call(frame: &mut TrapFrame) -> CallStage {
    upcall::commons_system_call(frame)
}

extern "C" fn finish_call(frame: &mut TrapFrame, stage: CallStage) {
    upcall::commons_finish_call(frame, stage);
}

extern "C" fn user_interrupt(frame: &mut TrapFrame) {
    upcall::commons_user_trap(frame, Trap::Interrupt);
}

extern "C" fn user_fault(frame: &mut TrapFrame) {
    let fault = Fault::decode(ESR_EL1.get(), FAR_EL1.get(), frame.elr);
    upcall::commons_user_trap(frame, Trap::Fault(fault));
}

extern "C" fn kernel_interrupt() {
    upcall::commons_kernel_interrupt();
}

/// An instruction of the kernel faulted: three kinds are expected.
extern "C" fn kernel_synchronous(frame: &mut TrapFrame) {
    let (esr, far) = (ESR_EL1.get(), FAR_EL1.get());
    let fault = Fault::decode(esr, far, frame.elr);
    if fault.is_kernel_access()
        && let Some(recovery) = user_memory::recovery(frame.elr)
    {
        let is_mapped = recovery.is_mendable
            && fault.is_translation_matter()
            && upcall::commons_kernel_fault(&fault);
        if !is_mapped {
            frame.elr = recovery.address;
        }
    } else if fault.is_kernel_access()
        && let Some(recovery) = probe::recovery(frame.elr)
    {
        frame.elr = recovery;
    } else if fault.is_unknown_instruction()
        && probe::load_u32(frame.elr as usize) == Some(SEMIHOSTING_CALL)
    {
        frame.elr += INSTRUCTION_BYTES;
    } else {
        upcall::commons_kernel_panic_fault(frame, esr, far);
    }
}

extern "C" fn fatal(frame: &TrapFrame) -> ! {
    upcall::commons_kernel_panic_fault(frame, ESR_EL1.get(), FAR_EL1.get())
}
