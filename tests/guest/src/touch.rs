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
