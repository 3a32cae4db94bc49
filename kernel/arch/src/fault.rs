//! What the exception syndrome says about a fault (Arm ARM, D17.2.37: ESR_EL1).

use crate::addr::VirtAddr;

/// How far a system call has come with a frame that lacks what functions preserve, x19 to x29.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u64)]
pub enum CallStage {
    /// It is over, and the program goes on.
    Done = 0,
    /// It was not made: it needs all registers.
    Unmade = 1,
    /// It is over; something else has to be done before the program goes on.
    Made = 2,
    /// A signal has ended it; the frame is as it was.
    Interrupted = 3,
}

/// Why a core came from a program into the kernel, other than for a system call.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Trap {
    /// An instruction could not be executed.
    Fault(Fault),
    /// A device, the timer or another core wants attention.
    Interrupt,
}

/// An instruction that could not be executed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Fault {
    /// What was tried.
    pub kind: FaultKind,
    /// For reads, writes and fetches: there is a translation, and it forbids this.
    pub is_permission: bool,
    /// The address that was accessed; the instruction's where no other is to blame.
    pub address: VirtAddr,
    /// The syndrome as the processor gave it.
    pub esr: u64,
}

/// What an instruction tried to do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum FaultKind {
    /// To read where there is no translation, or a forbidding one.
    Read,
    /// To write there.
    Write,
    /// To be fetched from there.
    Fetch,
    /// To access an address that is not aligned as it must be, or to be fetched from one.
    Alignment,
    /// To access memory through a stack pointer that is not aligned to 16.
    StackAlignment,
    /// To be something that the processor does not know or that the program may not do.
    Undefined,
    /// `brk`, or a debugger's event.
    Breakpoint,
    /// Anything else; the value is the exception class.
    Other(u8),
}

const CLASS_SHIFT: u32 = 26;
const CLASS_UNKNOWN: u64 = 0x00;
const CLASS_WAIT_TRAPPED: u64 = 0x01;
const CLASS_SYSTEM_REGISTER: u64 = 0x18;
const CLASS_FETCH_LOWER: u64 = 0x20;
const CLASS_FETCH_SAME: u64 = 0x21;
const CLASS_PC_ALIGNMENT: u64 = 0x22;
const CLASS_DATA_LOWER: u64 = 0x24;
const CLASS_DATA_SAME: u64 = 0x25;
const CLASS_SP_ALIGNMENT: u64 = 0x26;
/// The first of the debug exceptions, except `brk`.
const CLASS_FIRST_DEBUG: u64 = 0x30;
const CLASS_LAST_DEBUG: u64 = 0x35;
const CLASS_BRK: u64 = 0x3C;

const WRITE_NOT_READ: u64 = 1 << 6;
const CACHE_MAINTENANCE: u64 = 1 << 8;
const STATUS_MASK: u64 = 0x3F;
const STATUS_ALIGNMENT: u64 = 0x21;

/// The exception class of a syndrome.
const fn class(esr: u64) -> u64 {
    esr >> CLASS_SHIFT & 0x3F
}

impl Fault {
    /// From the syndrome, the fault address register and the instruction's address.
    pub fn decode(esr: u64, far: u64, elr: u64) -> Self {
        let at = |kind, address: u64| Self {
            kind,
            is_permission: false,
            address: VirtAddr::new(address as usize),
            esr,
        };
        match class(esr) {
            CLASS_FETCH_LOWER | CLASS_FETCH_SAME => Self::of_abort(FaultKind::Fetch, esr, far),
            CLASS_DATA_LOWER | CLASS_DATA_SAME => Self::of_abort(data_access(esr), esr, far),
            CLASS_PC_ALIGNMENT => at(FaultKind::Alignment, far),
            CLASS_SP_ALIGNMENT => at(FaultKind::StackAlignment, elr),
            CLASS_UNKNOWN | CLASS_WAIT_TRAPPED | CLASS_SYSTEM_REGISTER => {
                at(FaultKind::Undefined, elr)
            }
            CLASS_FIRST_DEBUG..=CLASS_LAST_DEBUG | CLASS_BRK => at(FaultKind::Breakpoint, elr),
            other => at(FaultKind::Other(other as u8), elr),
        }
    }

    const fn of_abort(kind: FaultKind, esr: u64, far: u64) -> Self {
        let status = esr & STATUS_MASK;
        let kind = match status {
            // Translation and permission faults, on any level.
            0x04..=0x07 | 0x0C..=0x0F => kind,
            STATUS_ALIGNMENT => FaultKind::Alignment,
            // What no change of a translation mends: external aborts, table errors.
            _ => FaultKind::Other(class(esr) as u8),
        };
        let is_permission = matches!(status, 0x0C..=0x0F);
        Self { kind, is_permission, address: VirtAddr::new(far as usize), esr }
    }

    /// Whether a translation for the address could let the instruction succeed.
    pub const fn is_translation_matter(&self) -> bool {
        matches!(self.kind, FaultKind::Read | FaultKind::Write | FaultKind::Fetch)
    }

