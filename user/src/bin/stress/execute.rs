//! Making a call, whatever it may do to the process.

use abi::Sysno;
use abi::process::CloneFlags;
use abi::signal::{SIG_BLOCK, SIG_SETMASK};
use core::arch::asm;
use user::syscall::raw;

/// Makes it and gives x0. A new process that has the caller's memory, or a new thread, ends at once: there is one
/// stack for both.
pub fn execute(number: u64, arguments: &[u64; 6]) -> u64 {
    let shares = CloneFlags::VM.bits() | CloneFlags::THREAD.bits() | CloneFlags::VFORK.bits();
    if number == Sysno::Clone as u64 && arguments[0] & shares != 0 {
        let (all, mut mask) = (u64::MAX, 0_u64);
        // A handler of the child's would write into the stack that the caller goes on with.
        own(
            Sysno::RtSigprocmask,
            [SIG_BLOCK.into(), (&raw const all) as u64, (&raw mut mask) as u64, 8],
        );
        let result = clone_and_end(arguments);
        own(Sysno::RtSigprocmask, [SIG_SETMASK.into(), (&raw const mask) as u64, 0, 8]);
        return result;
    }
    // SAFETY: nothing of this process that calls may change by mistake matters to anybody else.
    unsafe { raw(number, *arguments) }
}

fn clone_and_end(arguments: &[u64; 6]) -> u64 {
    let result: u64;
    // SAFETY: the child stays within these instructions, touches no memory, and ends here.
    unsafe {
        asm!(
            "svc #0",
            "cbnz x0, 2f",
            "mov x8, {exit}",
            "svc #0",
            "2:",
            inlateout("x8") Sysno::Clone as u64 => _,
            inlateout("x0") arguments[0] => result,
            in("x1") arguments[1],
            in("x2") arguments[2],
            in("x3") arguments[3],
            in("x4") arguments[4],
            in("x5") arguments[5],
            exit = in(reg) Sysno::Exit as u64,
            options(nostack),
        );
    }
    result
}

/// Makes a call whose arguments are the fuzzer's own.
pub fn own<const N: usize>(call: Sysno, arguments: [u64; N]) -> i64 {
    let mut all = [0; 6];
    for (place, argument) in all.iter_mut().zip(arguments) {
        *place = argument;
    }
    // SAFETY: who calls this passes addresses of its own variables, or none.
    unsafe { raw(call as u64, all) as i64 }
}
