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

/// The length of a region that leaves so many bytes to others: a table for each of its units is set aside
/// for it, too.
pub fn all_but(bytes: u64) -> u64 {
    let free = os::memory_info().map_or(0, |memory| memory.free - memory.promised);
    free.saturating_sub(bytes / os::PAGE) * UNIT / (UNIT + 1) * os::PAGE
}

/// Pages of a unit.
const UNIT: u64 = 512;

/// How far the kernel's heap may be above what it was, in bytes. Lists keep some room for what comes next:
/// that of a process's views up to 31 free places, of some 100 bytes each. What leaks with every round of
/// the work is more.
const HEAP_SLACK: u64 = 8192;

/// The count of frames that are free or the kernel's heap's, and of the bytes that are in use there: how
/// many pages these bytes lie in depends on which core freed what first.
fn besides_heap() -> (u64, u64) {
    os::memory_info().map_or((0, 0), |info| (info.free + info.heap, info.heap_bytes))
}

/// Runs the work once to warm up and once with the frames counted before and after, and with the bytes in
/// the kernel's heap.
pub fn unchanged(checks: &mut Checks, name: &str, mut work: impl FnMut()) {
    work();
    settled(None);
    let before = besides_heap();
    let uses = os::memory_info();
    work();
    let begin = os::now();
    let mut after = besides_heap();
    while !is_same(before, after) && os::now() - begin < SETTLING {
        let_others();
        after = besides_heap();
    }
    if !is_same(before, after) {
        tell(uses);
        tell(os::memory_info());
    }
    checks.that(name, is_same(before, after));
}

/// Lets the other cores do what they have to, also where an emulator plays them one by one and goes on to the next
/// only when this one rests.
fn let_others() {
    os::ignore(os::sleep(os::MILLISECOND / 2));
}

fn is_same(before: (u64, u64), after: (u64, u64)) -> bool {
    // Fewer bytes are no leak: what had ended before the work may be freed during it.
    before.0 == after.0 && after.1 < before.1 + HEAP_SLACK
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
        let_others();
        let next = free();
        if next != count {
            (count, since) = (next, os::now());
        }
    }
}
