//! Descriptors: owned, duplicated, in pairs.

use crate::error::{Context, Result};
use crate::io;
use crate::syscall::file as call;
use abi::file::{F_SETFD, FD_CLOEXEC, OpenFlags};
use alloc::format;

/// A descriptor that is closed when it is dropped.
#[derive(Debug)]
pub struct OwnedFd(i32);

impl OwnedFd {
    /// Takes over a descriptor that the process has open.
    pub const fn from_raw(fd: i32) -> Self {
        Self(fd)
    }

    /// The number.
    pub const fn as_raw(&self) -> i32 {
        self.0
    }

    /// Gives the number up without closing it.
    pub const fn into_raw(self) -> i32 {
        let fd = self.0;
        core::mem::forget(self);
        fd
    }

    /// Opens another descriptor for the same.
    pub fn duplicate(&self) -> Result<Self> {
        duplicate(self.0)
    }
}

impl Drop for OwnedFd {
    fn drop(&mut self) {
        // A descriptor that is closed already is closed.
        let _ = call::close(self.0);
    }
}

/// Opens another descriptor for the same as one that stays open, whoever's it is.
pub fn duplicate(fd: i32) -> Result<OwnedFd> {
    call::dup(fd).context(format!("descriptor {fd}")).map(OwnedFd)
}

/// Makes a pipe: the reading and the writing end, both closed at exec.
pub fn pipe() -> Result<(OwnedFd, OwnedFd)> {
    let [reader, writer] = call::pipe2(OpenFlags::CLOSE_ON_EXEC).context("pipe")?;
    Ok((OwnedFd(reader), OwnedFd(writer)))
}

/// Makes descriptor `target` refer to what `fd` does; it stays open at exec.
pub fn dup_to(fd: i32, target: i32) -> Result<()> {
    if target == io::STDOUT {
        // What was printed so far belongs to the old target.
        let _ = io::flush();
    }
    if fd == target {
        call::fcntl(fd, F_SETFD, 0).map(drop)
    } else {
        call::dup3(fd, target, OpenFlags::empty()).map(drop)
    }
    .context(format!("descriptor {fd}"))?;
    if target == io::STDOUT {
        io::forget_mode();
    }
    Ok(())
}

/// Has a descriptor closed at exec.
pub fn close_at_exec(fd: i32) -> Result<()> {
    call::fcntl(fd, F_SETFD, u64::from(FD_CLOEXEC)).context(format!("descriptor {fd}")).map(drop)
}
