//! Ending QEMU with a status through semihosting. Source: ARM "Semihosting for AArch32 and AArch64", SYS_EXIT_EXTENDED.
//!
//! Without `-semihosting`, and on a board, the call is an undefined instruction (EC 0 at EL1). The kernel's trap
//! handler recognises it with [`is_call`], skips its four bytes and returns, whereupon `try_exit` returns and the
//! caller powers off another way. The qemu-exit crate cannot do that: its exit never returns, and uses SYS_EXIT.

/// `hlt #0xF000`.
const CALL_INSTRUCTION: u32 = 0xD45E_0000;
/// The length of every instruction: what the trap handler adds to the exception's return address.
pub const CALL_BYTES: u64 = 4;

/// Whether `instruction`, found where an undefined-instruction exception came from, is a semihosting call.
pub const fn is_call(instruction: u32) -> bool {
    instruction == CALL_INSTRUCTION
}

/// Ends QEMU with `status`; returns if nobody answers the call.
///
/// The exception that then happens must be handled as this module's description says.
#[cfg(target_arch = "aarch64")]
pub fn try_exit(status: u32) {
    const SYS_EXIT_EXTENDED: u64 = 0x20;
    const APPLICATION_EXIT: u64 = 0x20026;
    let block = [APPLICATION_EXIT, u64::from(status)];
    // SAFETY: the debugger only reads the two words at x1, which live until the call is over; the answer in x0 is
    // declared; without a debugger the trap handler changes nothing but the return address.
    unsafe {
        core::arch::asm!(
            "hlt #0xF000",
            inout("x0") SYS_EXIT_EXTENDED => _,
            in("x1") block.as_ptr(),
            options(nostack),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_call_is_hlt_with_the_semihosting_number() {
        // HLT: bits 31:21 are 11010100010, imm16 is in bits 20:5 (ARM DDI 0487, C6.2.118).
        assert!(is_call(0b110_1010_0010 << 21 | 0xF000 << 5));
    }

    #[test]
    fn other_halts_and_undefined_instructions_are_not_calls() {
        assert!(!is_call(0b110_1010_0010 << 21 | 0xF001 << 5));
        assert!(!is_call(0));
    }
}
