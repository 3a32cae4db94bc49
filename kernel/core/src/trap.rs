//! Traps: why the processor came from a program into the kernel, and what is done about it.

mod report;

use crate::board::{Interrupt, board};
use crate::mm::{Access, FaultError};
use crate::process::signal::{self, FaultFacts, Leaving};
use crate::process::{self, Process, trace};
use crate::{fs, kernel_log, sched, syscall};
use abi::process::ExitStatus;
use abi::signal::{
    BUS_ADRALN, BUS_ADRERR, FPE_FLTUNK, ILL_ILLOPC, SEGV_ACCERR, SEGV_MAPERR, Signal, SignalInfo,
    TRAP_BRKPT,
};
use arch::addr::{USER_END, VirtAddr};
use arch::trap::{self, CallStage, Fault, FaultKind, STACK_ALIGNMENT, Trap, TrapFrame};
use arch::user_memory;
use core::sync::atomic::{AtomicU64, Ordering};
use report::Explanation;

const INSTRUCTION_BYTES: u64 = 4;

/// Page faults since boot.
pub static FAULTS: AtomicU64 = AtomicU64::new(0);

/// Makes the system call that a program's registers ask for, of which x19 to x29 are not here.
///
/// A slice that has ended meanwhile is no work: the timer's interrupt is pending then, and is taken
/// as soon as the program goes on.
pub fn system_call(frame: &mut TrapFrame) -> CallStage {
    let thread = sched::current();
    match syscall::make(frame, &thread) {
        CallStage::Done if thread.has_work() => CallStage::Made,
        stage => stage,
    }
}

/// Makes a call that needs all registers, which are here now, or does what has to be done after one.
pub fn finish_call(frame: &mut TrapFrame, stage: CallStage) {
    let leaving = match stage {
        CallStage::Unmade if is_stack_misaligned(frame) => {
            // The call itself is to blame, not what follows it.
            frame.elr -= INSTRUCTION_BYTES;
            fault_misaligned(frame)
        }
        CallStage::Unmade => Leaving::Call(syscall::handle(frame)),
        CallStage::Interrupted => Leaving::Call(syscall::interrupted(frame)),
        CallStage::Made | CallStage::Done => Leaving::Call(None),
    };
    leave(frame, leaving);
}

/// A program was left for the kernel; when this returns it goes on with these registers.
pub fn user_trap(frame: &mut TrapFrame, trap: Trap) {
    let leaving = match trap {
        Trap::Fault(_) if is_stack_misaligned(frame) && is_access_by_stack(frame) => {
            fault_misaligned(frame)
        }
        Trap::Fault(fault) => user_fault(frame, &fault),
        Trap::Interrupt => {
            handle_interrupts();
            sched::arm_timer();
            Leaving::Other
        }
    };
    leave(frame, leaving);
}

/// What is done before a program goes on with these registers.
fn leave(frame: &mut TrapFrame, leaving: Leaving) {
    kernel_log::announce();
    if sched::slice_is_used() {
        sched::yield_now();
    }
    signal::act(frame, leaving);
}

const fn is_stack_misaligned(frame: &TrapFrame) -> bool {
    !frame.sp.is_multiple_of(STACK_ALIGNMENT)
}

/// Whether the instruction that faulted is a load or store by the stack pointer.
fn is_access_by_stack(frame: &TrapFrame) -> bool {
    user_memory::load_u32(VirtAddr::new(frame.elr as usize))
        .is_ok_and(trap::accesses_by_stack_pointer)
}

/// Does what the processor's own check does, which an emulator may lack.
fn fault_misaligned(frame: &TrapFrame) -> Leaving {
    let address = VirtAddr::new(frame.elr as usize);
    let kind = FaultKind::StackAlignment;
    user_fault(frame, &Fault { kind, is_permission: false, address, esr: 0 })
}

/// An idle core was interrupted.
pub fn kernel_interrupt() {
    handle_interrupts();
    kernel_log::announce();
}

