//! Counting free frames, to see that nothing leaks.

use crate::{Checks, os, say};
use abi::memory::MemoryInfo;

/// How long frames of processes that have just ended may take to come back: the last thread of a
/// process gives its kernel stack back only after its parent was told.
const SETTLING: u64 = 2_000_000_000;

/// The kernel's count of free frames; 0 where the kernel has no such call.
pub fn free() -> u64 {
    os::memory_info().map_or(0, |information| information.free)
}

/// Runs the work once to warm up and once with the frames counted before and after.
pub fn unchanged(checks: &mut Checks, name: &str, mut work: impl FnMut()) {
    work();
    let before = settled(None);
    let uses = os::memory_info();
    work();
    let after = settled(Some(before));
    if after != before {
        tell(uses);
        tell(os::memory_info());
    }
    checks.equal(name, after, before);
}

/// Prints what frames are used for, for whoever looks for those that are missing.
fn tell(uses: os::Answer<MemoryInfo>) {
    if let Ok(MemoryInfo { user, tables, stacks, heap, heap_bytes, .. }) = uses {
        say!("user {user} tables {tables} stacks {stacks} heap {heap} ({heap_bytes} bytes)");
    }
}

/// The count when it is as wanted, or when it has had time to be; without a wish, when it holds still.
pub fn settled(wanted: Option<u64>) -> u64 {
    let begin = os::now();
    let mut count = free();
    let mut since = begin;
    loop {
        let now = os::now();
        let is_still = now - since > SETTLING / 20;
        let is_done = wanted.map_or(is_still, |wanted| count == wanted);
        if is_done || now - begin > SETTLING {
            return count;
        }
        os::yield_core();
        let next = free();
        if next != count {
            (count, since) = (next, os::now());
        }
    }
}
