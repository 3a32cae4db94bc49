//! What the kernel leaves on a program's stack for a signal handler, as Linux/AArch64 does
//! (`struct rt_sigframe`): why the signal came, and all that the program had in its registers.
//!
//! Behind the registers lies a list of records, each with a magic number and its size. A kernel or a
//! handler that does not know one skips it; the last has both 0.

use super::SignalInfo;
use bitflags::bitflags;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// The least size of an alternate stack (`MINSIGSTKSZ`).
pub const MINIMUM_STACK: u64 = 5120;
/// The size of the whole frame, with all the room for records.
pub const FRAME_BYTES: usize = RECORDS_AT + RECORDS_BYTES;
/// Where in the frame the records begin.
pub const RECORDS_AT: usize = 592;
/// The room for records.
pub const RECORDS_BYTES: usize = 4096;
/// The magic number of [`FpRecord`].
pub const RECORD_FP: u32 = 0x4650_8001;
/// The magic number of [`FaultRecord`].
pub const RECORD_FAULT: u32 = 0x4553_5201;

bitflags! {
    /// Flags of an alternate stack.
    #[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
    pub struct StackFlags: u32 {
        /// `SS_ONSTACK`: the thread is on it.
        const ON_STACK = 1;
        /// `SS_DISABLE`: there is none.
        const DISABLE = 2;
        /// `SS_AUTODISARM`: a handler on it has none, until it returns.
        const DISARM = 1 << 31;
    }
}

/// `stack_t`.
#[derive(
    Clone, Copy, Debug, Default, Eq, FromBytes, Immutable, IntoBytes, KnownLayout, PartialEq,
)]
#[repr(C)]
pub struct AlternateStack {
    /// Its lowest address.
    pub base: u64,
    /// [`StackFlags`].
    pub flags: u32,
    padding: u32,
    /// Its size in bytes.
    pub size: u64,
}

impl AlternateStack {
    /// From its parts.
    pub const fn new(base: u64, size: u64, flags: StackFlags) -> Self {
        Self { base, flags: flags.bits(), padding: 0, size }
    }

    /// None.
    pub const fn none() -> Self {
        Self::new(0, 0, StackFlags::DISABLE)
    }
}

/// `struct sigcontext` up to its records.
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct MachineContext {
    /// The address of the fault that led here; 0 for other signals.
    pub fault_address: u64,
    /// x0 to x30.
    pub x: [u64; 31],
    /// The stack pointer.
    pub sp: u64,
    /// Where the program goes on.
    pub pc: u64,
    /// The processor's state there.
    pub pstate: u64,
    padding: u64,
}

/// `struct ucontext` up to its records.
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct UserContext {
    /// 0.
    pub flags: u64,
    /// 0.
    pub link: u64,
    /// The alternate stack.
    pub stack: AlternateStack,
    /// The signals that were blocked.
    pub mask: u64,
    unused: [u64; 16],
    /// The registers.
    pub machine: MachineContext,
}

/// Floating-point and SIMD registers.
#[derive(Clone, Copy, Debug, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C, align(16))]
pub struct FpRecord {
    /// [`RECORD_FP`].
    pub magic: u32,
    /// The size of this record.
    pub size: u32,
    /// FPSR.
    pub fpsr: u32,
    /// FPCR.
    pub fpcr: u32,
    /// v0 to v31.
    pub v: [u128; 32],
}

/// Why the processor took a fault; ignored when the handler returns.
#[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct FaultRecord {
    /// [`RECORD_FAULT`].
    pub magic: u32,
    /// The size of this record.
    pub size: u32,
    /// ESR_EL1.
    pub esr: u64,
}

/// All of the frame that is written. The last record may already end the list: it is all 0 then.
#[derive(Clone, Copy, Debug, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C, align(16))]
pub struct SignalFrame {
    /// Why the signal was sent.
    pub info: SignalInfo,
    /// The registers.
    pub context: UserContext,
    /// The first record.
    pub fp: FpRecord,
    /// The second, if the signal is for a fault.
    pub fault: FaultRecord,
    /// Ends the list.
    pub end: [u64; 2],
}

impl SignalFrame {
    /// A frame of zeroes but for the magic numbers.
    pub fn new(info: SignalInfo) -> Self {
        let fp = FpRecord {
            magic: RECORD_FP,
            size: size_of::<FpRecord>() as u32,
            fpsr: 0,
            fpcr: 0,
            v: [0; 32],
        };
        let context = UserContext::default();
        Self { info, context, fp, fault: FaultRecord::default(), end: [0; 2] }
    }

    /// Adds the record of a fault.
    pub fn set_fault(&mut self, esr: u64) {
        self.fault =
            FaultRecord { magic: RECORD_FAULT, size: size_of::<FaultRecord>() as u32, esr };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::mem::offset_of;

    #[test]
    fn the_frame_is_laid_out_as_linux_has_it() {
        assert_eq!(FRAME_BYTES, 4688);
        assert_eq!(offset_of!(SignalFrame, context), 128);
        let context = |offset| offset_of!(SignalFrame, context) + offset;
        assert_eq!(context(offset_of!(UserContext, mask)), 128 + 40);
        let machine = context(offset_of!(UserContext, machine));
        assert_eq!(machine, 128 + 176);
        assert_eq!(machine + offset_of!(MachineContext, sp), 128 + 176 + 256);
        assert_eq!(machine + offset_of!(MachineContext, pstate), 128 + 176 + 272);
        assert_eq!(offset_of!(SignalFrame, fp), RECORDS_AT);
        assert_eq!(size_of::<FpRecord>(), 528);
        assert_eq!(offset_of!(FpRecord, v), 16);
        assert_eq!(size_of::<AlternateStack>(), 24);
    }
}
