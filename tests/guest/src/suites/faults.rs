//! Faults of many kinds; each ends only the process that makes it.

use crate::{Checks, frames, os, print, start, touch};
use abi::Sysno;
use abi::memory::{MapFlags, Protection};
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
    ("stack-alignment-touch", stack_alignment_touch, Signal::BUS),
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

/// A fault's name, and how to make it at a view.
type RegionFault = (&'static CStr, fn(u64));

/// Faults by a view of the region `/faulting`, whose name the report tells.
const REGION_FAULTS: &[RegionFault] = &[
    (c"region-right", |view| touch::store(view + 16, 1)),
    (c"region-end", |view| touch::store(view + 3 * os::PAGE, 1)),
    (c"region-behind", |view| touch::store(view + 8 * os::PAGE + 15, 1)),
    (c"region-before", |view| touch::probe(view - 4)),
];

/// Makes the fault of that name by a view of two pages too many; the first page of it can only be
/// read.
fn region_fault(name: &CStr) -> Option<i32> {
    let (_, make) = REGION_FAULTS.iter().find(|(known, _)| *known == name)?;
    let region = os::create(c"/dev/shm/faulting", 0o600).ok()?;
    os::set_length(region, 2 * os::PAGE + 5).ok()?;
    let view = os::map_file(region, 8 * os::PAGE, os::READ_WRITE, MapFlags::SHARED).ok()?;
    os::protect(view, os::PAGE, Protection::READ).ok()?;
    make(view);
    Some(3)
}

/// Makes the fault of that name in this process.
pub fn fault(name: &CStr) -> i32 {
    if let Some(status) = region_fault(name) {
        return status;
    }
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
        checks.equal(name, status, Ok(ExitStatus::Signalled(*signal as u8)));
    }
    checks.equal(
        "a first touch is no fault of a stack pointer that it does not use",
        os::in_child(touch_while_stack_is_misaligned),
        Ok(ExitStatus::Exited(0)),
    );
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

/// A processor ends it at the load; an emulator that lets that pass, at the call.
fn stack_alignment() {
    // SAFETY: the load or the call ends the process; otherwise the stack pointer is restored.
    unsafe {
        asm!(
            "mov {s}, sp",
            "add {t}, {s}, #8",
            "mov sp, {t}",
            "ldr {t}, [sp]",
            "svc #0",
            "mov sp, {s}",
            s = out(reg) _,
            t = out(reg) _,
            in("x8") Sysno::Getpid as u64,
            lateout("x0") _
        );
    }
}

/// The store is the first touch of a page of the stack, 256 KiB down.
fn stack_alignment_touch() {
    // SAFETY: the store ends the process; otherwise the stack pointer is restored, and nothing
    // that far below it is used.
    unsafe {
        asm!(
            "mov {s}, sp",
            "sub {t}, {s}, #64, lsl #12",
            "add {t}, {t}, #8",
            "mov sp, {t}",
            "str xzr, [sp]",
            "mov sp, {s}",
            s = out(reg) _,
            t = out(reg) _
        );
    }
}

/// Touches a new page by another register while the stack pointer is not aligned.
fn touch_while_stack_is_misaligned() -> i32 {
    let page = os::map(os::PAGE, os::ANONYMOUS);
    let value: u64;
    // SAFETY: the load is of a page of this function's own, and the stack pointer is restored
    // before it is used.
    unsafe {
        asm!(
            "mov {s}, sp",
            "add {v}, {s}, #8",
            "mov sp, {v}",
            "ldr {v}, [{page}]",
            "mov sp, {s}",
            s = out(reg) _,
            v = out(reg) value,
            page = in(reg) page
        );
    }
    i32::from(value != 0)
}

/// Writable data that would be a plain return.
static RETURN: core::sync::atomic::AtomicU64 = core::sync::atomic::AtomicU64::new(0xD65F_03C0);

fn execute_data() {
    touch::jump((&raw const RETURN) as u64);
}

/// Recurses until the stack ends.
pub fn overflow_stack() {
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
