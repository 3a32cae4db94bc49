//! The system that semaphores use: futexes, and files in `/dev/shm`.

use super::named::Store;
use super::object::{Clock, Deadline, Futex, Semaphore};
use super::table::Identity;
use crate::fs::OwnedFd;
use crate::posix::{Outcome, name};
use crate::syscall::{file, memory, process};
use abi::Errno;
use abi::file::OpenFlags;
use abi::memory::{MapFlags, Protection};
use alloc::ffi::CString;
use alloc::format;
use core::ffi::CStr;
use core::ptr::NonNull;
use core::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// The system calls.
pub struct Kernel;

impl Futex for Kernel {
    fn wait(&self, data: &AtomicU64, expected: u32, deadline: Option<Deadline>) -> Outcome<()> {
        let clock = match deadline {
            Some(Deadline { clock: Clock::RealTime, .. }) => memory::FutexClock::RealTime,
            _ => memory::FutexClock::Monotonic,
        };
        let time = deadline.map(|deadline| deadline.time);
        memory::futex_wait_until(low_half(data), expected, clock, time.as_ref())
    }

    fn wake(&self, data: &AtomicU64, count: u32) {
        // It fails for a word that is not mapped any more, which nobody sleeps on.
        let _ = memory::futex_wake_at(low_half(data), count);
    }
}

/// The address of the lower half, which the kernel looks at.
const fn low_half(data: &AtomicU64) -> *const u32 {
    data.as_ptr().cast_const().cast()
}

impl Store for Kernel {
    type File = OwnedFd;

    fn open(&self, path: &CStr, flags: OpenFlags, mode: u32) -> Outcome<OwnedFd> {
        file::openat(path, flags, mode & 0o7777).map(OwnedFd::from_raw)
    }

    fn identify(&self, file: &OwnedFd) -> Outcome<(Identity, u64)> {
        let stat = file::fstat(file.as_raw())?;
        let length = u64::try_from(stat.st_size).unwrap_or(0);
        Ok((Identity { device: stat.st_dev, inode: stat.st_ino }, length))
    }

    fn write(&self, file: &OwnedFd, bytes: &[u8]) -> Outcome<()> {
        match file::write(file.as_raw(), bytes)? {
            count if count == bytes.len() => Ok(()),
            _ => Err(Errno::ENOSPC),
        }
    }

    fn map(&self, file: &OwnedFd) -> Outcome<NonNull<Semaphore>> {
        let rights = Protection::READ | Protection::WRITE;
        let bytes = size_of::<Semaphore>();
        // SAFETY: without `FIXED` the kernel chooses addresses that are not in use.
        let address =
            unsafe { memory::mmap(0, bytes, rights, MapFlags::SHARED, file.as_raw(), 0) }?;
        NonNull::new(address as *mut Semaphore).ok_or(Errno::ENOMEM)
    }

    fn link(&self, old: &CStr, new: &CStr) -> Outcome<()> {
        file::linkat(old, new)
    }

    fn unlink(&self, path: &CStr) -> Outcome<()> {
        file::unlinkat(path, 0)
    }

    fn fresh_path(&self) -> CString {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        // Not a semaphore's name, so that no listing shows one that is being made.
        let path = format!("{}/.sem-{}-{number}", name::DIRECTORY, process::getpid());
        CString::new(path).unwrap_or_default()
    }
}
