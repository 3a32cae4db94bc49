//! The threads of a process: making more, and ending all but one.

use super::clone::{CloneRequest, enter_child};
use super::credentials::Privilege;
use super::exit::is_ending;
use super::object::Process;
use super::signal;
use super::table::TABLE;
use crate::sched::{self, Task, Thread};
use abi::Errno;
use abi::process::CloneFlags;
use alloc::sync::Arc;
use alloc::vec::Vec;
use arch::trap::TrapFrame;
use core::sync::atomic::Ordering;

/// Makes a thread of the caller's process, which goes on where the caller does with 0 in x0.
pub fn start_thread(frame: &TrapFrame, request: &CloneRequest) -> Result<u32, Errno> {
    let process = sched::current_process();
    let tid = TABLE.lock().new_tid(process.pid, Privilege::of(process.credentials()))?;
    let outcome = make_thread(&process, tid, frame, request);
    if outcome.is_err() {
        TABLE.lock().forget_tid(tid);
    }
    outcome.map(|()| tid)
}

fn make_thread(
    process: &Arc<Process>,
    tid: u32,
    frame: &TrapFrame,
    request: &CloneRequest,
) -> Result<(), Errno> {
    let first_frame = request.child_frame(frame);
    let user = arch::context::capture_user_state();
    let mut thread = Thread::new(tid, process.clone(), enter_child, first_frame, user)?;
    request.set_up(&mut thread);
    thread.signals.inherit_as_thread(&sched::current().signals);
    process.enlist(&thread)?;
    // Before it runs: it finds its number there.
    if let Some(space) = process.space() {
        request.store_tids(&space, &space, tid);
    }
    // A signal, or the order to stop, that came before it was listed found nobody to interrupt.
    signal::recheck(process);
    thread.begin();
    Ok(())
}

impl Process {
    /// Takes a new thread in, which has to begin then; `EAGAIN` if the process is to lose all or
    /// all others.
    pub(super) fn enlist(&self, thread: &Arc<Thread>) -> Result<(), Errno> {
        let mut state = self.state.lock();
        if state.ending.is_some() || state.is_narrowing {
            return Err(Errno::EAGAIN);
        }
        state.threads.try_reserve(1).map_err(|_| Errno::ENOMEM)?;
        state.threads.push(thread.clone());
        state.threads_left += 1;
        if state.trace.is_some() {
            thread.add_work(Task::Trace);
        }
        Ok(())
    }

    /// Ends all threads but the calling one, which has the process's number from then on.
    ///
    /// `EINTR` if the caller is to end, too.
    pub(super) fn become_only_thread(&self) -> Result<(), Errno> {
        let caller = sched::current().to_arc();
        let mut state = self.state.lock();
        if state.ending.is_some() || state.is_narrowing {
            return Err(Errno::EINTR);
        }
        let mut others = Vec::new();
        others.try_reserve(state.threads.len() - 1).map_err(|_| Errno::ENOMEM)?;
        others.extend(state.threads.iter().filter(|other| !Arc::ptr_eq(other, &caller)).cloned());
        state.is_narrowing = true;
        drop(state);
        others.iter().for_each(Thread::dismiss);
        drop(others);
        let is_alone = || (self.state.lock().threads_left == 1).then_some(());
        let outcome = self.threads_changed.wait_through_signals(is_ending, is_alone);
        self.state.lock().is_narrowing = false;
        outcome?;
        if caller.tid() != self.pid {
            TABLE.lock().forget_tid(caller.tid());
            caller.set_tid(self.pid);
        }
        Ok(())
    }
}

impl CloneRequest {
    /// Gives a new thread what it has of the calling one, and what was asked for.
    ///
    /// # Panics
    ///
    /// If somebody else has the thread already.
    pub(super) fn set_up(&self, thread: &mut Arc<Thread>) {
        let thread = Arc::get_mut(thread).expect("invariant: nobody else has a new thread");
        thread.attributes = sched::current().attributes.for_child();
        if self.flags.contains(CloneFlags::SETTLS) {
            thread.set_thread_pointer(self.thread_pointer);
        }
        if self.flags.contains(CloneFlags::CHILD_CLEARTID) {
            let address = self.child_tid.value() as u64;
            thread.clear_on_exit.store(address, Ordering::Relaxed);
        }
    }
}
