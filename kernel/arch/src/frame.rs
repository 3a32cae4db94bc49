//! A program's registers while it is in the kernel.

use crate::addr::VirtAddr;

/// The registers at an exception, saved at the top of the thread's kernel stack.
///
/// `vectors.S` relies on `sp` following `x[30]`, and `spsr` following `elr`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(C, align(16))]
pub struct TrapFrame {
    /// x0 to x30.
    pub x: [u64; 31],
    /// The program's stack pointer; for an exception within the kernel, the kernel's.
    pub sp: u64,
    /// Where execution goes on.
    pub elr: u64,
    /// The processor's state there.
    pub spsr: u64,
}

/// N, Z, C and V: all that a program may set itself.
const FLAGS: u64 = 0xF << 28;
/// The exception level and stack pointer selection, and the mode for 32-bit code.
const MODE_MASK: u64 = 0x1F;

impl TrapFrame {
    /// The first registers of a program: all else is 0, interrupts are open.
    pub const fn user(entry: VirtAddr, sp: VirtAddr) -> Self {
        Self { x: [0; 31], sp: sp.value() as u64, elr: entry.value() as u64, spsr: 0 }
    }

    /// Whether the exception came from a program.
    pub const fn is_from_user(&self) -> bool {
        self.spsr & MODE_MASK == 0
    }

    /// Takes over a processor state that a program wrote, as when a signal handler returns: its
    /// flags, and nothing that would change the exception level or mask interrupts.
    pub const fn set_user_state(&mut self, spsr: u64) {
        self.spsr = spsr & FLAGS;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_cannot_raise_its_level_through_a_saved_state() {
        let mut frame = TrapFrame::user(VirtAddr::new(0x1000), VirtAddr::new(0x2000));
        frame.set_user_state(u64::MAX);
        assert!(frame.is_from_user());
        assert_eq!(frame.spsr, 0xF000_0000);
    }

    #[test]
    fn the_frame_keeps_the_stack_aligned() {
        assert_eq!(size_of::<TrapFrame>() % 16, 0);
    }
}
