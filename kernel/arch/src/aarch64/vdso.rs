//! The code for user mode, which lies in the kernel's constants.

use crate::addr::PAGE_SIZE;
use core::arch::global_asm;
use core::mem::offset_of;
use core::slice;

pub use crate::vdso_layout::{CODE_AT, ClockData, Code, Function};

global_asm!(
    include_str!("vdso.S"),
    CODE_AT = const CODE_AT,
    PAGE_SIZE = const PAGE_SIZE,
    DATA_BOOT = const offset_of!(ClockData, boot),
    DATA_SHIFT = const offset_of!(ClockData, shift),
);

// SAFETY: `vdso.S` defines all of them; they are constants.
unsafe extern "C" {
    safe static vdso_code_start: u8;
    safe static vdso_code_end: u8;
    safe static vdso_rt_sigreturn: u8;
    safe static vdso_clock_gettime: u8;
    safe static vdso_gettimeofday: u8;
    safe static vdso_clock_getres: u8;
}

/// The code.
pub fn code() -> Code {
    let start = &raw const vdso_code_start;
    let function = |name, place: *const u8| Function { name, offset: place.addr() - start.addr() };
    let length = (&raw const vdso_code_end).addr() - start.addr();
    Code {
        // SAFETY: from the first symbol to the last lie constants of the kernel.
        bytes: unsafe { slice::from_raw_parts(start, length) },
        functions: [
            function("__kernel_rt_sigreturn", &raw const vdso_rt_sigreturn),
            function("__kernel_clock_gettime", &raw const vdso_clock_gettime),
            function("__kernel_gettimeofday", &raw const vdso_gettimeofday),
            function("__kernel_clock_getres", &raw const vdso_clock_getres),
        ],
    }
}
