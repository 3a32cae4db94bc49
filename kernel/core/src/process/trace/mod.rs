//! Traces: the calls, signals and ends of processes, told to another one while they happen.
//!
//! A `Trace` is a ring of records in a region that the tracer maps (`ring`); a `Tracee` is what a
//! process has that is traced. Each thread of it notes for itself that its calls are to be recorded,
//! in the word that counts them (`Thread::count_call`), so that others lose nothing by it. Before
//! and after a call it makes a record with what the arguments lead to (`capture`).
//!
//! Nothing is lost: a thread that finds the ring full waits for the tracer, unless it is to end. For
//! the end of each process there is always room. When the tracer's file is closed, which its end
//! does, too, everybody goes on untraced.

mod capture;
mod file;
mod record;
mod ring;
mod tracee;

#[cfg(test)]
mod tests;

pub use file::TraceFile;
pub use tracee::{Tracee, attach};

use super::object::Process;
use crate::region::Region;
use crate::sched::{self, Thread, WaitQueue};
use crate::sync::{Lock, Rank};
use abi::Errno;
use abi::process::ExitStatus;
use abi::signal::SignalInfo;
use abi::trace::{ARGUMENTS, Copied, END_RECORD_BYTES, TRACE_INTERRUPTED, TraceEvent};
use alloc::sync::Arc;
use record::Record;
use ring::Ring;
use zerocopy::IntoBytes;

/// A trace.
pub struct Trace {
    state: Lock<State>,
    /// What is copied of a string or a buffer.
    text_max: usize,
    /// Whether the tracer may see everything.
    is_root: bool,
    /// Woken when something was recorded, or when nobody is left.
    news: WaitQueue,
    /// Woken when the tracer has read.
    room: WaitQueue,
}

struct State {
    /// Nothing once the tracer is gone.
    ring: Option<Ring>,
    /// Processes that are traced: for the end of each there is room.
    processes: u64,
}

impl State {
    const fn kept(&self) -> u64 {
        self.processes * END_RECORD_BYTES as u64
    }
}

/// What became of a record.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Put {
    /// It is in the ring.
    Done,
    /// There is no tracer any more.
    Closed,
}

impl Trace {
    /// A trace of nobody, with a ring in this region.
    pub fn new(region: Arc<Region>, text_max: usize, is_root: bool) -> Arc<Self> {
        let state = State { ring: Some(Ring::new(region)), processes: 0 };
        Arc::new(Self {
            state: Lock::new(Rank::Trace, state),
            text_max,
            is_root,
            news: WaitQueue::new(),
            room: WaitQueue::new(),
        })
    }

    /// Puts the record into the ring; `None` if there is no room for it beside the ends of `kept`
    /// bytes that are to come.
    fn try_put(&self, record: &mut Record, is_end: bool) -> Option<Put> {
        let mut state = self.state.lock();
        let kept = state.kept() - if is_end { END_RECORD_BYTES as u64 } else { 0 };
        let Some(ring) = &mut state.ring else { return Some(Put::Closed) };
        if !ring.put(record, kept) {
            return None;
        }
        drop(state);
        self.news.wake_all();
        Some(Put::Done)
    }

    /// As [`Self::try_put`], and waits for the tracer; a thread that is to end does not.
    fn put(&self, mut record: Record) -> Put {
        // Who is to end tells nobody any more.
        self.room.wait_through(|| self.try_put(&mut record, false)).unwrap_or(Put::Done)
    }

    /// The tracer has read up to this position; `EINVAL` if it cannot have.
    pub fn read_up_to(&self, position: u64) -> Result<(), Errno> {
        let mut state = self.state.lock();
        let ring = state.ring.as_mut().ok_or(Errno::EBADF)?;
        let is_more = ring.read_up_to(position)?;
        drop(state);
        if is_more {
            self.room.wake_all();
        }
        Ok(())
    }

    /// Waits until there is something behind the position, or nobody left to write; returns how far
    /// the ring is written.
    pub fn wait(&self, position: u64, deadline: Option<u64>) -> Result<u64, Errno> {
        self.news.wait_until(deadline, || self.news_behind(position))?
    }

    fn news_behind(&self, position: u64) -> Option<Result<u64, Errno>> {
        let state = self.state.lock();
        let Some(ring) = &state.ring else { return Some(Err(Errno::EBADF)) };
        let written = ring.written();
        (written > position || state.processes == 0).then_some(Ok(written))
    }

