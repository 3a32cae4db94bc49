//! The values of the system registers that decide how a core translates and protects.

use crate::kernel_map;

/// 512 GiB for each half: three levels of tables.
const HALF_SIZE: u64 = 64 - 39;
/// Table walks: write-back, allocating, inner shareable, like the memory that tables are in.
const WALKS: u64 = 1 << 0 | 1 << 2 | 3 << 4;
const TCR_TTBR0_WALKS: u64 = WALKS << 8;
const TCR_TTBR1_WALKS: u64 = WALKS << 24;
/// 4 KiB; TTBR0's field has another encoding, in which it is 0.
const TCR_TTBR1_GRANULE: u64 = 2 << 30;
const TCR_16_BIT_ASIDS: u64 = 1 << 36;

/// TCR_EL1 without the size of physical addresses, which `boot.S` adds at bit 32.
pub const TCR: u64 = HALF_SIZE
    | HALF_SIZE << 16
    | TCR_TTBR0_WALKS
    | TCR_TTBR1_WALKS
    | TCR_TTBR1_GRANULE
    | TCR_16_BIT_ASIDS;

/// MAIR_EL1.
pub const MAIR: u64 = kernel_map::MAIR;

/// SCTLR_EL1 with translation and caches off: the bits that are always 1.
pub const SCTLR_OFF: u64 = 1 << 29 | 1 << 28 | 1 << 23 | 1 << 22 | 1 << 20 | 1 << 11;

const TRANSLATION: u64 = 1 << 0;
const DATA_CACHE: u64 = 1 << 2;
const STACK_ALIGNMENT_EL1: u64 = 1 << 3;
const STACK_ALIGNMENT_EL0: u64 = 1 << 4;
const INSTRUCTION_CACHE: u64 = 1 << 12;
const EL0_ZEROES_CACHE_LINES: u64 = 1 << 14;
const EL0_READS_CACHE_TYPE: u64 = 1 << 15;
/// A program that waits lets its core rest until the next interrupt, and loses only its own time.
const EL0_WAITS: u64 = 1 << 16 | 1 << 18;
const EL0_MAINTAINS_CACHES: u64 = 1 << 26;

/// SCTLR_EL1 with translation and caches on, while the boot map is in use.
pub const SCTLR_BOOT: u64 = SCTLR_OFF
    | TRANSLATION
    | DATA_CACHE
    | STACK_ALIGNMENT_EL1
    | STACK_ALIGNMENT_EL0
    | INSTRUCTION_CACHE
    | EL0_ZEROES_CACHE_LINES
    | EL0_READS_CACHE_TYPE
    | EL0_WAITS
    | EL0_MAINTAINS_CACHES;

/// SCTLR_EL1 from then on: what is writable is not executable, at EL1 and EL0, whatever tables say.
pub const SCTLR_FINAL: u64 = SCTLR_BOOT | 1 << 19;

/// CPACR_EL1: programs use floating point and SIMD registers; the kernel only saves them.
pub const CPACR: u64 = 3 << 20;
/// CNTKCTL_EL1: programs read the virtual counter.
pub const CNTKCTL: u64 = 1 << 1;
/// CNTHCTL_EL2: EL1 may use the physical counter and timer.
pub const CNTHCTL_EL2: u64 = 3;
/// CPTR_EL2: nothing trapped; the other bits are always 1.
pub const CPTR_EL2: u64 = 0x33FF;
/// HCR_EL2: EL1 is AArch64, and there is no second stage of translation.
pub const HCR_EL2: u64 = 1 << 31;
/// SPSR_EL2: to EL1 with its own stack pointer and everything masked.
pub const SPSR_TO_EL1: u64 = 0x3C5;
