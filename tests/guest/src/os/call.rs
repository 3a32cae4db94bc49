//! The one instruction that calls the kernel.

use abi::signal::Signal;
use abi::{Errno, Sysno, errno};
use core::arch::asm;
use core::sync::atomic::{AtomicU32, Ordering};

/// Calls that the process makes before it is killed, and one more; 0 for one that is not to be.
static CALLS_LEFT: AtomicU32 = AtomicU32::new(0);

/// What a call gives.
pub type Answer<T = u64> = Result<T, Errno>;

/// Has the process killed in place of its call with this number, counted from 1.
pub fn die_at_call(number: u32) {
    CALLS_LEFT.store(number, Ordering::Relaxed);
}

fn die_if_it_is_time() {
    if CALLS_LEFT.load(Ordering::Relaxed) != 0 && CALLS_LEFT.fetch_sub(1, Ordering::Relaxed) == 1 {
        let own = raw(Sysno::Getpid as u64, []).unwrap_or(0);
        ignore(raw(Sysno::Kill as u64, [own, Signal::KILL as u64]));
    }
}

/// Makes a call.
pub fn call<const N: usize>(number: Sysno, arguments: [u64; N]) -> Answer {
    raw(number as u64, arguments)
}

/// Makes a call with any number.
///
/// The kernel may store where the arguments say. That is as safe as its caller: buffers are passed
/// as exclusive slices by the functions of `os`, and hostile arguments only in children that exist
/// to be harmed.
pub fn raw<const N: usize>(number: u64, arguments: [u64; N]) -> Answer {
    die_if_it_is_time();
    let argument = |index: usize| arguments.get(index).copied().unwrap_or(0);
    let mut x0 = argument(0);
    // SAFETY: see above; the kernel changes no register but x0.
    unsafe {
        asm!(
            "svc #0",
            inlateout("x0") x0,
            in("x1") argument(1),
            in("x2") argument(2),
            in("x3") argument(3),
            in("x4") argument(4),
            in("x5") argument(5),
            in("x8") number,
            options(nostack)
        );
    }
    errno::decode(x0)
}

/// Takes note of an answer that changes nothing for the test.
pub fn ignore<T>(_: Answer<T>) {}
