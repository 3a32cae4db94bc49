//! The walk from a program's address to a frame, as the processor does it (Arm ARM, D8.2).

use super::{ram, space};
use crate::addr::{PhysAddr, VirtAddr};
use crate::fault::{Fault, FaultKind};

const VALID: u64 = 1;
const TABLE_OR_PAGE: u64 = 1 << 1;
const EL0_ACCESS: u64 = 1 << 6;
const READ_ONLY: u64 = 1 << 7;
const ACCESSED: u64 = 1 << 10;
const TABLE_NO_EL0_ACCESS: u64 = 1 << 61;
const TABLE_READ_ONLY: u64 = 1 << 62;
const ADDRESS: u64 = 0x0000_FFFF_FFFF_F000;

const CLASS_DATA_SAME: u64 = 0x25 << 26;
const WRITE: u64 = 1 << 6;
const STATUS_TRANSLATION: u64 = 0x07;
const STATUS_PERMISSION: u64 = 0x0F;

/// Where a program's read or write at `address` goes, or the fault it makes.
pub fn walk(address: VirtAddr, kind: FaultKind) -> Result<PhysAddr, Fault> {
    let is_write = kind == FaultKind::Write;
    let fault = |status: u64| {
        let esr = CLASS_DATA_SAME | status | if is_write { WRITE } else { 0 };
        Fault::decode(esr, address.value() as u64, 0)
    };
    let mut table = space::root().ok_or_else(|| fault(STATUS_TRANSLATION))?;
    let (mut read_only, mut forbidden) = (false, false);
    for index in [address.level1_index(), address.level2_index()] {
        // SAFETY: the tables of an active address space live, and the index is below 512.
        let entry = unsafe { ram::read_entry(table, index) };
        if entry & (VALID | TABLE_OR_PAGE) != VALID | TABLE_OR_PAGE {
            return Err(fault(STATUS_TRANSLATION));
        }
        read_only |= entry & TABLE_READ_ONLY != 0;
        forbidden |= entry & TABLE_NO_EL0_ACCESS != 0;
        table = PhysAddr::new(entry & ADDRESS);
    }
    // SAFETY: as above.
    let entry = unsafe { ram::read_entry(table, address.level3_index()) };
    if entry & (VALID | TABLE_OR_PAGE | ACCESSED) != VALID | TABLE_OR_PAGE | ACCESSED {
        return Err(fault(STATUS_TRANSLATION));
    }
    forbidden |= entry & EL0_ACCESS == 0;
    read_only |= entry & READ_ONLY != 0;
    if forbidden || is_write && read_only {
        return Err(fault(STATUS_PERMISSION));
    }
    Ok(PhysAddr::new(entry & ADDRESS).add(address.page_offset() as u64))
}
