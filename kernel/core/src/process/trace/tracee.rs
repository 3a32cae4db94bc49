//! What a process has that is traced, and how it comes to that.

use super::record::Record;
use super::{Put, Trace};
use crate::process::object::Process;
use crate::sched::{Task, Thread};
use abi::Errno;
use abi::trace::END_RECORD_BYTES;
use alloc::sync::Arc;

/// What of a ring is kept for the ends of processes at most.
const KEPT_PART: u64 = 4;

/// That a process is traced; the trace has room for the record of its end.
pub struct Tracee {
    trace: Arc<Trace>,
    /// Whether processes that it makes are traced, too.
    follows: bool,
}

impl Tracee {
    /// One more process in a trace; `EAGAIN` if there is no room for its end, `EBADF` if there is no
    /// tracer.
    pub(super) fn new(trace: Arc<Trace>, follows: bool) -> Result<Self, Errno> {
        let mut state = trace.state.lock();
        let bytes = state.ring.as_ref().ok_or(Errno::EBADF)?.bytes();
        if (state.processes + 1) * END_RECORD_BYTES as u64 > bytes / KEPT_PART {
            return Err(Errno::EAGAIN);
        }
        state.processes += 1;
        drop(state);
        Ok(Self { trace, follows })
    }

    /// The trace.
    pub(super) fn trace(&self) -> Arc<Trace> {
        self.trace.clone()
    }

    /// Whether it is part of this trace.
    pub(super) fn is_of(&self, trace: &Arc<Trace>) -> bool {
        Arc::ptr_eq(&self.trace, trace)
    }

    /// Whether the tracer may see everything.
    pub fn is_roots(&self) -> bool {
        self.trace.is_root
    }

    /// What a child of the process has. One for which there is no room is not traced.
    pub fn of_child(&self) -> Option<Self> {
        if self.follows { Self::new(self.trace.clone(), true).ok() } else { None }
    }

    /// Tells the last of it, for which there is room unless there is no tracer.
    pub(super) fn tell_end(self, mut record: Record) {
        let outcome = self.trace.try_put(&mut record, true);
        debug_assert!(matches!(outcome, Some(Put::Done | Put::Closed)), "room was kept for it");
    }
}

impl Drop for Tracee {
    fn drop(&mut self) {
        self.trace.state.lock().processes -= 1;
        // There is more room, and the tracer may have nobody left to wait for.
        self.trace.room.wake_all();
        self.trace.news.wake_all();
    }
}

/// Traces a process from now on; the caller has the right to.
///
/// Calls that wait begin again, so that the tracer sees where its threads are. `EBUSY` if it is
/// traced already.
pub fn attach(trace: &Arc<Trace>, process: &Process, follows: bool) -> Result<(), Errno> {
    let tracee = Tracee::new(trace.clone(), follows)?;
    let mut state = process.state.lock();
    if state.ending.is_some() || state.space.is_none() {
        drop(state);
        return Err(Errno::ESRCH);
    }
    if state.trace.is_some() {
        drop(state);
        return Err(Errno::EBUSY);
    }
    state.trace = Some(tracee);
    for thread in &state.threads {
        thread.add_work(Task::Trace);
        Thread::interrupt(thread);
    }
    Ok(())
}
