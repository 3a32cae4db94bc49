//! Acting on signals, on the way to user mode.

use super::actions::{Reaction, blocked_by};
use super::fault::force_for_bad_stack;
use super::frame::{self, FaultFacts, Restored};
use super::orphans;
use super::restart::{Interrupted, Leaving, Restart, end_call};
use super::sets::{DefaultAction, SYNCHRONOUS};
use super::stop;
use super::{force, recheck};
use crate::process::exit::{exit_group, exit_thread};
use crate::process::object::Process;
use crate::process::table::INIT;
use crate::process::trace;
use crate::sched::{self, Task, Thread};
use abi::process::ExitStatus;
use abi::signal::{
    ActionFlags, AlternateStack, SEGV_MAPERR, Signal, SignalAction, SignalInfo, StackFlags,
    signal_bit,
};
use alloc::sync::Arc;
use arch::trap::TrapFrame;

/// What a thread is to do next.
enum Next {
    /// Go on.
    Nothing,
    /// End itself.
    EndThread(ExitStatus),
    /// End the process.
    EndProcess(ExitStatus),
    /// Stop, unless the process was told to go on after this many times.
    Stop(u8, u64),
    /// Call a handler.
    Handle(SignalAction, SignalInfo),
}

/// Acts on what is pending, on the way to user mode with these registers; may not return.
pub fn act(frame: &mut TrapFrame, leaving: Leaving) {
    let thread = sched::current();
    if !thread.has_work() {
        return;
    }
    if matches!(leaving, Leaving::Call(_)) && thread.take_work(Task::Resumption) {
        thread.signals.take_resumption();
    }
    if thread.take_work(Task::Trace) {
        trace::look(&thread);
    }
    if !thread.is_interrupted() {
        return;
    }
    let Some(process) = thread.process.clone() else { return };
    let end = Passage { process: &process, thread: &thread, frame, leaving, told: None }.act();
    // An ending thread leaves this stack for ever: nothing on it may be left to be dropped.
    drop(process);
    match end {
        Next::EndThread(status) => exit_thread(status),
        Next::EndProcess(status) => exit_group(status),
        _ => {}
    }
}

/// One way to user mode.
struct Passage<'a> {
    process: &'a Arc<Process>,
    thread: &'a Thread,
    frame: &'a mut TrapFrame,
    leaving: Leaving,
    /// The signal that was taken last, for who sees the thread's calls.
    told: Option<SignalInfo>,
}

