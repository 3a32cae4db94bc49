//! Threads and the cores that run them.
//!
//! Each core has a run queue of its own and takes from others when it is idle. A thread blocks
//! by `park` and is made ready by `unpark` (`state` has the protocol between the two); wait
//! queues and futexes are made of these. There is no periodic tick: a core's timer is set for
//! its next deadline, or for the end of a time slice if somebody waits for the core.

mod announcement;
mod attributes;
mod chain;
mod check;
mod clock;
mod core_choice;
mod core_state;
mod current;
pub mod futex;
mod idle;
mod line;
mod listeners;
mod place;
mod rest;
mod run_queue;
mod sleep_lock;
mod stand_still;
mod state;
mod switch;
mod thread;
mod timers;
mod wait_queue;
mod waits_in;
mod work;

pub use announcement::{Announcement, Interest};
pub use attributes::{Attributes, Policy};
pub use check::check;
pub use clock::{online_cores, statistics};
pub use core_state::{arm_timer, slice_is_used};
pub use current::{
    Current, CurrentProcess, CurrentSpace, current, current_if_any, current_pid, current_process,
    current_space, process_if_any,
};
pub use listeners::{Cause, Relay};
pub use rest::rest;
pub use sleep_lock::{SleepGuard, SleepLock};
pub use stand_still::{Standstill, while_all_stand_still};
pub use switch::{
    begin_child, begin_thread, end_thread, end_thread_for, idle_loop, park, start, yield_now,
};
pub use thread::{Thread, ThreadEntry};
pub use timers::{Ring, Timer, handle_timer, ring_at};
pub use wait_queue::{WaitError, WaitQueue};
pub use work::Task;

/// Another core wants this one to stand still for a moment, or to look at its run queue: that it does on
/// its way out of the kernel, or when it goes on idling.
pub fn handle_ipi() {
    stand_still::stand_if_wanted();
}
