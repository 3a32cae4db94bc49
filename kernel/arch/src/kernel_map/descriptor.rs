//! Descriptors of the kernel's half (Arm ARM, D8.3: VMSAv8-64 descriptor formats).

use crate::addr::PhysAddr;

/// The place of Device-nGnRE in MAIR_EL1.
pub const DEVICE_MEMORY_INDEX: u8 = 0;
/// The place of write-back cacheable memory in MAIR_EL1.
pub const NORMAL_MEMORY_INDEX: u8 = 1;

const DEVICE_NGNRE: u64 = 0x04;
/// Inner and outer write-back, non-transient, allocating on reads and writes.
const NORMAL_WRITE_BACK: u64 = 0xFF;
/// The value of MAIR_EL1.
pub const MAIR: u64 =
    DEVICE_NGNRE << (8 * DEVICE_MEMORY_INDEX) | NORMAL_WRITE_BACK << (8 * NORMAL_MEMORY_INDEX);

const VALID: u64 = 1;
/// A table on levels 1 and 2, a page on level 3; a block has it clear.
const TABLE_OR_PAGE: u64 = 1 << 1;
const READ_ONLY: u64 = 1 << 7;
const INNER_SHAREABLE: u64 = 3 << 8;
const ACCESSED: u64 = 1 << 10;
const NEVER_EXECUTE_EL1: u64 = 1 << 53;
const NEVER_EXECUTE_EL0: u64 = 1 << 54;
/// EL0 never reaches the kernel's half, whatever the descriptors below say.
const TABLE_NO_EL0_ACCESS: u64 = 1 << 61;

/// What memory of the kernel is used for, which is all that decides its attributes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum MemoryKind {
    /// Instructions: read-only.
    Text,
    /// Constants: read-only, never executed.
    ReadOnly,
    /// Everything else in RAM: never executed.
    Data,
    /// Registers of devices.
    Device,
}

impl MemoryKind {
    const fn bits(self) -> u64 {
        let normal = (NORMAL_MEMORY_INDEX as u64) << 2 | INNER_SHAREABLE;
        let never_execute = NEVER_EXECUTE_EL1 | NEVER_EXECUTE_EL0;
        ACCESSED
            | match self {
                Self::Text => normal | READ_ONLY | NEVER_EXECUTE_EL0,
                Self::ReadOnly => normal | READ_ONLY | never_execute,
                Self::Data => normal | never_execute,
                Self::Device => (DEVICE_MEMORY_INDEX as u64) << 2 | never_execute,
            }
    }
}

/// A block of 1 GiB on level 1, or of 2 MiB on level 2.
pub const fn block(address: PhysAddr, kind: MemoryKind) -> u64 {
    address.value() | kind.bits() | VALID
}

/// A page, on level 3.
pub const fn page(address: PhysAddr, kind: MemoryKind) -> u64 {
    address.value() | kind.bits() | VALID | TABLE_OR_PAGE
}

/// The way to a table of the next level.
pub const fn table(address: PhysAddr) -> u64 {
    address.value() | VALID | TABLE_OR_PAGE | TABLE_NO_EL0_ACCESS
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: [MemoryKind; 4] =
        [MemoryKind::Text, MemoryKind::ReadOnly, MemoryKind::Data, MemoryKind::Device];

    #[test]
    fn nothing_is_writable_and_executable() {
        for kind in KINDS {
            let writable = kind.bits() & READ_ONLY == 0;
            let executable = kind.bits() & NEVER_EXECUTE_EL1 == 0;
            assert!(!(writable && executable), "{kind:?}");
            assert_eq!(executable, kind == MemoryKind::Text);
        }
    }

    #[test]
    fn programs_may_neither_access_nor_execute_any_of_it() {
        const EL0_ACCESS: u64 = 1 << 6;
        for kind in KINDS {
            assert_eq!(kind.bits() & EL0_ACCESS, 0);
            assert_ne!(kind.bits() & NEVER_EXECUTE_EL0, 0);
        }
    }

    #[test]
    fn ram_is_cacheable_and_shared_and_devices_are_neither() {
        let data = page(PhysAddr::new(0x1000), MemoryKind::Data);
        // AttrIndx = 1, SH = 0b11, AF.
        assert_eq!(data & 0xFFF, 0x707);
        assert_eq!(block(PhysAddr::new(0x20_0000), MemoryKind::Device) & 0xFFF, 0x401);
        assert_eq!(MAIR, 0xFF04);
    }
}
