//! POSIX's functions on semaphores.

use super::kernel::Kernel;
use super::named;
use super::object::{Clock, Deadline, Semaphore};
use super::table::{Last, Table};
use crate::error::Result;
use crate::fs::read_dir;
use crate::posix::name::{DIRECTORY, SEMAPHORE_PREFIX, missing, semaphore_path};
use crate::posix::{Outcome, shm};
use crate::syscall::{file, memory};
use abi::file::OpenFlags;
use abi::time::TimeSpec;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Deref;
use core::ptr::NonNull;
use spin::Mutex;

static OPEN: Mutex<Table> = Mutex::new(Table::new());

/// An open named semaphore: POSIX's pointer to it. It is closed when it is dropped.
#[derive(Debug, Eq, PartialEq)]
pub struct NamedSemaphore {
    address: NonNull<Semaphore>,
}

// SAFETY: a semaphore is made for being used from everywhere.
unsafe impl Send for NamedSemaphore {}
// SAFETY: as above.
unsafe impl Sync for NamedSemaphore {}

impl NamedSemaphore {
    /// Its address, which is the same each time that the process opens it.
    pub fn address(&self) -> usize {
        self.address.as_ptr() as usize
    }
}

impl Deref for NamedSemaphore {
    type Target = Semaphore;

    fn deref(&self) -> &Semaphore {
        // SAFETY: it is mapped until the last of those who opened it is dropped, and any contents
        // are a semaphore.
        unsafe { self.address.as_ref() }
    }
}

impl Drop for NamedSemaphore {
    fn drop(&mut self) {
        let mut open = OPEN.lock();
        if open.close(self.address) == Last::Yes {
            // SAFETY: this was the last that led there.
            let _ = unsafe { memory::munmap(self.address(), size_of::<Semaphore>()) };
        }
    }
}

/// `sem_open`: opens the semaphore of a name; with `CREATE` it is made with that mode, without the
/// umask's bits, and value if there is none, with `EXCLUSIVE` only if there is none. Other flags are
/// ignored. Opening one again gives the same address, and it is closed as often as it was opened.
///
/// # Errors
/// - `EACCES`: it exists and may not be read and written by the caller.
/// - `EEXIST`: `CREATE` and `EXCLUSIVE`, and it exists.
/// - `EINTR`: does not happen, as nothing waits.
/// - `EINVAL`: not a name (see [`semaphore_path`]), `CREATE` with a value above
///   [`SEM_VALUE_MAX`](super::SEM_VALUE_MAX), or a file of that name that is no semaphore.
/// - `EMFILE`: the process has no descriptor left. `ENFILE`: the system has none.
/// - `ENAMETOOLONG`: more than 251 bytes behind the `/`.
/// - `ENOENT`: no `CREATE`, and no semaphore of that name.
/// - `ENOMEM`: no room to map it. `ENOSPC`: no memory, or no quota, for a new one.
pub fn sem_open(
    name: impl AsRef<[u8]>,
    flags: OpenFlags,
    mode: u32,
    value: u32,
) -> Outcome<NamedSemaphore> {
    let path = semaphore_path(name)?;
    let mut open = OPEN.lock();
    let address = named::open(&Kernel, &mut open, &path, flags, mode, value)?;
    Ok(NamedSemaphore { address })
}

/// `sem_close`: ends the use of a named semaphore; dropping it does the same.
///
/// # Errors
/// - `EINVAL`: not a semaphore, which the type excludes.
pub fn sem_close(semaphore: NamedSemaphore) -> Outcome<()> {
    drop(semaphore);
    Ok(())
}

/// `sem_unlink`: removes a name, which is free at once; those who have it open use it on.
///
/// # Errors
/// - `EACCES`: the caller is neither the semaphore's owner nor root.
/// - `ENAMETOOLONG`: more than 251 bytes behind the `/`.
/// - `ENOENT`: no semaphore of that name, or not a name.
pub fn sem_unlink(name: impl AsRef<[u8]>) -> Outcome<()> {
    let path = semaphore_path(name).map_err(missing)?;
    file::unlinkat(&path, 0).map_err(shm::denied)
}

