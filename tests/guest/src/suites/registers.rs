//! Registers survive preemption, calls and fork.

use crate::os::{MILLISECOND, SECOND};
use crate::{Checks, os, touch};
use abi::process::ExitStatus;
use abi::{Errno, Sysno};
use core::arch::asm;

const GOOD: Result<ExitStatus, Errno> = Ok(ExitStatus::Exited(0));

/// The checks.
pub fn run(checks: &mut Checks) {
    checks.equal("every register but x0 survives a call", call_with_pattern(Sysno::Getpid), 0);
    checks.equal("and one that changes the thread", call_with_pattern(Sysno::SchedYield), 0);
    let child = os::in_child(|| vector_check(77, Sysno::SchedYield) as i32);
    checks.equal("vectors survive in a child", child, GOOD);
    checks.equal("vectors survive a fork on both sides", across_fork(), GOOD);
    let control = set_control(0x0140_0000);
    let inherited = os::in_child(|| i32::from(set_control(0) != 0x0140_0000));
    checks.equal("fork hands the rounding mode on", inherited, GOOD);
    set_control(control);
    busy(checks);
}

/// Eight processes keep different values in all vector registers while they are preempted.
fn busy(checks: &mut Checks) {
    let children: [u64; 8] = core::array::from_fn(|index| {
        os::start_child(|| {
            let own = index as u64 + 1;
            touch::set_thread_pointer(own * 0x1_0001);
            let deadline = os::now() + SECOND;
            while os::now() < deadline {
                if vector_check(own, Sysno::Getpid) != 0 || spin_check(own) != 0 {
                    return 1;
                }
                if touch::thread_pointer() != own * 0x1_0001 {
                    return 2;
                }
            }
            0
        })
        .unwrap_or(0)
    });
    for child in children {
        checks.equal("a busy process keeps its registers", os::wait(child), GOOD);
    }
    let before = os::now();
    checks.that("time went on", os::now() - before < 100 * MILLISECOND);
}

/// Fills x1–x7 and x9–x15, x18–x28 with a pattern, makes a call, and counts what changed.
fn call_with_pattern(number: Sysno) -> u64 {
    let changed: u64;
    // SAFETY: the assembly saves and restores the registers that the compiler must keep, and the
    // calls that are made have no effect on memory.
    unsafe {
        asm!(
            "stp x19, x29, [sp, #-16]!",
            "mov x29, sp",
            "mov x1, #1", "mov x2, #2", "mov x3, #3", "mov x4, #4", "mov x5, #5", "mov x6, #6",
            "mov x7, #7", "mov x9, #9", "mov x10, #10", "mov x11, #11", "mov x12, #12",
            "mov x13, #13", "mov x14, #14", "mov x15, #15", "mov x16, #16", "mov x17, #17",
            "mov x20, #20", "mov x21, #21", "mov x22, #22", "mov x23, #23", "mov x24, #24",
            "mov x25, #25", "mov x26, #26", "mov x27, #27", "mov x28, #28", "mov x30, #30",
            "svc #0",
            "mov x0, #0",
            "eor x1, x1, #1", "eor x2, x2, #2", "eor x3, x3, #3", "eor x4, x4, #4",
            "sub x5, x5, #5", "eor x6, x6, #6", "eor x7, x7, #7", "sub x9, x9, #9",
            "sub x10, x10, #10", "sub x11, x11, #11", "eor x12, x12, #12", "sub x13, x13, #13",
            "eor x14, x14, #14", "eor x15, x15, #15", "eor x16, x16, #16", "sub x17, x17, #17",
            "sub x20, x20, #20", "sub x21, x21, #21", "sub x22, x22, #22", "sub x23, x23, #23",
            "eor x24, x24, #24", "sub x25, x25, #25", "sub x26, x26, #26", "sub x27, x27, #27",
            "eor x28, x28, #28", "eor x30, x30, #30",
            "orr x0, x0, x1", "orr x0, x0, x2", "orr x0, x0, x3", "orr x0, x0, x4",
            "orr x0, x0, x5", "orr x0, x0, x6", "orr x0, x0, x7", "orr x0, x0, x9",
            "orr x0, x0, x10", "orr x0, x0, x11", "orr x0, x0, x12", "orr x0, x0, x13",
            "orr x0, x0, x14", "orr x0, x0, x15", "orr x0, x0, x16", "orr x0, x0, x17",
            "orr x0, x0, x20", "orr x0, x0, x21", "orr x0, x0, x22", "orr x0, x0, x23",
            "orr x0, x0, x24", "orr x0, x0, x25", "orr x0, x0, x26", "orr x0, x0, x27",
            "orr x0, x0, x28", "orr x0, x0, x30",
            "ldp x19, x29, [sp], #16",
            inlateout("x8") number as u64 => _,
            lateout("x0") changed,
            out("x1") _, out("x2") _, out("x3") _, out("x4") _, out("x5") _, out("x6") _,
            out("x7") _, out("x9") _, out("x10") _, out("x11") _, out("x12") _, out("x13") _,
            out("x14") _, out("x15") _, out("x16") _, out("x17") _, out("x20") _, out("x21") _,
            out("x22") _, out("x23") _, out("x24") _, out("x25") _, out("x26") _, out("x27") _,
            out("x28") _, out("x30") _,
        );
    }
    changed
}