    /// Whether a load or store of the kernel's caused it.
    pub const fn is_kernel_access(&self) -> bool {
        class(self.esr) == CLASS_DATA_SAME
    }

    /// Whether the processor does not know the instruction at all.
    pub const fn is_unknown_instruction(&self) -> bool {
        class(self.esr) == CLASS_UNKNOWN
    }
}

/// Whether an instruction is a load or store whose base register is the stack pointer (Arm ARM,
/// C4.1: loads and stores, all of which have it in the same place but for those of a literal).
pub const fn accesses_by_stack_pointer(instruction: u32) -> bool {
    const STACK_POINTER: u32 = 31;
    let is_load_or_store = instruction >> 25 & 0b0101 == 0b0100;
    let is_of_literal = instruction >> 24 & 0b11_1011 == 0b01_1000;
    is_load_or_store && !is_of_literal && instruction >> 5 & 0b1_1111 == STACK_POINTER
}

/// Cache maintenance reports itself as a write, but asks only to read.
const fn data_access(esr: u64) -> FaultKind {
    if esr & WRITE_NOT_READ != 0 && esr & CACHE_MAINTENANCE == 0 {
        FaultKind::Write
    } else {
        FaultKind::Read
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAR: u64 = 0x1234;
    const ELR: u64 = 0x40_0000;

    fn fault(esr: u64) -> Fault {
        Fault::decode(esr, FAR, ELR)
    }

    #[test]
    fn a_store_to_an_unmapped_page_is_a_write_without_translation() {
        // EC 0x24, IL, WnR, translation fault on level 3.
        let fault = fault(0x9200_0047);
        assert_eq!(fault.kind, FaultKind::Write);
        assert!(!fault.is_permission);
        assert_eq!(fault.address, VirtAddr::new(0x1234));
    }

    #[test]
    fn a_load_in_the_kernel_that_may_not_is_a_read_against_permission() {
        // EC 0x25, permission fault on level 2.
        let fault = fault(0x9600_000E);
        assert_eq!((fault.kind, fault.is_permission), (FaultKind::Read, true));
    }

    #[test]
    fn a_jump_into_a_page_without_execute_is_a_fetch_against_permission() {
        let fault = fault(0x8200_000F);
        assert_eq!((fault.kind, fault.is_permission), (FaultKind::Fetch, true));
    }

    #[test]
    fn cache_maintenance_by_a_program_counts_as_a_read() {
        assert_eq!(fault(0x9200_0147).kind, FaultKind::Read);
    }

    #[test]
    fn faults_that_no_mapping_mends_are_not_offered_as_accesses() {
        // Synchronous external abort, address size fault, TLB conflict.
        for status in [0x10, 0x00, 0x30] {
            let fault = fault(0x9200_0000 | status);
            assert_eq!(fault.kind, FaultKind::Other(0x24));
            assert!(!fault.is_translation_matter());
        }
        assert_eq!(fault(0x9200_0021).kind, FaultKind::Alignment);
    }

    #[test]
    fn faults_without_a_data_address_name_the_instruction() {
        let cases = [
            (0x0200_0000, FaultKind::Undefined),
            (0x6200_0000, FaultKind::Undefined),
            (0x9A00_0000, FaultKind::StackAlignment),
            (0xF200_0001, FaultKind::Breakpoint),
            (0x3A00_0000, FaultKind::Other(0x0E)),
        ];
        for (esr, kind) in cases {
            assert_eq!((fault(esr).kind, fault(esr).address), (kind, VirtAddr::new(0x40_0000)));
        }
    }

    #[test]
    fn loads_and_stores_by_the_stack_pointer_are_told_from_others() {
        let by_stack_pointer = [
            0xF940_03E0, // ldr x0, [sp]
            0xF900_07E1, // str x1, [sp, #8]
            0xA9BF_7BFD, // stp x29, x30, [sp, #-16]!
            0x3DC0_03E0, // ldr q0, [sp]
            0x4C40_7BE0, // ld1 {v0.4s}, [sp]
            0xC85F_7FE0, // ldxr x0, [sp]
            0x3840_17E0, // ldrb w0, [sp], #1
        ];
        assert!(by_stack_pointer.iter().all(|word| accesses_by_stack_pointer(*word)));
        let others = [
            0xF940_0020, // ldr x0, [x1]
            0xF900_003F, // str xzr, [x1]
            0x5800_03E0, // ldr x0, a literal 124 bytes on
            0x9100_03E0, // mov x0, sp
            0xD61F_03E0, // br xzr
            0xD503_201F, // nop
        ];
        assert!(!others.iter().any(|word| accesses_by_stack_pointer(*word)));
    }

    #[test]
    fn a_branch_to_an_odd_address_is_an_alignment_fault_there() {
        assert_eq!(fault(0x8A00_0000).kind, FaultKind::Alignment);
        assert_eq!(fault(0x8A00_0000).address, VirtAddr::new(0x1234));
    }
}
