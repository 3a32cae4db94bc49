//! A trace: its descriptor, and the view of its ring.

use super::record::{self, Record};
use crate::error::{Context, Error, Result};
use crate::fs::OwnedFd;
use crate::poll;
use crate::process::Pid;
use crate::shared::SharedMemory;
use crate::syscall::{memory, trace as call};
use abi::Errno;
use abi::file::OpenFlags;
use abi::memory::{MapFlags, Protection};
use abi::time::TimeSpec;
use abi::trace::TRACE_FOLLOW;
use alloc::format;
use alloc::vec::Vec;
use core::ptr::NonNull;
use core::time::Duration;

/// Room for some thousand calls, so that who is traced seldom waits.
const RING_BYTES: u64 = 256 << 10;

/// Whether processes that a traced one makes are traced, too.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Follow {
    /// They are.
    Yes,
    /// They are not.
    No,
}

/// What a wait has come to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Step {
    /// Something has happened.
    Records(Vec<Record>),
    /// One of the signals has come.
    Interrupted,
    /// There is nobody left who is traced.
    Over,
}

/// A trace, until it is dropped: then everybody goes on untraced.
#[derive(Debug)]
pub struct Trace {
    fd: OwnedFd,
    ring: SharedMemory<'static>,
    /// How far the ring was read.
    read: u64,
}

impl Trace {
    /// A trace of nobody, which keeps so many bytes of strings and buffers.
    pub fn new(text_max: u32) -> Result<Self> {
        let fd = call::trace_create(RING_BYTES, text_max.into(), OpenFlags::CLOSE_ON_EXEC);
        let fd = OwnedFd::from_raw(fd.context("trace")?);
        let length = RING_BYTES as usize;
        let (rights, flags) = (Protection::READ, MapFlags::SHARED);
        // SAFETY: without `FIXED` the kernel chooses addresses that are not in use.
        let address = unsafe { memory::mmap(0, length, rights, flags, fd.as_raw(), 0) };
        let base = NonNull::new(address.context("trace")? as *mut u8);
        let base = base.ok_or_else(|| Error::new(Errno::EFAULT, "trace"))?;
        // SAFETY: the kernel has mapped it for this alone, and nothing unmaps it: the process ends
        // with its trace.
        let ring = unsafe { SharedMemory::new(base, length) };
        Ok(Self { fd, ring, read: 0 })
    }

    /// Traces a process from now on.
    pub fn attach(&self, pid: Pid, follow: Follow) -> Result<()> {
        let flags = if follow == Follow::Yes { TRACE_FOLLOW } else { 0 };
        call::trace_attach(self.fd.as_raw(), pid.0, flags).map_err(|errno| {
            let error = Error::new(errno, format!("process {pid}"));
            match errno {
                Errno::ESRCH => error.problem("no such process").advice("ps shows them"),
                Errno::EPERM if pid == crate::process::id() => {
                    error.problem("a process cannot trace itself")
                }
                Errno::EPERM => error
                    .problem("it runs with the rights of another user")
                    .advice("root may trace it: as root strace …"),
                Errno::EBUSY => error.problem("it is traced already"),
                Errno::EAGAIN => error.problem("too many processes in one trace"),
                _ => error,
            }
        })
    }

    /// Waits until something has happened that was not told yet, or one of these signals was noted.
    pub fn wait(&mut self, signals: u64) -> Result<Step> {
        let at_once = TimeSpec::default();
        loop {
            // It also says how far the ring was read, so that others find room.
            match call::trace_wait(self.fd.as_raw(), self.read, Some(&at_once)) {
                Ok(written) if written == self.read => return Ok(Step::Over),
                Ok(written) => return self.records_up_to(written).map(Step::Records),
                Err(Errno::ETIMEDOUT) => {
                    if !poll::readable_unless_caught(self.fd.as_raw(), signals)? {
                        return Ok(Step::Interrupted);
                    }
                }
                Err(Errno::EINTR) => {}
                Err(errno) => return Err(Error::new(errno, "trace")),
            }
        }
    }

    /// Whether nothing happens for a moment, which is waited for.
    pub fn is_quiet_for(&self, moment: Duration) -> bool {
        let moment = TimeSpec::from_duration(moment);
        call::trace_wait(self.fd.as_raw(), self.read, Some(&moment)).is_err()
    }

    fn records_up_to(&mut self, written: u64) -> Result<Vec<Record>> {
        let broken = || Error::message("trace: a record that this program does not know");
        let mut bytes = Vec::new();
        let mut at = self.read;
        while at < written {
            let offset = (at % RING_BYTES) as usize;
            let length = ((written - at) as usize).min(self.ring.len() - offset);
            self.ring.append_to(&mut bytes, offset, length).ok_or_else(broken)?;
            at += length as u64;
        }
        let mut records = Vec::new();
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let size = record::size(rest).filter(|size| *size <= rest.len()).ok_or_else(broken)?;
            let (bytes, later) = rest.split_at(size);
            records.push(record::parse(bytes).ok_or_else(broken)?);
            rest = later;
        }
        self.read = written;
        Ok(records)
    }
}
