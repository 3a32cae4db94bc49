//! The end of a process: its threads leave one by one, the last one sweeps up.
//!
//! A process becomes waitable only when its last thread has left its kernel stack and the stack
//! is freed, so a parent that has waited finds all of the child's memory free.

use super::object::Process;
use super::table::{Aftermath, INIT, TABLE};
use crate::fs;
use crate::mm::Location;
use crate::offer;
use crate::program;
use crate::region;
use crate::sched::{self, Thread, futex};
use abi::process::ExitStatus;
use alloc::sync::Arc;
use alloc::vec::Vec;
use arch::addr::VirtAddr;
use core::sync::atomic::Ordering;

/// Ends the calling process.
pub fn exit_group(status: ExitStatus) -> ! {
    let process = sched::current_process();
    process.begin_to_end(status);
    drop(process);
    exit_thread(status)
}

/// Ends the calling thread; the last one's status is the process's if nothing else set it.
pub fn exit_thread(status: ExitStatus) -> ! {
    let thread = sched::current();
    let Some(process) = thread.process.clone() else { sched::end_thread() };
    clear_thread_word(&thread, &process);
    let mut state = process.state.lock();
    state.threads.retain(|other| !Arc::ptr_eq(other, &thread));
    let is_last = state.threads.is_empty();
    if is_last {
        state.ending.get_or_insert(status);
    }
    drop(state);
    if is_last {
        process.sweep();
    }
    drop(process);
    drop(thread);
    sched::end_thread()
}

/// A thread has left its stack for ever: frees it, and tells the parent if it was the last.
pub fn thread_has_left(thread: Arc<Thread>) {
    let Some(process) = thread.process.clone() else { return };
    process.ended_time.fetch_add(thread.cpu_time(), Ordering::Relaxed);
    // Others may still hold references to the thread for a moment: its memory goes now.
    thread.free_stack();
    drop(thread);
    let mut state = process.state.lock();
    state.threads_left -= 1;
    let status = if state.threads_left == 0 { state.ending } else { None };
    drop(state);
    let pid = process.pid;
    drop(process);
    if let Some(status) = status {
        become_zombie(pid, status);
    }
}

impl Process {
    /// Notes how the process is to end, and makes its other threads leave.
    pub(super) fn begin_to_end(&self, status: ExitStatus) {
        let mut state = self.state.lock();
        state.ending.get_or_insert(status);
        let threads: Vec<_> = state.threads.clone();
        drop(state);
        for thread in threads {
            thread.interrupt();
        }
    }

    /// Lets go of all that the process has; its last thread does this.
    fn sweep(&self) {
        if self.pid == INIT {
            let status = self.state.lock().ending;
            panic!("init has ended ({status:?}): nothing can go on without it");
        }
        let descriptors = core::mem::take(&mut self.files.lock().descriptors);
        drop(descriptors);
        fs::locks::process_ended(self.pid);
        if self.session() == self.pid {
            fs::tty::session_ended(self.pid);
        }
        let mut state = self.state.lock();
        let space = state.space.take();
        let executable = state.program.take();
        let words = core::mem::take(&mut state.departure_words);
        drop(state);
        // Nobody finds its space any more, so no offer to it comes after this.
        offer::process_ended(self.pid);
        arch::space::deactivate();
        drop(space);
        program::forget_unused();
        drop(executable);
        region::holder_ended(self.pid);
        words.fire(|location| {
            futex::wake(location, u32::MAX, u32::MAX);
        });
    }
}

/// Clears the word that the thread named and wakes one who waits for it.
fn clear_thread_word(thread: &Thread, process: &Process) {
    let address = thread.clear_on_exit.load(Ordering::Relaxed) as usize;
    let shares_memory = process.state.lock().threads.len() > 1;
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
fn become_zombie(pid: u32, status: ExitStatus) {
    let Aftermath { parents, forgotten } = TABLE.lock().end(pid, status);
    // First, so that a parent that waits for the last of them finds their memory free.
    drop(forgotten);
    for parent in parents.into_iter().flatten() {
        parent.children_changed.wake_all();
    }
}