/// Fills the 32 vectors from a number and runs what is between; gives 0 if none changed, and x0.
macro_rules! with_vectors {
    ($own:expr, $between:literal, $x8:expr, $x0:expr) => {{
        let changed: u64;
        let mut x0: u64 = $x0;
        // SAFETY: only declared registers change; the calls that callers name do not touch memory.
        unsafe {
            asm!(
                ".irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31",
                "add {t}, {own}, #\\n",
                "dup v\\n\\().2d, {t}",
                ".endr",
                $between,
                "mov {changed}, #0",
                ".irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31",
                "add {t}, {own}, #\\n",
                "umov {u}, v\\n\\().d[0]",
                "eor {u}, {u}, {t}",
                "orr {changed}, {changed}, {u}",
                "umov {u}, v\\n\\().d[1]",
                "eor {u}, {u}, {t}",
                "orr {changed}, {changed}, {u}",
                ".endr",
                own = in(reg) $own,
                t = out(reg) _,
                u = out(reg) _,
                changed = out(reg) changed,
                inlateout("x8") $x8 => _,
                inlateout("x0") x0,
                inlateout("x1") 0_u64 => _,
                in("x2") 0_u64,
                in("x3") 0_u64,
                in("x4") 0_u64,
                out("v0") _, out("v1") _, out("v2") _, out("v3") _, out("v4") _, out("v5") _,
                out("v6") _, out("v7") _, out("v8") _, out("v9") _, out("v10") _, out("v11") _,
                out("v12") _, out("v13") _, out("v14") _, out("v15") _, out("v16") _,
                out("v17") _, out("v18") _, out("v19") _, out("v20") _, out("v21") _,
                out("v22") _, out("v23") _, out("v24") _, out("v25") _, out("v26") _,
                out("v27") _, out("v28") _, out("v29") _, out("v30") _, out("v31") _,
            );
        }
        (changed, x0)
    }};
}

/// Whether the vectors change across a call.
fn vector_check(own: u64, number: Sysno) -> u64 {
    with_vectors!(own << 32, "svc #0", number as u64, 0).0
}

/// Whether the vectors change while time passes.
fn spin_check(own: u64) -> u64 {
    with_vectors!(own << 40, "2: sub x0, x0, #1\ncbnz x0, 2b", 0_u64, 200_000).0
}

/// Whether the vectors are the same on both sides of a fork.
fn across_fork() -> os::Answer<ExitStatus> {
    let (changed, child) = with_vectors!(0xAB_0000_u64, "svc #0", Sysno::Clone as u64, 17);
    match abi::errno::decode(child)? {
        0 => os::exit(i32::from(changed != 0)),
        child => {
            os::wait(child).map(|status| if changed == 0 { status } else { ExitStatus::Exited(9) })
        }
    }
}

/// Sets FPCR and gives what it was.
fn set_control(value: u64) -> u64 {
    let before;
    // SAFETY: a read of a register that programs own.
    unsafe { asm!("mrs {v}, fpcr", v = out(reg) before, options(nomem, nostack)) };
    // SAFETY: nothing in this program calculates with fractions.
    unsafe { asm!("msr fpcr, {v}", v = in(reg) value, options(nomem, nostack)) };
    before
}
