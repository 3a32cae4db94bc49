//! Threads that wait, with the kernel's own rules of parking.

#[path = "../../../../kernel/core/src/sched/announcement.rs"]
pub mod announcement;
#[path = "../../../../kernel/core/src/sched/chain.rs"]
pub mod chain;
#[path = "../../../../kernel/core/src/sched/futex/mod.rs"]
pub mod futex;
#[path = "../../../../kernel/core/src/sched/idle.rs"]
pub mod idle;
#[path = "../../../../kernel/core/src/sched/line.rs"]
mod line;
#[path = "../../../../kernel/core/src/sched/listeners.rs"]
pub mod listeners;
#[path = "../../../../kernel/core/src/sched/place.rs"]
pub mod place;
#[path = "../../../../kernel/core/src/sched/sleep_lock.rs"]
pub mod sleep_lock;
#[path = "../../../../kernel/core/src/sched/state.rs"]
pub mod state;
#[path = "../../../../kernel/core/src/sched/wait_queue.rs"]
pub mod wait_queue;
#[path = "../../../../kernel/core/src/sched/waits_in.rs"]
mod waits_in;
#[path = "../../../../kernel/core/src/sched/work.rs"]
pub mod work;

/// What stands for the kernel's threads.
pub mod thread {
    use super::futex::Sleep;
    use super::state::{Step, ThreadState};
    use super::waits_in::WaitsIn;
    use super::work::{Task, Work};
    use crate::Gate;
    use alloc::sync::Arc;

    /// A thread, on a core of its own.
    pub struct Thread {
        /// What it is doing.
        pub state: ThreadState,
        /// What it has to do.
        pub work: Work,
        pub(in super::super) futex: Sleep,
        pub(in super::super) waits_in: WaitsIn,
        /// Its core's run queue.
        pub chosen: Gate,
    }

    impl Thread {
        /// One that runs.
        pub fn running() -> Arc<Self> {
            Arc::new(Self {
                state: ThreadState::running(),
                work: Work::new(),
                futex: Sleep::new(),
                waits_in: WaitsIn::new(),
                chosen: Gate::default(),
            })
        }

        /// Whether a signal has to be acted on.
        pub fn is_interrupted(&self) -> bool {
            self.work.has(Task::Interrupt)
        }

        /// The same: no thread ends otherwise.
        pub fn is_ending(&self) -> bool {
            self.is_interrupted()
        }

        /// Makes it go on.
        pub fn unpark(self: &Arc<Self>) {
            if self.state.unpark() == Step::Enqueue {
                self.chosen.open();
            }
        }

        /// The same.
        pub fn unpark_owned(self: Arc<Self>) {
            self.unpark();
        }

        /// Makes its waits end.
        pub fn interrupt(self: &Arc<Self>) {
            self.work.add(Task::Interrupt);
            self.unpark();
        }
    }
}

/// What stands for the running thread.
pub mod current {
    use super::thread::Thread;
    use alloc::sync::Arc;
    use core::ops::Deref;
    use std::cell::RefCell;

    loom::thread_local! {
        static CURRENT: RefCell<Option<Arc<Thread>>> = RefCell::new(None);
    }

    /// The thread that runs the code that holds this.
    pub struct Current(Arc<Thread>);

    impl Current {
        /// A share in it.
        pub fn to_arc(&self) -> Arc<Thread> {
            self.0.clone()
        }
    }

    impl Deref for Current {
        type Target = Thread;

        fn deref(&self) -> &Thread {
            &self.0
        }
    }

    /// The running thread.
    pub fn current() -> Current {
        let thread = CURRENT.with(|current| current.borrow().clone());
        Current(thread.expect("a model's code runs on threads that were started for it"))
    }

    /// Lets some code run as a thread, on this thread of loom's.
    pub fn run_as<T>(thread: Arc<Thread>, code: impl FnOnce() -> T) -> T {
        CURRENT.with(|current| *current.borrow_mut() = Some(thread));
        let outcome = code();
        CURRENT.with(|current| *current.borrow_mut() = None);
        outcome
    }
}

/// What stands for the switch to another thread.
pub mod switch {
    use super::current::current;
    use super::state::Step;

    /// Waits until somebody unparks this thread. What the core goes on with is the last step of the switch, and
    /// then this thread, when it is in the run queue.
    pub fn park(_deadline: Option<u64>) {
        let thread = current();
        if thread.state.park() == Step::Nothing {
            return;
        }
        if thread.state.left() == Step::Nothing {
            thread.chosen.pass();
        }
        thread.state.chosen();
    }
}
