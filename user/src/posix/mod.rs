//! Shared memory and semaphores with POSIX's names, meanings and error numbers (POSIX.1-2017).
//!
//! Every function tells its page's errors and when Commons gives them. An error is the bare number,
//! as POSIX has it, and what POSIX returns through a pointer is returned. Where POSIX leaves a
//! choice, it is made as Linux does, so that programs in C see the same through their library:
//! `/dev/shm/NAME` is the object `/NAME`, `/dev/shm/sem.NAME` the semaphore `/NAME`.

pub mod name;
pub mod sem;

#[cfg(target_os = "none")]
mod mapping;
#[cfg(target_os = "none")]
mod shm;

pub use abi::file::{OpenFlags, Stat};
pub use abi::memory::{MapFlags, Protection};
pub use abi::time::TimeSpec;
pub use sem::{Clock, SEM_VALUE_MAX, Semaphore};

#[cfg(target_os = "none")]
pub use mapping::{
    MS_ASYNC, MS_INVALIDATE, MS_SYNC, mlock, mmap, mprotect, msync, munlock, munmap,
};
#[cfg(target_os = "none")]
pub use sem::{
    NamedSemaphore, sem_clockwait, sem_close, sem_destroy, sem_getvalue, sem_init, sem_list,
    sem_open, sem_post, sem_timedwait, sem_trywait, sem_unlink, sem_wait,
};
#[cfg(target_os = "none")]
pub use shm::{fstat, ftruncate, shm_open, shm_unlink};

/// An outcome with a bare error number, as POSIX has it.
pub type Outcome<T> = core::result::Result<T, abi::Errno>;
