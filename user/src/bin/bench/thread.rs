//! Threads that sleep on a word until it is no longer 0, and then end: to have many of them.

use abi::Sysno;
use abi::errno;
use abi::process::CloneFlags;
use core::arch::asm;
use core::sync::atomic::AtomicU32;
use user::error::{Context, Result};

/// Starts one. It needs no stack: all it has is in registers.
pub fn start_sleeper(word: &'static AtomicU32) -> Result<u32> {
    let flags = CloneFlags::VM
        | CloneFlags::FS
        | CloneFlags::FILES
        | CloneFlags::SIGHAND
        | CloneFlags::THREAD
        | CloneFlags::SYSVSEM;
    let result: u64;
    // SAFETY: the thread stays within these instructions, touches nothing but the word, which
    // lives for ever, and ends here; the caller goes on behind them with its registers kept.
    unsafe {
        asm!(
            "svc #0",
            "cbnz x0, 4f",
            "2: ldr {seen:w}, [{word}]",
            "cbnz {seen:w}, 3f",
            "mov x0, {word}",
            "mov x1, #0",
            "mov x2, #0",
            "mov x3, #0",
            "mov x8, {wait}",
            "svc #0",
            "b 2b",
            "3: mov x0, #0",
            "mov x8, {exit}",
            "svc #0",
            "4:",
            inout("x8") Sysno::Clone as u64 => _,
            inout("x0") flags.bits() => result,
            inout("x1") 0_u64 => _,
            inout("x2") 0_u64 => _,
            inout("x3") 0_u64 => _,
            in("x4") 0_u64,
            word = in(reg) word.as_ptr(),
            wait = in(reg) Sysno::Futex as u64,
            exit = in(reg) Sysno::Exit as u64,
            seen = out(reg) _,
        );
    }
    errno::decode(result).map(|tid| tid as u32).context("a thread")
}
