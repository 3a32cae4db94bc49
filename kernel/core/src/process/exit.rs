//! The end of a process: its threads leave one by one, the last one sweeps up.
//!
//! A process becomes waitable only when its last thread has left its kernel stack and the stack
//! is freed, so a parent that has waited finds all of the child's memory free.

use super::ended;
use super::object::Process;
use super::robust;
use super::signal;
use super::table::{Aftermath, INIT, TABLE};
use super::trace;
use crate::fs;
use crate::ipc;
use crate::mm::Location;
use crate::offer;
use crate::region;
use crate::room;
use crate::sched::{self, Thread, futex};
use abi::process::ExitStatus;
use alloc::sync::Arc;
use alloc::vec::Vec;
use arch::addr::VirtAddr;
use core::sync::atomic::Ordering;

/// Ends the calling process; only the calling thread if another one is about to exec, which counts
/// then.
pub fn exit_group(status: ExitStatus) -> ! {
    let thread = sched::current();
    if !thread.is_dismissed()
        && let Some(process) = &thread.process
    {
        process.begin_to_end(status);
    }
    exit_thread(status)
}

/// Ends the calling thread.
pub fn exit_thread(status: ExitStatus) -> ! {
    // Held by this stack: the process no longer does so soon, and what follows may wait.
    let thread = sched::current().to_arc();
    let Some(process) = thread.process.clone() else { sched::end_thread() };
    trace::thread_ends(&thread, &process, status);
    begin_to_leave(&thread, &process, status);
    leave_memory(&thread, &process);
    // The tables may go as soon as the thread is no longer listed.
    arch::space::deactivate();
    let mut state = process.state.lock();
    state.threads.retain(|other| !Arc::ptr_eq(other, &thread));
    room::give_back_few(&mut state.threads);
    process.add_ended_thread(&thread);
    let is_last = state.threads.is_empty();
    let traced = if is_last { state.trace.take().zip(state.ending) } else { None };
    drop(state);
    if let Some((tracee, status)) = traced {
        trace::ends(tracee, process.pid, status);
    }
    if thread.tid() != process.pid {
        TABLE.lock().forget_tid(thread.tid());
    }
    if is_last {
        process.sweep();
    } else {
        signal::thread_left(&process);
    }
    drop(process);
    drop(thread);
    sched::end_thread()
}

/// Counts the thread as gone before anybody is told: who is woken by its word finds it neither by its
/// number nor still at work. The status of the last one to leave is the process's, if nothing else set it.
fn begin_to_leave(thread: &Thread, process: &Process, status: ExitStatus) {
    let mut state = process.state.lock();
    thread.begin_to_leave();
    if state.threads.iter().all(|other| other.is_leaving()) {
        state.ending.get_or_insert(status);
    }
}

/// Does what others expect of a thread that will not touch the process's memory again: gives up
/// its robust locks, and clears the word that it named.
pub(super) fn leave_memory(thread: &Thread, process: &Process) {
    robust::give_up_locks(thread, process);
    clear_thread_word(thread, process);
}

/// Whether a thread is to end on its way to user mode: waits that signals do not end are over then.
pub(super) fn is_ending(thread: &Thread) -> bool {
    let Some(process) = &thread.process else { return false };
    thread.is_dismissed() || process.state.lock().ending.is_some()
}

/// A thread has left its stack for ever: frees it, and tells the parent if it was the last.
pub fn thread_has_left(thread: Arc<Thread>) {
    let Some(process) = thread.process.clone() else { return };
    // Others may still hold references to the thread for a moment: its memory goes now.
    thread.free_stack();
    let mut state = process.state.lock();
    process.add_ended_thread(&thread);
    state.threads_left -= 1;
    let status = if state.threads_left == 0 { state.ending } else { None };
    let is_narrowing = state.is_narrowing;
    drop(state);
    drop(thread);
    if is_narrowing {
        process.threads_changed.wake_all();
    }
    if let Some(status) = status {
        become_zombie(&process, status);
    }
}

impl Process {
    /// Notes how the process is to end, and makes its other threads leave.
    pub(super) fn begin_to_end(&self, status: ExitStatus) {
        let mut state = self.state.lock();
        state.ending.get_or_insert(status);
        // A list of its own only where there is more than one: the lock is not held meanwhile.
        let first = state.threads.first().cloned();
        let others: Vec<_> = state.threads.iter().skip(1).cloned().collect();
        drop(state);
        first.iter().chain(&others).for_each(Thread::interrupt);
    }

    /// Lets go of all that the process has; its last thread does this.
    fn sweep(&self) {
        if self.pid == INIT {
            let status = self.state.lock().ending;
            panic!("init has ended ({status:?}): nothing can go on without it");
        }
        self.timers.cancel();
        let descriptors = core::mem::take(&mut self.files.lock().descriptors);
        drop(descriptors);
        fs::locks::process_ended(self.pid);
        ipc::semaphore::process_ended(self.pid);
        if self.session() == self.pid {
            fs::tty::session_ended(self.pid);
        }
        let mut state = self.state.lock();
        let space = state.space.take();
        self.note_space(None);
        let (executable, code) = (state.program.take(), core::mem::take(&mut state.code));
        let words = core::mem::take(&mut state.departure_words);
        let release = state.release.take();
        drop(state);
        // Nobody finds its space any more, so no offer to it comes after this.
        offer::process_ended(self.pid);
        if let Some(space) = space {
            space.leave();
        }
        if let Some(release) = release {
            release.open();
        }
        drop((executable, code));
        region::holder_ended(self.pid);
        region::names::forget_pool(self.pid);
        words.fire(|location| {
            futex::wake(location, u32::MAX, u32::MAX);
        });
    }
}

/// Clears the word that the thread named and wakes one who waits for it, if there is somebody else
/// in the address space.
fn clear_thread_word(thread: &Thread, process: &Process) {
    let address = thread.clear_on_exit.swap(0, Ordering::Relaxed) as usize;
    let state = process.state.lock();
    let shares_memory = state.threads.len() > 1 || state.shares_space;
    drop(state);
    if address == 0 || !shares_memory {
        return;
    }
    let address = VirtAddr::new(address);
    if arch::user_memory::store_u32(address, 0).is_err() {
        return;
    }
    let location: Option<Location> = process.space().and_then(|space| space.locate(address));
    if let Some(location) = location {
        futex::wake(location, 1, u32::MAX);
    }
}

/// The process is over: its parent may ask how it ended.
fn become_zombie(child: &Arc<Process>, status: ExitStatus) {
    let mut table = TABLE.lock();
    let orphans = signal::left_by(&table, child.pid);
    let Aftermath { parents, forgotten } = table.end(child.pid, status);
    drop(table);
    // First, so that a parent that waits for the last of them finds their memory free.
    drop(forgotten);
    ended::tell();
    signal::tell_orphans(&orphans);
    for parent in parents.into_iter().flatten() {
        signal::tell_of_end(&parent, child, status);
        parent.children_changed.wake_all();
    }
}