/// The names of all semaphores, in order. POSIX has no such call; the directory tells.
pub fn sem_list() -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in read_dir(DIRECTORY)? {
        if let Some(name) = entry?.name.strip_prefix(SEMAPHORE_PREFIX) {
            names.push(format!("/{name}"));
        }
    }
    names.sort();
    Ok(names)
}

/// `sem_init`: makes a semaphore without a name, which all who share its memory may use.
///
/// # Errors
/// - `EINVAL`: a value above [`SEM_VALUE_MAX`](super::SEM_VALUE_MAX).
/// - `ENOSPC`, `EPERM`: do not happen, as a semaphore needs nothing but its memory.
pub fn sem_init(semaphore: &Semaphore, value: u32) -> Outcome<()> {
    semaphore.initialise(value)
}

/// `sem_destroy`: ends a semaphore without a name; its memory is all that there is of it.
///
/// # Errors
/// - `EINVAL`: not a semaphore, which the type excludes.
/// - `EBUSY`: not given, as one that was killed while it waited stays counted.
pub fn sem_destroy(_semaphore: &Semaphore) -> Outcome<()> {
    Ok(())
}

/// `sem_wait`: takes one from the value, and waits for that if it is 0.
///
/// # Errors
/// - `EINTR`: a signal came while it waited.
/// - `EDEADLK`: not given; a semaphore has no owner. `EINVAL`: the type excludes it.
pub fn sem_wait(semaphore: &Semaphore) -> Outcome<()> {
    semaphore.wait(&Kernel, None)
}

/// `sem_trywait`: takes one from the value, if it is not 0.
///
/// # Errors
/// - `EAGAIN`: the value is 0.
/// - `EDEADLK`, `EINTR`, `EINVAL`: as for [`sem_wait`]; it does not wait.
pub fn sem_trywait(semaphore: &Semaphore) -> Outcome<()> {
    semaphore.try_wait()
}

/// `sem_timedwait`: as [`sem_wait`], at most until `CLOCK_REALTIME` shows the time. What can be taken
/// at once is taken, whatever the time.
///
/// # Errors
/// - `ETIMEDOUT`: the time was reached.
/// - `EINVAL`: it would wait, and the nanoseconds are below 0 or not below 1,000,000,000.
/// - `EINTR`, `EDEADLK`: as for [`sem_wait`].
pub fn sem_timedwait(semaphore: &Semaphore, until: TimeSpec) -> Outcome<()> {
    sem_clockwait(semaphore, Clock::RealTime, until)
}

/// `sem_clockwait` (POSIX.1-2024): as [`sem_timedwait`], by a clock of the caller's choice.
///
/// # Errors
/// - As for [`sem_timedwait`]; an unknown clock's `EINVAL` is excluded by the type.
pub fn sem_clockwait(semaphore: &Semaphore, clock: Clock, until: TimeSpec) -> Outcome<()> {
    semaphore.wait(&Kernel, Some(Deadline { clock, time: until }))
}

/// `sem_post`: adds one to the value, and wakes one who waits for it.
///
/// # Errors
/// - `EOVERFLOW`: the value is [`SEM_VALUE_MAX`](super::SEM_VALUE_MAX).
/// - `EINVAL`: not a semaphore, which the type excludes.
pub fn sem_post(semaphore: &Semaphore) -> Outcome<()> {
    semaphore.post(&Kernel)
}

/// `sem_getvalue`: the value; 0, and never less, while somebody waits.
///
/// # Errors
/// - `EINVAL`: not a semaphore, which the type excludes.
pub fn sem_getvalue(semaphore: &Semaphore) -> Outcome<i32> {
    Ok(semaphore.value() as i32)
}
