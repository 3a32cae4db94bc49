//! Faults of many kinds; each ends only the process that makes it.

use crate::{Checks, frames, os, print, start, touch};
use abi::process::ExitStatus;
use abi::signal::Signal;
use core::arch::asm;
use core::ffi::CStr;

/// A fault's name, how to make it, and the signal.
type Fault = (&'static str, fn(), Signal);

const KERNEL: u64 = 0xFFFF_FF80_0008_0000;

const FAULTS: &[Fault] = &[
    ("null-read", || touch::probe(0), Signal::SEGV),
    ("null-write", || touch::store(0, 1), Signal::SEGV),
    ("null-call", || touch::jump(0), Signal::SEGV),
    ("undefined", undefined, Signal::ILL),
    ("privileged", privileged, Signal::ILL),
    ("stack-alignment", stack_alignment, Signal::BUS),
    ("jump-alignment", || touch::jump(start::start().entry + 2), Signal::BUS),
    ("breakpoint", breakpoint, Signal::TRAP),
    ("kernel-read", || touch::probe(KERNEL), Signal::SEGV),
    ("kernel-write", || touch::store(KERNEL, 1), Signal::SEGV),
    ("kernel-call", || touch::jump(KERNEL), Signal::SEGV),
    ("execute-data", execute_data, Signal::SEGV),
    ("execute-stack", || touch::jump(start::start().stack), Signal::SEGV),
    ("write-text", || touch::store(start::start().entry & !7, 0), Signal::SEGV),
    ("stack-overflow", overflow_stack, Signal::SEGV),
    ("wild", || touch::probe(0x0012_3456_789A_BCD0), Signal::SEGV),
];

/// Makes the fault of that name in this process.
pub fn fault(name: &CStr) -> i32 {
    let name = print::text(name);
    match FAULTS.iter().find(|(known, ..)| *known == name) {
        Some((_, make, _)) => make(),
        None if name == "none" => return 0,
        None => crate::say!("no such fault: {name}"),
    }
    // A fault that comes back from its making was none.
    3
}

/// The checks.
pub fn run(checks: &mut Checks) {
    for (name, make, signal) in FAULTS {
        let status = os::in_child(|| {
            os::silence();
            make();
            3
        });
        // QEMU does not check the stack pointer's alignment: there the load succeeds.
        let unchecked = *name == "stack-alignment" && status == Ok(ExitStatus::Exited(3));
        let is_right = unchecked || status == Ok(ExitStatus::Signalled(*signal as u8));
        checks.that(name, is_right);
    }
    frames::unchanged(checks, "a hundred faults leak nothing", || {
        for (_, make, _) in FAULTS.iter().cycle().take(100) {
            let _ = os::in_child(|| {
                os::silence();
                make();
                3
            });
        }
    });
}

fn undefined() {
    // SAFETY: the instruction ends the process.
    unsafe { asm!("udf #0") };
}

fn privileged() {
    // SAFETY: the instruction ends the process, which may not do this.
    unsafe { asm!("msr ttbr0_el1, {v}", v = in(reg) 0_u64) };
}

fn breakpoint() {
    // SAFETY: the instruction ends the process.
    unsafe { asm!("brk #1") };
}

fn stack_alignment() {
    // SAFETY: the load ends the process; were it to succeed, the stack pointer is restored.
    unsafe {
        asm!(
            "mov {s}, sp",
            "add {t}, {s}, #8",
            "mov sp, {t}",
            "ldr {t}, [sp]",
            "mov sp, {s}",
            s = out(reg) _,
            t = out(reg) _
        );
    }
}

/// Writable data that would be a plain return.
static RETURN: core::sync::atomic::AtomicU64 = core::sync::atomic::AtomicU64::new(0xD65F_03C0);

fn execute_data() {
    touch::jump((&raw const RETURN) as u64);
}

fn overflow_stack() {
    core::hint::black_box(overflow(0));
}

/// Recurses until the stack ends, which is long before the depth that stops it.
fn overflow(depth: u64) -> u64 {
    let frame = core::hint::black_box([depth; 64]);
    if core::hint::black_box(depth) == u64::MAX {
        return 0;
    }
    overflow(depth + 1) + core::hint::black_box(&frame)[0]
}
