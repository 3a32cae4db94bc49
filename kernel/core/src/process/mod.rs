//! Processes: what owns an address space, descriptors and credentials, and has threads.
//!
//! `table` knows all processes and how they are related, `exit` and `wait` are the two halves of
//! a process's end, `fork` and `exec` of its beginning.

mod credentials;
mod exec;
mod exit;
mod fork;
mod list;
mod numbers;
mod object;
pub mod signal;
mod table;
mod wait;

#[cfg(test)]
mod tests;

pub use credentials::Credentials;
pub use exec::exec;
pub use exit::{exit_group, exit_thread, thread_has_left};
pub use fork::{fork, start_first};
pub use list::{list, next_process, record_of};
pub use object::{Files, Process};
pub use table::{
    INIT, count, current_group, current_session, find, find_child, is_group_of_session, set_group,
    set_session,
};
pub use wait::{Ended, Patience, WaitFor, wait};
