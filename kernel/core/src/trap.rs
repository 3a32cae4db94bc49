//! Traps: why the processor came from a program into the kernel, and what is done about it.

use crate::board::{Interrupt, board};
use crate::mm::{Access, AddressSpace, Backing, FaultError, View};
use crate::process::{self, signal};
use crate::{fs, sched, syscall};
use abi::memory::Protection;
use abi::process::ExitStatus;
use abi::signal::Signal;
use arch::addr::{PageRange, USER_END, VirtAddr};
use arch::trap::{self, Fault, FaultKind, Trap, TrapFrame};
use arch::user_memory;
use core::sync::atomic::{AtomicU64, Ordering};

/// What a stack pointer is a multiple of wherever it is used (AAPCS64, universal stack constraints).
const STACK_ALIGNMENT: u64 = 16;
const INSTRUCTION_BYTES: u64 = 4;

/// Page faults since boot.
pub static FAULTS: AtomicU64 = AtomicU64::new(0);

/// A program was left for the kernel; when this returns it goes on with these registers.
pub fn user_trap(frame: &mut TrapFrame, trap: Trap) {
    match trap {
        Trap::Syscall if is_stack_misaligned(frame) => {
            // The call itself is to blame, not what follows it.
            frame.elr -= INSTRUCTION_BYTES;
            end_misaligned(frame);
        }
        Trap::Syscall => syscall::handle(frame),
        Trap::Fault(_) if is_stack_misaligned(frame) && is_access_by_stack(frame) => {
            end_misaligned(frame);
        }
        Trap::Fault(fault) => user_fault(frame, &fault),
        Trap::Interrupt => {
            handle_interrupts();
            sched::arm_timer();
        }
    }
    if sched::slice_is_used() {
        sched::yield_now();
    }
    signal::act();
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
fn end_misaligned(frame: &TrapFrame) {
    let address = VirtAddr::new(frame.elr as usize);
    let kind = FaultKind::StackAlignment;
    user_fault(frame, &Fault { kind, is_permission: false, address, esr: 0 });
}

/// An idle core was interrupted.
pub fn kernel_interrupt() {
    handle_interrupts();
}

/// The kernel touched user memory for a program; `true` if the page is there now.
pub fn kernel_fault(fault: &Fault) -> bool {
    let Some(access) = access_of(fault.kind) else { return false };
    let Some(space) = sched::current().process.as_ref().and_then(|process| process.space()) else {
        return false;
    };
    FAULTS.fetch_add(1, Ordering::Relaxed);
    fault.address.value() < USER_END && space.fault(fault.address, access).is_ok()
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

fn user_fault(frame: &TrapFrame, fault: &Fault) {
    let process = sched::current_process();
    let Some(space) = process.space() else { return };
    let error = match access_of(fault.kind) {
        Some(access) => {
            FAULTS.fetch_add(1, Ordering::Relaxed);
            if fault.address.value() >= USER_END {
                Some(FaultError::Unmapped)
            } else {
                match space.fault(fault.address, access) {
                    Ok(()) => return,
                    Err(error) => Some(error),
                }
            }
        }
        None => None,
    };
    let signal = signal_for(fault.kind, error);
    let command = process.command();
    let command = command.split(|byte| *byte == 0).next().unwrap_or_default();
    let name = core::str::from_utf8(command).unwrap_or("?");
    log::warn!(
        "process {} ({name}) ended: {}: {} (pc {:#x}, sp {:#x})",
        process.pid,
        signal.text(),
        Explanation { fault, error, space: &space },
        frame.elr,
        frame.sp,
    );
    drop(space);
    drop(process);
    process::exit_group(ExitStatus::Signalled(signal as u8));
}

const fn signal_for(kind: FaultKind, error: Option<FaultError>) -> Signal {
    match (kind, error) {
        (_, Some(FaultError::BeyondEnd)) => Signal::BUS,
        (_, Some(FaultError::OutOfMemory)) => Signal::KILL,
        (_, Some(_)) => Signal::SEGV,
        (FaultKind::Alignment | FaultKind::StackAlignment, None) => Signal::BUS,
        (FaultKind::Breakpoint, None) => Signal::TRAP,
        (_, None) => Signal::ILL,
    }
}

/// Where a program went wrong and why, in words.
struct Explanation<'a> {
    fault: &'a Fault,
    error: Option<FaultError>,
    space: &'a AddressSpace,
}

impl core::fmt::Display for Explanation<'_> {
    fn fmt(&self, to: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let address = self.fault.address;
        let (doing, right) = match self.fault.kind {
            FaultKind::Read => ("load from", "read"),
            FaultKind::Write => ("store to", "write"),
            FaultKind::Fetch => ("jump to", "execute"),
            FaultKind::Alignment => return write!(to, "access to {address} is misaligned"),
            FaultKind::StackAlignment => return to.write_str("the stack pointer is misaligned"),
            FaultKind::Undefined => return to.write_str("undefined instruction"),
            FaultKind::Breakpoint => return to.write_str("breakpoint instruction"),
            FaultKind::Other(class) => return write!(to, "exception class {class:#x}"),
        };
        write!(to, "{doing} {address}: ")?;
        match self.error {
            Some(FaultError::Denied) => {
                let view = self.space.view_at(address).map(|(_, view)| view);
                describe_denied(to, view.as_ref(), right)
            }
            Some(FaultError::BeyondEnd) => to.write_str("the region ends before it"),
            Some(FaultError::OutOfMemory) => to.write_str("no memory is left for the page"),
            _ => describe_unmapped(to, address, self.space.view_before(address)),
        }
    }
}

fn describe_denied(
    to: &mut core::fmt::Formatter<'_>,
    view: Option<&View>,
    right: &str,
) -> core::fmt::Result {
    let Some(view) = view else { return write!(to, "no right to {right}") };
    let letter = |bit: Protection, letter: char| {
        if view.protection.contains(bit) { letter } else { '-' }
    };
    write!(
        to,
        "the memory there is {}{}{}, with no right to {right}",
        letter(Protection::READ, 'r'),
        letter(Protection::WRITE, 'w'),
        letter(Protection::EXECUTE, 'x'),
    )
}

fn describe_unmapped(
    to: &mut core::fmt::Formatter<'_>,
    address: VirtAddr,
    before: Option<(PageRange, View)>,
) -> core::fmt::Result {
    if address.value() >= USER_END {
        return to.write_str("that is not a program's address");
    }
    if address.value() < crate::mm::USER_START {
        return to.write_str("a null pointer, perhaps with an offset");
    }
    match before {
        Some((range, View { backing: Backing::Object { attachment, .. }, .. })) => write!(
            to,
            "nothing is mapped there; {attachment:?} ends {} bytes before",
            address.value() - range.end().value(),
        ),
        _ => to.write_str("nothing is mapped there"),
    }
}
