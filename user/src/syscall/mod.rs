//! The system calls: the only `svc`, and one typed stub per call, by subject.
//!
//! Number in x8, arguments in x0–x5, result in x0. A stub takes references, so it is safe unless
//! it says otherwise; errors are bare numbers, to which the layer above adds the context.

pub mod file;
pub mod memory;
pub mod offer;
pub mod process;
pub mod region;
pub mod region_data;
pub mod region_holding;
pub mod screen;
pub mod system;
pub mod terminal;
pub mod topic;
pub mod trace;

use abi::{Errno, Sysno};
use core::arch::asm;
use core::ptr;

/// A call's outcome.
pub type Outcome<T> = Result<T, Errno>;

/// Makes the call.
///
/// # Safety
/// - Addresses among the arguments are good for what the call does with them.
/// - The call changes no memory that Rust code believes to be its own or constant.
#[inline(always)]
unsafe fn invoke<const N: usize>(call: Sysno, arguments: [u64; N]) -> Outcome<u64> {
    let argument = |index: usize| if index < N { arguments[index] } else { 0 };
    let result: u64;
    // SAFETY: the kernel keeps all registers but x0; the effect on memory is the caller's duty.
    unsafe {
        asm!(
            "svc #0",
            in("x8") call as u64,
            inlateout("x0") argument(0) => result,
            in("x1") argument(1),
            in("x2") argument(2),
            in("x3") argument(3),
            in("x4") argument(4),
            in("x5") argument(5),
            options(nostack),
        );
    }
    abi::errno::decode(result)
}

/// Makes any call with any arguments, and gives x0 as it comes back.
///
/// # Safety
/// - The caller stands for whatever the call does with the addresses among the arguments, and with the process.
#[inline(always)]
pub unsafe fn raw(number: u64, arguments: [u64; 6]) -> u64 {
    let result: u64;
    // SAFETY: the kernel keeps all registers but x0; the rest is the caller's duty.
    unsafe {
        asm!(
            "svc #0",
            in("x8") number,
            inlateout("x0") arguments[0] => result,
            in("x1") arguments[1],
            in("x2") arguments[2],
            in("x3") arguments[3],
            in("x4") arguments[4],
            in("x5") arguments[5],
            options(nostack),
        );
    }
    result
}

/// A signed argument, as the register carries it.
const fn signed(value: i32) -> u64 {
    value as i64 as u64
}

/// The address of what the kernel reads, or null.
fn optional<T>(value: Option<&T>) -> u64 {
    value.map_or(ptr::null(), ptr::from_ref) as u64
}
