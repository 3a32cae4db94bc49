//! System calls: from registers to the functions that do the work.
//!
//! `table` knows all calls; a call in `abi`'s table that is not there does not compile. One file
//! holds the calls of one subject; each turns raw registers into types, and nothing a program
//! passes gets further unchecked.
//!
//! A call is made in one of two ways: [`make`], for all but a few, with a frame that holds only what
//! functions may change, or [`handle`], once all registers are there.

mod alarm;
mod arguments;
mod barrier;
mod beyond;
mod capability;
mod copy_range;
mod event;
mod execveat;
mod extended;
mod fcntl;
mod file;
mod file_path;
mod file_system;
mod futex;
mod growth;
mod host;
mod identity;
mod ipc;
mod kernel_log;
mod many_messages;
mod memory;
mod message;
mod mount;
mod offer;
mod open_how;
mod poll;
mod process;
mod process_file;
mod process_memory;
mod region;
mod region_holdings;
mod region_sync;
mod remap;
mod restart;
mod scheduling;
mod select;
mod signal;
mod socket;
mod splice;
mod system;
mod table;
mod thread;
mod time;
mod timer;
mod topic;
mod trace;
mod traced;
mod transfer;
mod unknown;
mod usage;
mod wait;

#[cfg(feature = "testing")]
pub use topic::request as topic_request;

use crate::mm::{frames, reclaim};
use crate::process::signal::Interrupted;
use crate::sched::{self, Thread};
use abi::{Errno, Sysno, encode};
use arch::trap::{CallStage, TrapFrame};
use arguments::Arguments;

/// Makes the call that a program's registers ask for, if it needs no others than are in the frame.
#[inline]
pub fn make(frame: &mut TrapFrame, thread: &Thread) -> CallStage {
    let Some(entry) = table::entry(frame.x[8]) else { return CallStage::Unmade };
    if thread.count_call() {
        return traced::make(frame, thread, entry);
    }
    run(frame, entry)
}

#[inline(always)]
fn run(frame: &mut TrapFrame, entry: &table::Entry) -> CallStage {
    if entry.makes_objects && is_memory_short() {
        frame.x[0] = encode(Err(Errno::ENOMEM));
        return CallStage::Done;
    }
    let outcome = (entry.run)(Arguments::of(frame));
    if outcome == Err(Errno::EINTR) {
        return CallStage::Interrupted;
    }
    frame.x[0] = encode(outcome);
    CallStage::Done
}

/// Whether there is too little memory to make anything, also when others have given some back.
///
/// Apart, so that calls that make nothing have no part of it.
#[inline(never)]
fn is_memory_short() -> bool {
    reclaim::with_room(|| Ok(frames::check_heap_growth(0)?)).is_err()
}

/// Notes in the frame that a signal has ended the call; tells what is known of it.
pub fn interrupted(frame: &mut TrapFrame) -> Option<Interrupted> {
    let arguments = Arguments::of(frame);
    let argument = arguments.u64(0);
    let restart = Sysno::from_number(frame.x[8]).map(|call| restart::of(call, arguments));
    frame.x[0] = Errno::EINTR.to_result();
    Some(Interrupted { argument, restart: restart? })
}

/// Makes a call that looks at all registers or replaces them, or that does not exist; tells if a
/// signal has interrupted it.
pub fn handle(frame: &mut TrapFrame) -> Option<Interrupted> {
    let thread = sched::current();
    if thread.count_call() { traced::handle(frame, &thread) } else { perform(frame) }
}

fn perform(frame: &mut TrapFrame) -> Option<Interrupted> {
    let call = Sysno::from_number(frame.x[8]);
    if call.is_some_and(growth::makes_objects) && is_memory_short() {
        frame.x[0] = encode(Err(Errno::ENOMEM));
        return None;
    }
    let outcome = match call {
        Some(Sysno::Clone) => process::clone(frame),
        Some(call @ (Sysno::Execve | Sysno::Execveat)) => match execveat::execute(call, frame) {
            Ok(fresh) => {
                *frame = fresh;
                return None;
            }
            Err(error) => Err(error),
        },
        Some(Sysno::RtSigreturn) => {
            signal::rt_sigreturn(frame);
            return None;
        }
        _ => unknown::refuse(frame.x[8]),
    };
    if outcome == Err(Errno::EINTR) {
        return interrupted(frame);
    }
    frame.x[0] = encode(outcome);
    None
}
