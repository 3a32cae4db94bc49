//! The calls that led to a place, along the frame pointers (AAPCS64, 6.4.6: the frame record).

use super::probe;
use crate::addr::VirtAddr;
use crate::layout;
use core::arch::asm;

/// The offset of the return address in a frame record, behind the caller's frame pointer.
const RETURN_ADDRESS: usize = 8;
const CALL_BYTES: usize = 4;

/// The calls above a frame record, the innermost first, each by its instruction's address: a
/// function that never returns may have nothing behind the call, where the return address points.
#[derive(Clone, Debug)]
pub struct Backtrace {
    frame_pointer: usize,
}

impl Backtrace {
    /// From the frame record that x29 leads to. It may lead anywhere.
    pub const fn from_frame_pointer(frame_pointer: u64) -> Self {
        Self { frame_pointer: frame_pointer as usize }
    }

    /// From here.
    #[inline(always)]
    pub fn here() -> Self {
        let frame_pointer: usize;
        // SAFETY: reads a register.
        unsafe { asm!("mov {}, x29", out(reg) frame_pointer, options(nomem, nostack)) };
        Self { frame_pointer }
    }
}

impl Iterator for Backtrace {
    type Item = VirtAddr;

    fn next(&mut self) -> Option<VirtAddr> {
        let record = self.frame_pointer;
        // Only stacks are looked at, so that no device is read by accident.
        if !layout::is_stack(VirtAddr::new(record)) || !record.is_multiple_of(16) {
            return None;
        }
        let caller = probe::load_u64(record)? as usize;
        let return_address = probe::load_u64(record + RETURN_ADDRESS)? as usize;
        // Callers are further up: a chain that turns back would never end.
        self.frame_pointer = if caller > record { caller } else { 0 };
        return_address.checked_sub(CALL_BYTES).map(VirtAddr::new)
    }
}