/// The kernel touched user memory for a program; `true` if the page is there now.
pub fn kernel_fault(fault: &Fault) -> bool {
    let Some(access) = access_of(fault.kind) else { return false };
    let thread = sched::current();
    let Some(space) = sched::current_space() else { return false };
    count_fault(&thread);
    fault.address.value() < USER_END && space.fault(fault.address, access).is_ok()
}

fn count_fault(thread: &sched::Thread) {
    FAULTS.fetch_add(1, Ordering::Relaxed);
    thread.faults.fetch_add(1, Ordering::Relaxed);
}

fn handle_interrupts() {
    while let Some(interrupt) = board().next_interrupt() {
        match interrupt {
            Interrupt::Timer => sched::handle_timer(),
            Interrupt::Ipi => sched::handle_ipi(),
            Interrupt::Console => fs::tty::interrupt(),
            Interrupt::Other(number) => log::warn!("interrupt {number} belongs to no driver"),
        }
        board().end_of_interrupt(interrupt);
    }
}

const fn access_of(kind: FaultKind) -> Option<Access> {
    match kind {
        FaultKind::Read => Some(Access::Read),
        FaultKind::Write => Some(Access::Write),
        FaultKind::Fetch => Some(Access::Execute),
        _ => None,
    }
}

/// Brings the page in, or sends the signal for what the program may not do.
fn user_fault(frame: &TrapFrame, fault: &Fault) -> Leaving {
    let process = sched::current_process();
    let Some(space) = sched::current_space() else { return Leaving::Other };
    let error = match access_of(fault.kind) {
        Some(access) => {
            count_fault(&sched::current());
            if fault.address.value() >= USER_END {
                Some(FaultError::Unmapped)
            } else if fault.is_permission && access == Access::Write && space.regain(fault.address)
            {
                return Leaving::Other;
            } else {
                match space.fault(fault.address, access) {
                    Ok(()) => return Leaving::Other,
                    Err(error) => Some(error),
                }
            }
        }
        None => None,
    };
    let (signal, code) = signal_for(fault.kind, error);
    let address = match fault.kind {
        FaultKind::StackAlignment => frame.sp,
        _ => fault.address.value() as u64,
    };
    let info = SignalInfo::of_fault(signal, code, address);
    if signal == Signal::KILL || signal::ends_process(signal) {
        report(&process, &Explanation { fault, error, space: &space }, signal, frame);
        kernel_log::announce();
        trace::signal(&sched::current(), &info);
        process::exit_group(ExitStatus::Signalled(signal as u8));
    }
    signal::force(signal, info);
    Leaving::Fault(FaultFacts { address, esr: fault.esr })
}

/// Says why a program ends.
fn report(process: &Process, why: &Explanation<'_>, signal: Signal, frame: &TrapFrame) {
    let command = process.command();
    let command = command.split(|byte| *byte == 0).next().unwrap_or_default();
    let name = core::str::from_utf8(command).unwrap_or("?");
    log::warn!(
        "process {} ({name}) ended: {}: {why} (pc {:#x}, sp {:#x})",
        process.pid,
        signal.text(),
        frame.elr,
        frame.sp,
    );
}

/// The class of a trapped floating-point exception.
const CLASS_FP: u8 = 0x2C;

/// The signal for a fault, and the code that says why.
const fn signal_for(kind: FaultKind, error: Option<FaultError>) -> (Signal, i32) {
    match (kind, error) {
        (_, Some(FaultError::BeyondEnd | FaultError::Unreadable | FaultError::Absent(_))) => {
            (Signal::BUS, BUS_ADRERR)
        }
        (_, Some(FaultError::OutOfMemory)) => (Signal::KILL, 0),
        (_, Some(FaultError::Denied)) => (Signal::SEGV, SEGV_ACCERR),
        (_, Some(_)) => (Signal::SEGV, SEGV_MAPERR),
        (FaultKind::Alignment | FaultKind::StackAlignment, None) => (Signal::BUS, BUS_ADRALN),
        (FaultKind::Breakpoint, None) => (Signal::TRAP, TRAP_BRKPT),
        (FaultKind::Other(CLASS_FP), None) => (Signal::FPE, FPE_FLTUNK),
        (_, None) => (Signal::ILL, ILL_ILLOPC),
    }
}
