//! Calls about traces.

use super::{Outcome, invoke, optional, signed};
use abi::Sysno;
use abi::file::OpenFlags;
use abi::time::TimeSpec;

/// Makes a trace with a ring of so many bytes.
pub fn trace_create(bytes: u64, text_max: u64, flags: OpenFlags) -> Outcome<i32> {
    // SAFETY: no address is passed.
    unsafe { invoke(Sysno::TraceCreate, [bytes, text_max, u64::from(flags.bits())]) }
        .map(|fd| fd as i32)
}

/// Records a process's calls from now on.
pub fn trace_attach(fd: i32, pid: u32, flags: u32) -> Outcome<()> {
    // SAFETY: no address is passed.
    unsafe { invoke(Sysno::TraceAttach, [signed(fd), u64::from(pid), u64::from(flags)]) }.map(drop)
}

/// Gives the ring back up to a position, and waits for what is behind it.
pub fn trace_wait(fd: i32, read: u64, timeout: Option<&TimeSpec>) -> Outcome<u64> {
    // SAFETY: the kernel reads the time; what it writes to the ring is behind the position.
    unsafe { invoke(Sysno::TraceWait, [signed(fd), read, optional(timeout)]) }
}
