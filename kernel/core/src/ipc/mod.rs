//! System V's interprocess communication (sysvipc(7)): objects that are known by numbers, found by
//! keys, and stay until somebody takes them away.
//!
//! `table` has numbers and keys of all three kinds, `ownership` says who may; `segment` is shared
//! memory, `semaphore` sets of semaphores, `message` queues.

pub mod message;
mod ownership;
pub mod segment;
pub mod semaphore;
mod table;

#[cfg(test)]
mod tests;

pub use ownership::{NewOwner, Ownership, Right};
pub use table::Key;

use crate::process::Credentials;
use crate::{day, sched};

/// Who does something to an object.
#[derive(Clone, Copy, Debug)]
pub struct Caller {
    /// Its number.
    pub pid: u32,
    /// Who it is.
    pub credentials: Credentials,
}

impl Caller {
    /// The process that calls.
    pub fn current() -> Self {
        let process = sched::current_process();
        Self { pid: process.pid, credentials: process.credentials() }
    }
}

/// The time of day in seconds, as these objects note it.
fn now() -> i64 {
    (day::now() / 1_000_000_000) as i64
}
