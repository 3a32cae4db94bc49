//! Calls of threads that are traced: as any other, with a record before and one after.
//!
//! Apart from the usual way, which has no part of it. A call may not return, so nothing here holds
//! anything meanwhile.

use super::table::Entry;
use super::{perform, run};
use crate::process::signal::{Interrupted, Restart};
use crate::process::trace;
use crate::sched::Thread;
use abi::Errno;
use abi::trace::ARGUMENTS;
use arch::trap::{CallStage, TrapFrame};

/// What a call was made with: its registers may be others after it.
struct Call {
    number: u64,
    arguments: [u64; ARGUMENTS],
}

impl Call {
    fn begin(frame: &TrapFrame, thread: &Thread) -> Self {
        let mut arguments = [0; ARGUMENTS];
        arguments.copy_from_slice(&frame.x[..ARGUMENTS]);
        let call = Self { number: frame.x[8], arguments };
        trace::enter(thread, call.number, arguments);
        call
    }

    fn end(&self, thread: &Thread, value: u64, is_interrupted: bool) {
        if thread.is_traced() {
            trace::leave(thread, self.number, self.arguments, value, is_interrupted);
        }
    }
}

/// Makes a call of a traced thread, as [`super::make`] does for others.
#[cold]
#[inline(never)]
pub fn make(frame: &mut TrapFrame, thread: &Thread, entry: &Entry) -> CallStage {
    let call = Call::begin(frame, thread);
    if trace::is_over(thread) {
        // It was told to end while it waited for the tracer.
        return CallStage::Interrupted;
    }
    let stage = run(frame, entry);
    match stage {
        CallStage::Interrupted => call.end(thread, Errno::EINTR.to_result(), true),
        _ => call.end(thread, frame.x[0], false),
    }
    stage
}

/// Makes a call that needs all registers, as [`super::handle`] does for others.
#[cold]
#[inline(never)]
pub fn handle(frame: &mut TrapFrame, thread: &Thread) -> Option<Interrupted> {
    let call = Call::begin(frame, thread);
    if trace::is_over(thread) {
        let argument = call.arguments[0];
        return Some(Interrupted { argument, restart: Restart::Never });
    }
    let interrupted = perform(frame);
    call.end(thread, frame.x[0], interrupted.is_some());
    interrupted
}
