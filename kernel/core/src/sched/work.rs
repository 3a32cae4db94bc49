//! What a thread has to do before its program goes on: one word, so that a call looks once.
//!
//! Others set bits at any time, and see to it that the thread enters the kernel if it runs its
//! program just then.

use crate::atomic::{AtomicU32, Ordering};

/// One thing to do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u32)]
pub enum Task {
    /// To act on signals, or to end; a wait ends for it.
    Interrupt = 1 << 0,
    /// To look whether it may stay on its core.
    Place = 1 << 1,
    /// To forget the deadline of a call that was to be made again, which another call has replaced.
    Resumption = 1 << 2,
    /// To tell who waits for messages of the kernel.
    News = 1 << 3,
    /// To look whether its calls are to be recorded.
    Trace = 1 << 4,
}

/// A set of tasks.
pub struct Work(AtomicU32);

impl Work {
    /// Nothing.
    pub const fn new() -> Self {
        Self(AtomicU32::new(0))
    }

    /// Adds a task.
    pub fn add(&self, task: Task) {
        self.0.fetch_or(task as u32, Ordering::AcqRel);
    }

    /// Takes a task out; whether it was there.
    pub fn take(&self, task: Task) -> bool {
        self.has(task) && self.0.fetch_and(!(task as u32), Ordering::AcqRel) & task as u32 != 0
    }

    /// Whether the task is to be done.
    #[inline]
    pub fn has(&self, task: Task) -> bool {
        self.0.load(Ordering::Acquire) & task as u32 != 0
    }

    /// Whether there is anything to do, as far as this core knows: for what is set after this the
    /// thread is made to enter the kernel again.
    #[inline]
    pub fn is_any(&self) -> bool {
        self.0.load(Ordering::Relaxed) != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_is_done_once_and_leaves_the_others() {
        let work = Work::new();
        work.add(Task::Interrupt);
        work.add(Task::News);
        assert!(work.take(Task::News));
        assert!(!work.take(Task::News));
        assert!(work.has(Task::Interrupt) && work.is_any());
        assert!(work.take(Task::Interrupt));
        assert!(!work.is_any());
    }
}
