//! What signals do to registers and stacks.

use abi::Sysno;
use core::arch::asm;

/// The address of code that ends a signal handler.
pub fn trampoline() -> u64 {
    let address;
    // SAFETY: nothing of it runs here.
    unsafe {
        asm!(
            "b 3f",
            "2: mov x8, #139",
            "svc #0",
            "3: adr {a}, 2b",
            a = out(reg) address,
            options(nomem, nostack)
        );
    }
    address
}

/// Sends the calling thread a signal while the stack pointer points to nothing; returns if it
/// was not handled.
pub fn raise_without_stack(signal: u64) -> i32 {
    let own = crate::os::own_id();
    // SAFETY: the stack pointer is restored before anything uses it.
    unsafe {
        asm!(
            "mov {s}, sp",
            "mov x9, #0x7000",
            "mov sp, x9",
            "svc #0",
            "mov sp, {s}",
            s = out(reg) _,
            out("x9") _,
            inlateout("x0") own => _,
            in("x1") own,
            in("x2") signal,
            in("x8") Sysno::Tgkill as u64,
        );
    }
    1
}

/// Changes every register that a function may change.
pub fn spoil_registers() {
    // SAFETY: only declared registers change.
    unsafe {
        asm!(
            ".irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31",
            "movi v\\n\\().16b, #0xA5",
            ".endr",
            "cmp x0, x0",
            out("v0") _, out("v1") _, out("v2") _, out("v3") _, out("v4") _, out("v5") _,
            out("v6") _, out("v7") _, out("v8") _, out("v9") _, out("v10") _, out("v11") _,
            out("v12") _, out("v13") _, out("v14") _, out("v15") _, out("v16") _, out("v17") _,
            out("v18") _, out("v19") _, out("v20") _, out("v21") _, out("v22") _, out("v23") _,
            out("v24") _, out("v25") _, out("v26") _, out("v27") _, out("v28") _, out("v29") _,
            out("v30") _, out("v31") _,
        );
    }
}

/// Fills vector and general registers and the flags, spins that many turns, and tells which of
/// them have changed: 0 for none.
pub fn keep_registers(turns: u64) -> u64 {
    let changed: u64;
    // SAFETY: only declared registers change; x19 and x29 are saved and restored.
    unsafe {
        asm!(
            "stp x19, x29, [sp, #-16]!",
            "mov x9, #0x100",
            ".irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31",
            "add x10, x9, #\\n",
            "dup v\\n\\().2d, x10",
            ".endr",
            ".irp n, 11,12,13,14,15,16,17,20,21,22,23,24,25,26,27,28,30",
            "mov x\\n, #\\n",
            ".endr",
            "mov x29, #29",
            "mov x19, #19",
            "2: subs x0, x0, #1",
            "b.ne 2b",
            // Zero and carry are set now.
            "mrs x10, nzcv",
            "eor x0, x10, #0x60000000",
            ".irp n, 11,12,13,14,15,16,17,20,21,22,23,24,25,26,27,28,30,29,19",
            "sub x10, x\\n, #\\n",
            "orr x0, x0, x10",
            ".endr",
            ".irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31",
            "add x10, x9, #\\n",
            "umov x11, v\\n\\().d[0]",
            "umov x12, v\\n\\().d[1]",
            "eor x11, x11, x10",
            "eor x12, x12, x10",
            "orr x0, x0, x11",
            "orr x0, x0, x12",
            ".endr",
            "ldp x19, x29, [sp], #16",
            inlateout("x0") turns => changed,
            out("x9") _, out("x10") _, out("x11") _, out("x12") _, out("x13") _, out("x14") _,
            out("x15") _, out("x16") _, out("x17") _, out("x20") _, out("x21") _, out("x22") _,
            out("x23") _, out("x24") _, out("x25") _, out("x26") _, out("x27") _, out("x28") _,
            out("x30") _,
            out("v0") _, out("v1") _, out("v2") _, out("v3") _, out("v4") _, out("v5") _,
            out("v6") _, out("v7") _, out("v8") _, out("v9") _, out("v10") _, out("v11") _,
            out("v12") _, out("v13") _, out("v14") _, out("v15") _, out("v16") _, out("v17") _,
            out("v18") _, out("v19") _, out("v20") _, out("v21") _, out("v22") _, out("v23") _,
            out("v24") _, out("v25") _, out("v26") _, out("v27") _, out("v28") _, out("v29") _,
            out("v30") _, out("v31") _,
        );
    }
    changed
}

/// The address of code that only returns.
pub fn return_code() -> u64 {
    let address;
    // SAFETY: nothing of it runs here.
    unsafe {
        asm!("b 3f", "2: ret", "3: adr {a}, 2b", a = out(reg) address, options(nomem, nostack));
    }
    address
}

/// Asks for the exception level, which a program may not.
pub fn ask_level() {
    // SAFETY: the instruction is a fault, or changes only the register.
    unsafe { asm!("mrs {l}, CurrentEL", l = out(reg) _, options(nomem, nostack)) };
}

/// Says that a handler ends, whose frame is at an address; returns if that was believed.
pub fn return_by_frame(frame: u64) -> i32 {
    // SAFETY: the stack pointer is restored before anything uses it.
    unsafe {
        asm!(
            "mov {s}, sp",
            "mov sp, {f}",
            "svc #0",
            "mov sp, {s}",
            s = out(reg) _,
            f = in(reg) frame,
            in("x8") Sysno::RtSigreturn as u64,
            lateout("x0") _,
        );
    }
    1
}
