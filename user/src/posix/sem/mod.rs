//! Semaphores that processes share, with a name or in shared memory.
//!
//! `object` is the semaphore and how it is waited for; `named` finds it by its name, `table` knows
//! which ones the process has open; `kernel` and `calls` join that to the system.

pub mod named;
mod object;
pub mod table;

#[cfg(target_os = "none")]
mod calls;
#[cfg(target_os = "none")]
mod kernel;

#[cfg(test)]
mod tests;

pub use object::{Clock, Deadline, Futex, SEM_VALUE_MAX, Semaphore};

#[cfg(target_os = "none")]
pub use calls::{
    NamedSemaphore, sem_clockwait, sem_close, sem_destroy, sem_getvalue, sem_init, sem_list,
    sem_open, sem_post, sem_timedwait, sem_trywait, sem_unlink, sem_wait,
};