impl Passage<'_> {
    /// Acts on signals until there are none, or one that ends the thread.
    fn act(&mut self) -> Next {
        loop {
            self.thread.clear_interrupt();
            let dismissed = self.thread.is_dismissed().then_some(ExitStatus::Exited(0));
            if let Some(status) = self.process.ending().or(dismissed) {
                return Next::EndThread(status);
            }
            if stop::wait(self.process) {
                continue;
            }
            let next = self.next();
            if let Some(info) = self.told.take() {
                trace::signal(self.thread, &info);
            }
            match next {
                Next::Nothing => break,
                Next::Stop(signal, continues) => self.stop(signal, continues),
                Next::Handle(action, info) => self.handle(&action, info),
                end => return end,
            }
        }
        self.go_on();
        Next::Nothing
    }

    /// Takes the next signal that does something.
    fn next(&mut self) -> Next {
        let (process, thread) = (self.process, self.thread);
        let mut signals = process.signals.lock();
        let mut own = thread.signals.lock();
        loop {
            let unblocked = !own.blocked;
            let taken = own.pending.take(unblocked).or_else(|| signals.pending.take(unblocked));
            let Some(info) = taken else { return Next::Nothing };
            let number = info.number as u32;
            let reaction = signals.actions.reaction(number);
            self.told = thread.is_traced().then_some(info);
            match reaction {
                Reaction::Ignore | Reaction::Default(DefaultAction::Nothing) => {}
                Reaction::Handle(action) => {
                    if action.flags & ActionFlags::RESET.bits() != 0 {
                        signals.actions.reset(number);
                    }
                    return Next::Handle(action, info);
                }
                Reaction::Default(_) if self.process.pid == INIT && !is_forced(&info) => {}
                Reaction::Default(DefaultAction::Stop) => {
                    return Next::Stop(number as u8, signals.stop.continues());
                }
                Reaction::Default(DefaultAction::End) => {
                    return Next::EndProcess(ExitStatus::Signalled(number as u8));
                }
            }
        }
    }

    /// Nobody could let a process of an orphaned group go on: of the signals that stop, only the one
    /// that can't be refused stops it.
    fn stop(&self, signal: u8, continues: u64) {
        if signal == Signal::STOP as u8 || !orphans::is_orphaned(self.process.group()) {
            stop::begin(self.process, signal, continues);
        }
    }

    fn handle(&mut self, action: &SignalAction, info: SignalInfo) {
        let info = self.process.timers.taken(info);
        let flags = ActionFlags::from_bits_truncate(action.flags);
        match core::mem::replace(&mut self.leaving, Leaving::Other) {
            Leaving::Call(Some(call)) => call.before_handler(self.frame, flags),
            Leaving::Fault(facts) if !is_fault(&info) => self.leaving = Leaving::Fault(facts),
            Leaving::Fault(facts) => return self.call_handler(action, info, Some(facts)),
            _ if self.thread.signals.take_resumption() => end_call(self.frame),
            _ => {}
        }
        self.call_handler(action, info, None);
    }

    fn call_handler(&mut self, action: &SignalAction, info: SignalInfo, fault: Option<FaultFacts>) {
        let number = info.number as u32;
        let own = self.thread.signals.lock();
        let (mask, alternate) = (own.saved.unwrap_or(own.blocked), own.stack);
        drop(own);
        // User memory is written without locks: it may have to be brought in.
        if frame::push(self.frame, action, info, fault, mask, &alternate).is_err() {
            return force_for_bad_stack(self.process, self.thread, number);
        }
        let mut own = self.thread.signals.lock();
        own.saved = None;
        let blocked = own.blocked | blocked_by(action, number);
        own.block(blocked);
        if alternate.flags & StackFlags::DISARM.bits() != 0 {
            own.stack = AlternateStack::none();
        }
        drop(own);
        self.recheck_shared();
    }

    /// No handler is left to be called: the call that was interrupted begins again, and what was
    /// blocked for its time only is as before.
    fn go_on(&mut self) {
        if let Leaving::Call(Some(call @ Interrupted { restart, .. })) = self.leaving
            && restart != Restart::Never
        {
            call.begin_again(self.frame);
            if restart == Restart::WithDeadline {
                self.thread.signals.resume();
                self.thread.add_work(Task::Resumption);
            }
        }
        let mut own = self.thread.signals.lock();
        if let Some(saved) = own.saved.take() {
            own.block(saved);
            drop(own);
            recheck(self.process);
        }
    }

    /// Signals that came for any thread, and that this one has just blocked, are for another.
    fn recheck_shared(&self) {
        if self.process.signals.lock().pending.set() != 0 {
            recheck(self.process);
        }
    }
}

const fn is_fault(info: &SignalInfo) -> bool {
    info.code > 0 && SYNCHRONOUS & signal_bit(info.number as u32) != 0
}

/// Whether the kernel sent the signal for what the thread has done.
const fn is_forced(info: &SignalInfo) -> bool {
    is_fault(info)
}

/// The call `rt_sigreturn`: goes back to what a handler has interrupted. A bad frame is a fault.
pub fn return_from_handler(frame: &mut TrapFrame) {
    let sp = frame.sp;
    match frame::pop(frame) {
        Ok(Restored { mask, stack }) => {
            let thread = sched::current();
            // As on Linux, a stack that can't be used is not an error here.
            let _ = thread.signals.set_stack(frame.sp, &stack);
            thread.signals.lock().block(mask);
            if let Some(process) = &thread.process {
                recheck(process);
            }
        }
        Err(_) => force(Signal::SEGV, SignalInfo::of_fault(Signal::SEGV, SEGV_MAPERR, sp)),
    }
}
