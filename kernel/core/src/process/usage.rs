//! What processes have used: time on a core, and page faults.

use super::object::Process;
use crate::sched::Thread;
use abi::resource::Usage;
use core::sync::atomic::Ordering;

impl Process {
    /// Time on a core, in nanoseconds.
    pub fn cpu_time(&self) -> u64 {
        let state = self.state.lock();
        let live: u64 = state.threads.iter().map(|thread| thread.cpu_time()).sum();
        live + self.ended_time.load(Ordering::Relaxed)
    }

    /// Page faults.
    fn faults(&self) -> u64 {
        let state = self.state.lock();
        let live: u64 =
            state.threads.iter().map(|thread| thread.faults.load(Ordering::Relaxed)).sum();
        live + self.ended_faults.load(Ordering::Relaxed)
    }

    /// What it has used.
    pub fn usage(&self) -> Usage {
        Usage::new(self.cpu_time(), self.faults())
    }

    /// What its children have used that it has waited for, and theirs.
    pub fn children_usage(&self) -> Usage {
        let faults = self.children_faults.load(Ordering::Relaxed);
        Usage::new(self.children_time(), faults)
    }

    /// Time on a core of children that it has waited for, and of theirs.
    pub fn children_time(&self) -> u64 {
        self.children_time.load(Ordering::Relaxed)
    }

    /// Notes what a thread has used that is not, or soon no longer, listed; called with the
    /// process's lock held, and again when the thread has left for ever.
    pub(super) fn add_ended_thread(&self, thread: &Thread) {
        let time = thread.cpu_time();
        let counted = thread.counted_time.swap(time, Ordering::Relaxed);
        self.ended_time.fetch_add(time.saturating_sub(counted), Ordering::Relaxed);
        let faults = thread.faults.swap(0, Ordering::Relaxed);
        self.ended_faults.fetch_add(faults, Ordering::Relaxed);
    }

    /// Notes what a child has used that was waited for.
    pub(super) fn add_child(&self, child: &Self) {
        let time = child.cpu_time() + child.children_time();
        let faults = child.faults() + child.children_faults.load(Ordering::Relaxed);
        self.children_time.fetch_add(time, Ordering::Relaxed);
        self.children_faults.fetch_add(faults, Ordering::Relaxed);
    }
}
