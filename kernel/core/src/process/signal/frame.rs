//! The frame on a program's stack while a handler runs: written before it, read when it returns.
//!
//! What a program hands back proves nothing. It gets the registers that it asks for, and nothing
//! that it could not have set itself: not another exception level, no masked interrupts.

use super::sets::UNSTOPPABLE;
use super::stack;
use crate::program::vdso;
use crate::sched;
use abi::signal::{
    ActionFlags, AlternateStack, FRAME_BYTES, FpRecord, MachineContext, RECORD_FAULT, RECORD_FP,
    RECORDS_AT, RECORDS_BYTES, SignalAction, SignalFrame, SignalInfo, UserContext,
};
use arch::addr::VirtAddr;
use arch::context::{self, UserState};
use arch::trap::TrapFrame;
use arch::user_memory::{self, BadAddress};
use core::mem::offset_of;
use zerocopy::{FromZeros, IntoBytes};

/// What a stack pointer is a multiple of (AAPCS64).
const ALIGNMENT: u64 = 16;
/// The frame pointer and the link register, as a chain of calls has them on the stack.
const LINK_BYTES: u64 = 16;
const FRAME_POINTER: usize = 29;
const LINK_REGISTER: usize = 30;
/// Of a processor state: the mode, and the masks of exceptions; all 0 in a program.
const PRIVILEGED: u64 = 0x3DF;
/// A record's magic number and its size.
const RECORD_HEAD: usize = 8;

/// What else is told of a fault.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct FaultFacts {
    /// The address that was accessed.
    pub address: u64,
    /// ESR_EL1.
    pub esr: u64,
}

/// What a thread goes back to, besides its registers.
#[derive(Clone, Copy, Debug)]
pub struct Restored {
    /// What is blocked.
    pub mask: u64,
    /// The alternate stack.
    pub stack: AlternateStack,
}

/// A frame that no handler was called with.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct BadFrame;

impl From<BadAddress> for BadFrame {
    fn from(_: BadAddress) -> Self {
        Self
    }
}

/// Where the stack of a handler begins, downwards.
pub fn stack_top(flags: ActionFlags, alternate: &AlternateStack, sp: u64) -> u64 {
    let changes = flags.contains(ActionFlags::ON_STACK)
        && alternate.size != 0
        && !stack::contains(alternate, sp);
    if changes { alternate.base.wrapping_add(alternate.size) } else { sp }
}

/// Lets the program go on in a handler, with a frame on the stack to come back by.
///
/// `mask` is what is blocked when it has come back.
pub fn push(
    frame: &mut TrapFrame,
    action: &SignalAction,
    info: SignalInfo,
    fault: Option<FaultFacts>,
    mask: u64,
    alternate: &AlternateStack,
) -> Result<(), BadAddress> {
    let flags = ActionFlags::from_bits_truncate(action.flags);
    let top = stack_top(flags, alternate, frame.sp);
    let link = top.wrapping_sub(LINK_BYTES) & !(ALIGNMENT - 1);
    let start = link.wrapping_sub(FRAME_BYTES as u64);
    let calls = [frame.x[FRAME_POINTER], frame.x[LINK_REGISTER]];
    user_memory::copy_out(VirtAddr::new(link as usize), calls.as_bytes())?;
    let mut saved = SignalFrame::new(info);
    saved.context.stack = *alternate;
    saved.context.mask = mask;
    saved.context.machine = machine(frame, fault);
    save_vectors(&mut saved.fp, &context::capture_user_state());
    if let Some(fault) = fault {
        saved.set_fault(fault.esr);
    }
    user_memory::copy_out(VirtAddr::new(start as usize), saved.as_bytes())?;
    frame.x[0] = info.number as u64;
    if flags.contains(ActionFlags::INFO) {
        frame.x[1] = start;
        frame.x[2] = start + offset_of!(SignalFrame, context) as u64;
    }
    frame.x[FRAME_POINTER] = link;
    frame.x[LINK_REGISTER] = if flags.contains(ActionFlags::RESTORER) {
        action.restorer
    } else {
        // A process that goes on with its program has an address space.
        sched::current_space().map_or(0, |space| vdso::sigreturn_address(space.layout()))
    };
    frame.sp = start;
    frame.elr = action.handler;
    Ok(())
}

fn machine(frame: &TrapFrame, fault: Option<FaultFacts>) -> MachineContext {
    let mut machine = MachineContext::default();
    machine.fault_address = fault.map_or(0, |fault| fault.address);
    machine.x = frame.x;
    machine.sp = frame.sp;
    machine.pc = frame.elr;
    machine.pstate = frame.spsr;
    machine
}

fn save_vectors(record: &mut FpRecord, state: &UserState) {
    record.fpsr = state.fpsr as u32;
    record.fpcr = state.fpcr as u32;
    record.v = state.v;
}

/// Lets the program go on as the frame at its stack pointer says.
///
/// Nothing has changed when the frame is bad.
pub fn pop(frame: &mut TrapFrame) -> Result<Restored, BadFrame> {
    if !frame.sp.is_multiple_of(ALIGNMENT) {
        return Err(BadFrame);
    }
    let start = VirtAddr::new(frame.sp as usize);
    let mut saved = UserContext::default();
    user_memory::copy_in(saved.as_mut_bytes(), start.add(offset_of!(SignalFrame, context)))?;
    let records = start.add(RECORDS_AT);
    let offset = find_vectors(|offset| {
        let mut head = [0_u32; 2];
        user_memory::copy_in(head.as_mut_bytes(), records.add(offset))?;
        Ok(head)
    })?;
    let mut vectors = FpRecord::new_zeroed();
    user_memory::copy_in(vectors.as_mut_bytes(), records.add(offset))?;
    if saved.machine.pstate & PRIVILEGED != 0 {
        return Err(BadFrame);
    }
    frame.x = saved.machine.x;
    frame.sp = saved.machine.sp;
    frame.elr = saved.machine.pc;
    frame.set_user_state(saved.machine.pstate);
    context::install_user_state(&UserState {
        v: vectors.v,
        fpcr: vectors.fpcr.into(),
        fpsr: vectors.fpsr.into(),
        thread_pointer: context::user_thread_pointer(),
    });
    Ok(Restored { mask: saved.mask & !UNSTOPPABLE, stack: saved.stack })
}

/// The offset of the one record of floating-point registers among those of a frame.
fn find_vectors(
    mut head: impl FnMut(usize) -> Result<[u32; 2], BadFrame>,
) -> Result<usize, BadFrame> {
    let mut found = None;
    let mut offset = 0_usize;
    loop {
        let room = RECORDS_BYTES.saturating_sub(offset);
        if room < RECORD_HEAD || !offset.is_multiple_of(ALIGNMENT as usize) {
            return Err(BadFrame);
        }
        let [magic, size] = head(offset)?;
        let size = size as usize;
        if magic == 0 {
            return if size == 0 { found.ok_or(BadFrame) } else { Err(BadFrame) };
        }
        if size < RECORD_HEAD || size > room {
            return Err(BadFrame);
        }
        match magic {
            RECORD_FP if found.is_none() && size >= size_of::<FpRecord>() => found = Some(offset),
            RECORD_FAULT => {}
            _ => return Err(BadFrame),
        }
        offset += size;
    }
}

#[cfg(test)]
#[path = "frame_tests.rs"]
mod tests;