    /// Whether the tracer has something to read, or nothing to wait for.
    fn is_ready(&self) -> bool {
        let state = self.state.lock();
        state.processes == 0 || state.ring.as_ref().is_some_and(|ring| !ring.is_empty())
    }

    fn region(&self) -> Option<Arc<Region>> {
        self.state.lock().ring.as_ref().map(Ring::region)
    }

    /// The tracer is gone: everybody goes on, and what was recorded is forgotten.
    fn close(self: &Arc<Self>) {
        let ring = self.state.lock().ring.take();
        drop(ring);
        self.room.wake_all();
        self.news.wake_all();
        let mut last = 0;
        while let Some(process) = super::next_process(last) {
            last = process.pid;
            let tracee = process.state.lock().trace.take_if(|tracee| tracee.is_of(self));
            drop(tracee);
        }
    }
}

/// The trace that the calling thread's calls are recorded in, if there is one still.
#[cold]
fn own(thread: &Thread) -> Option<Arc<Trace>> {
    let process = thread.process.as_ref()?;
    let trace = process.state.lock().trace.as_ref().map(Tracee::trace);
    thread.set_traced(trace.is_some());
    trace
}

/// The calling thread's process may be traced, or not any more: it takes note.
pub fn look(thread: &Thread) {
    drop(own(thread));
}

/// A record of something that the calling thread does.
fn record_of(thread: &Thread, event: TraceEvent, number: u64) -> Record {
    let pid = thread.process.as_ref().map_or(0, |process| process.pid);
    Record::new(event, pid, thread.tid(), number)
}

fn tell(thread: &Thread, trace: &Trace, record: Record) {
    if trace.put(record) == Put::Closed {
        thread.set_traced(false);
    }
}

/// The calling thread begins a call.
pub fn enter(thread: &Thread, number: u64, arguments: [u64; ARGUMENTS]) {
    let Some(trace) = own(thread) else { return };
    let mut record = record_of(thread, TraceEvent::Enter, number);
    record.set_arguments(arguments);
    capture::before(&mut record, number, &arguments, trace.text_max);
    tell(thread, &trace, record);
}

/// The calling thread has made a call; `value` is what its program gets.
pub fn leave(
    thread: &Thread,
    number: u64,
    arguments: [u64; ARGUMENTS],
    value: u64,
    is_interrupted: bool,
) {
    let Some(trace) = own(thread) else { return };
    let mut record = record_of(thread, TraceEvent::Leave, number);
    record.set_value(value, if is_interrupted { TRACE_INTERRUPTED } else { 0 });
    if !is_interrupted {
        capture::after(&mut record, number, &arguments, value, trace.text_max);
    }
    tell(thread, &trace, record);
}

/// The calling thread acts on a signal.
pub fn signal(thread: &Thread, info: &SignalInfo) {
    if !thread.is_traced() {
        return;
    }
    let Some(trace) = own(thread) else { return };
    let mut record = record_of(thread, TraceEvent::Signal, info.number as u64);
    record.capture(0, 0, Copied::Whole, info.as_bytes());
    tell(thread, &trace, record);
}

/// The calling thread ends; the process does not if it has others.
pub(super) fn thread_ends(thread: &Thread, process: &Process, status: ExitStatus) {
    if !thread.is_traced() || process.state.lock().threads.len() < 2 {
        return;
    }
    let Some(trace) = own(thread) else { return };
    let status = u64::from(status.to_word());
    tell(thread, &trace, record_of(thread, TraceEvent::ThreadEnd, status));
}

/// The call of a thread that was made to wait for the tracer until it was to end is not made.
pub fn is_over(thread: &Thread) -> bool {
    thread.is_ending()
}

/// The calling process, which is traced, has run its last instruction.
pub(super) fn ends(tracee: Tracee, pid: u32, status: ExitStatus) {
    let tid = sched::current().tid();
    tracee.tell_end(Record::new(TraceEvent::End, pid, tid, u64::from(status.to_word())));
}

/// The calling process has got rights that its tracer has not: it is traced no more.
pub(super) fn loses(tracee: Tracee, pid: u32) {
    tracee.tell_end(Record::new(TraceEvent::Lost, pid, pid, 0));
}
