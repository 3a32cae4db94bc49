//! Processes: what owns an address space, descriptors and credentials, and has threads.
//!
//! `table` knows all processes and how they are related, `exit` and `wait` are the two halves of
//! a process's end, `clone`, `fork` and `exec` of its beginning; `threads` are those it has.

mod acting;
mod check;
mod clone;
mod credentials;
pub mod ended;
mod exec;
mod exit;
mod fork;
mod limits;
mod list;
mod load;
mod number_map;
mod numbers;
mod object;
mod release;
mod robust;
pub mod signal;
mod table;
mod threads;
pub mod trace;
mod usage;
mod wait;

#[cfg(test)]
mod tests;

pub use check::{check, spaces};
pub use clone::{CloneRequest, clone};
pub use credentials::{Credentials, Groups, Identities, Identity, Privilege};
pub use exec::{ADDR_NO_RANDOMIZE, exec};
pub use exit::{exit_group, exit_thread, thread_has_left};
pub use fork::start_first;
pub use list::{list, next_process, record_of};
#[cfg(feature = "testing")]
pub use load::{Chance, Loaded, program as load_program};
pub use object::{Files, Process};
pub use table::{
    INIT, all, count, current_group, current_session, find, find_child, find_thread,
    is_group_of_session, set_group, set_session,
};
pub use wait::{Change, News, Patience, WaitFor, Wanted, wait};
