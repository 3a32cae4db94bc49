//! Loads, stores and jumps at addresses that Rust knows nothing of.
//!
//! Where nothing is mapped, the access ends the process by a signal, which is what its caller wants
//! to see. No function here is used on memory that Rust owns, buffers that are only passed to the
//! kernel excepted.

use core::arch::asm;

mod signal;

pub use signal::*;

/// Loads 64 bits.
pub fn load(address: u64) -> u64 {
    let value;
    // SAFETY: one load; a bad address ends the process.
    unsafe { asm!("ldr {v}, [{a}]", v = out(reg) value, a = in(reg) address, options(nostack)) };
    value
}

/// Loads 64 bits to see what comes of it.
pub fn probe(address: u64) {
    let _ = load(address);
}

/// Stores 64 bits.
pub fn store(address: u64, value: u64) {
    // SAFETY: one store, to memory that Rust does not own; a bad address ends the process.
    unsafe { asm!("str {v}, [{a}]", v = in(reg) value, a = in(reg) address, options(nostack)) };
}

/// Makes a call with something in the first SIMD registers; gives the answer, and whether it is still
/// there.
pub fn call_with_simd(number: u64, arguments: [u64; 3]) -> (i64, bool) {
    let mut answer = arguments[0];
    let (low, high): (u64, u64);
    // SAFETY: a call as in `os::raw`; the registers are told to be changed.
    unsafe {
        asm!(
            "movi v0.16b, #1",
            "movi v1.16b, #2",
            "movi v2.16b, #4",
            "movi v3.16b, #8",
            "movi v4.16b, #16",
            "movi v5.16b, #32",
            "movi v6.16b, #64",
            "movi v7.16b, #128",
            "svc #0",
            "eor v0.16b, v0.16b, v1.16b",
            "eor v2.16b, v2.16b, v3.16b",
            "eor v4.16b, v4.16b, v5.16b",
            "eor v6.16b, v6.16b, v7.16b",
            "eor v0.16b, v0.16b, v2.16b",
            "eor v4.16b, v4.16b, v6.16b",
            "eor v0.16b, v0.16b, v4.16b",
            "umov {low}, v0.d[0]",
            "umov {high}, v0.d[1]",
            low = out(reg) low, high = out(reg) high,
            inlateout("x0") answer, in("x1") arguments[1], in("x2") arguments[2],
            in("x3") 0, in("x4") 0, in("x5") 0, in("x8") number,
            out("v0") _, out("v1") _, out("v2") _, out("v3") _,
            out("v4") _, out("v5") _, out("v6") _, out("v7") _,
            options(nostack)
        );
    }
    (answer as i64, low & high == u64::MAX)
}

/// Loads a byte.
pub fn load_byte(address: u64) -> u8 {
    let value: u32;
    // SAFETY: one load; a bad address ends the process.
    unsafe { asm!("ldrb {v:w}, [{a}]", v = out(reg) value, a = in(reg) address, options(nostack)) };
    value as u8
}

/// Loads 32 bits, before all that follows.
pub fn load_word(address: u64) -> u32 {
    let value;
    // SAFETY: one load; a bad address ends the process.
    unsafe { asm!("ldar {v:w}, [{a}]", v = out(reg) value, a = in(reg) address, options(nostack)) };
    value
}

/// Stores 32 bits, after all that came before.
pub fn store_word(address: u64, value: u32) {
    // SAFETY: one store, to memory that Rust does not own; a bad address ends the process.
    unsafe { asm!("stlr {v:w}, [{a}]", v = in(reg) value, a = in(reg) address, options(nostack)) };
}

/// Adds to 64 bits as one step and gives the sum.
pub fn add(address: u64, value: u64) -> u64 {
    let sum;
    // SAFETY: an exclusive pair on memory that Rust does not own; a bad address ends the process.
    unsafe {
        asm!(
            "2: ldaxr {s}, [{a}]",
            "add {s}, {s}, {v}",
            "stlxr {f:w}, {s}, [{a}]",
            "cbnz {f:w}, 2b",
            s = out(reg) sum,
            f = out(reg) _,
            a = in(reg) address,
            v = in(reg) value,
            options(nostack)
        );
    }
    sum
}

/// Zeroes the 64-byte block that holds the address (`dc zva`).
pub fn zero_block(address: u64) {
    // SAFETY: a store to memory that Rust does not own; a bad address ends the process.
    unsafe { asm!("dc zva, {a}", a = in(reg) address, options(nostack)) };
}

/// Calls what is at an address, as code.
pub fn jump(address: u64) {
    // SAFETY: callers give addresses that hold a plain return or that end the process.
    unsafe { asm!("blr {a}", a = in(reg) address, clobber_abi("C")) };
}

/// The thread pointer.
pub fn thread_pointer() -> u64 {
    let value;
    // SAFETY: a read of a register that programs own.
    unsafe { asm!("mrs {v}, tpidr_el0", v = out(reg) value, options(nomem, nostack)) };
    value
}

/// Sets the thread pointer.
pub fn set_thread_pointer(value: u64) {
    // SAFETY: nothing in this program has thread-local data.
    unsafe { asm!("msr tpidr_el0, {v}", v = in(reg) value, options(nomem, nostack)) };
}

/// Calls a function of the C kind with two arguments.
pub fn call2(place: u64, first: u64, second: u64) -> u64 {
    let mut x0 = first;
    // SAFETY: callers give the address of such a function, and buffers where it stores.
    unsafe {
        asm!(
            "blr {place}",
            place = in(reg) place,
            inlateout("x0") x0,
            in("x1") second,
            clobber_abi("C")
        );
    }
    x0
}
