//! Calls on traces.

use super::{Answer, call, fd};
use abi::Sysno;
use abi::time::TimeSpec;
use zerocopy::IntoBytes;

/// A trace with a ring of so many bytes, which keeps so many bytes of a text.
pub fn trace_create(bytes: u64, text_max: u64) -> Answer<i32> {
    call(Sysno::TraceCreate, [bytes, text_max, 0]).map(|fd| fd as i32)
}

/// Traces a process.
pub fn trace_attach(trace: i32, process: u64, flags: u32) -> Answer {
    call(Sysno::TraceAttach, [fd(trace), process, flags.into()])
}

/// Waits for what is behind a position, at most for some nanoseconds.
pub fn trace_wait(trace: i32, read: u64, nanoseconds: u64) -> Answer {
    let time = TimeSpec {
        seconds: (nanoseconds / 1_000_000_000) as i64,
        nanoseconds: (nanoseconds % 1_000_000_000) as i64,
    };
    call(Sysno::TraceWait, [fd(trace), read, time.as_bytes().as_ptr() as u64])
}
