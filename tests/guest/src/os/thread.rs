//! Threads and other forms of `clone`.

use super::{ANONYMOUS, Answer, PAGE, SECOND, call, futex_wait};
use crate::touch;
use abi::process::CloneFlags;
use abi::{Errno, Sysno, errno};
use core::arch::global_asm;

/// What a thread runs; its result is the status of its `exit`.
pub type Entry = extern "C" fn(u64) -> i32;

/// What C libraries ask for when they make a thread.
pub const THREAD: CloneFlags = CloneFlags::VM
    .union(CloneFlags::FS)
    .union(CloneFlags::FILES)
    .union(CloneFlags::SIGHAND)
    .union(CloneFlags::THREAD)
    .union(CloneFlags::SYSVSEM)
    .union(CloneFlags::SETTLS)
    .union(CloneFlags::PARENT_SETTID)
    .union(CloneFlags::CHILD_CLEARTID);

/// A thread's stack, with the word that is its number until it ends at the bottom.
pub const STACK: u64 = 4 * PAGE;

// guest_clone: as the call `clone`; the child takes a function and its argument from its stack and
// ends by `exit` with what that returns. guest_vfork: `clone` with the flags in x0 and the caller's
// stack; the child, which must not return from here, makes the call with the number in x1 and the
// arguments in x2 to x4, and ends with 77 if that returns.
global_asm!(
    ".globl guest_clone",
    "guest_clone:",
    "mov x8, #220",
    "svc #0",
    "cbnz x0, 1f",
    "ldp x1, x0, [sp], #16",
    "mov x29, xzr",
    "mov x30, xzr",
    "blr x1",
    "mov x8, #93",
    "svc #0",
    "brk #1",
    ".globl guest_vfork",
    "guest_vfork:",
    "mov x9, x1",
    "mov x10, x2",
    "mov x11, x3",
    "mov x12, x4",
    "mov x1, xzr",
    "mov x2, xzr",
    "mov x3, xzr",
    "mov x4, xzr",
    "mov x8, #220",
    "svc #0",
    "cbnz x0, 1f",
    "mov x8, x9",
    "mov x0, x10",
    "mov x1, x11",
    "mov x2, x12",
    "svc #0",
    "mov x8, #94",
    "mov x0, #77",
    "svc #0",
    "1: ret",
);

// SAFETY: the assembly above defines both with these signatures.
unsafe extern "C" {
    fn guest_clone(flags: u64, stack: u64, parent_tid: u64, tls: u64, child_tid: u64) -> u64;
    fn guest_vfork(flags: u64, number: u64, x0: u64, x1: u64, x2: u64) -> u64;
}

/// `clone` with everything; the child runs the function on the stack that ends at `top`.
pub fn clone_at(
    flags: u64,
    top: u64,
    (entry, argument): (Entry, u64),
    [parent_tid, tls, child_tid]: [u64; 3],
) -> Answer {
    let stack = top - 16;
    touch::store(stack, (entry as *const ()).addr() as u64);
    touch::store(stack + 8, argument);
    // SAFETY: the child has a stack of its own with what it takes from there, and never returns.
    errno::decode(unsafe { guest_clone(flags, stack, parent_tid, tls, child_tid) })
}

/// A child on the caller's stack, in the caller's memory, that makes one call; then goes on.
pub fn vfork(flags: CloneFlags, number: Sysno, arguments: [u64; 3]) -> Answer {
    let [x0, x1, x2] = arguments;
    // SAFETY: the child stores nothing and leaves by the call or by `exit_group`.
    errno::decode(unsafe { guest_vfork(flags.bits(), number as u64, x0, x1, x2) })
}

/// A thread that was started.
#[derive(Clone, Copy, Debug, Default)]
pub struct Thread {
    /// Its number.
    pub tid: u64,
    /// Where its stack begins; the first word is its number until it ends.
    pub stack: u64,
}

/// Starts a thread on a stack that is there already.
pub fn start_thread_on(stack: u64, entry: Entry, argument: u64) -> Answer<Thread> {
    let words = [stack, stack + 64, stack];
    let tid = clone_at(THREAD.bits(), stack + STACK, (entry, argument), words)?;
    Ok(Thread { tid, stack })
}

/// Starts a thread.
pub fn start_thread(entry: Entry, argument: u64) -> Answer<Thread> {
    let stack = super::map(STACK, ANONYMOUS);
    start_thread_on(stack, entry, argument).inspect_err(|_| {
        let _ = super::unmap(stack, STACK);
    })
}

/// Waits until a thread has ended; false if that takes too long.
pub fn join_only(thread: &Thread) -> bool {
    loop {
        let tid = touch::load_word(thread.stack);
        if tid == 0 {
            return true;
        }
        if futex_wait(thread.stack, tid, Some(30 * SECOND)) == Err(Errno::ETIMEDOUT) {
            return false;
        }
    }
}

/// Waits until a thread has ended, and gives its stack back.
pub fn join(thread: Answer<Thread>) -> bool {
    let Ok(thread) = thread else { return false };
    join_only(&thread) && super::unmap(thread.stack, STACK).is_ok()
}

/// Ends the calling thread.
pub fn exit_thread(status: i32) -> ! {
    loop {
        let _ = call(Sysno::Exit, [status as u64]);
    }
}

/// The calling thread's number.
pub fn own_tid() -> u64 {
    call(Sysno::Gettid, []).unwrap_or(0)
}
