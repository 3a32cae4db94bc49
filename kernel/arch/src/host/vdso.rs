//! Code for user mode that simulated programs do not run.

pub use crate::vdso_layout::{CODE_AT, ClockData, Code, Function};

/// Four functions of one instruction each.
pub const fn code() -> Code {
    const NAMES: [&str; 4] = [
        "__kernel_rt_sigreturn",
        "__kernel_clock_gettime",
        "__kernel_gettimeofday",
        "__kernel_clock_getres",
    ];
    let mut functions = [Function { name: "", offset: 0 }; 4];
    let mut index = 0;
    while index < NAMES.len() {
        functions[index] = Function { name: NAMES[index], offset: 4 * index };
        index += 1;
    }
    Code { bytes: &[0xC0, 0x03, 0x5F, 0xD6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], functions }
}
