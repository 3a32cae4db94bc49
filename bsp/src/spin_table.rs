//! Where cores 1 to 3 wait for their entry address after power-on.
//!
//! The firmware's stub (and QEMU's) keeps them in a loop that reads a 64-bit word in low memory. To release core n:
//! clean all that it will read to the point of coherency, store the physical entry address in its word, clean that,
//! `dsb sy`, then `sev` until the core answers. It arrives at EL2 with the MMU off and x0 = 0.

use crate::soc::PhysRange;

/// The stub's code and words: never to be given to anything else.
pub const RESERVED_LOW_MEMORY: PhysRange = PhysRange { start: 0, len: 0x1000 };

const FIRST_SLOT: u64 = 0xD8;
const SLOT_BYTES: u64 = 8;

/// The physical address of the word that `core` waits on, or `None` for core 0, which boots, and above core 3.
pub const fn release_address(core: usize) -> Option<u64> {
    match core {
        1..=3 => Some(FIRST_SLOT + SLOT_BYTES * core as u64),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_waiting_cores_have_the_slots_of_the_firmware_stub() {
        assert_eq!([1, 2, 3].map(release_address), [Some(0xE0), Some(0xE8), Some(0xF0)]);
    }

    #[test]
    fn the_boot_core_and_absent_cores_have_no_slot() {
        assert_eq!(release_address(0), None);
        assert_eq!(release_address(4), None);
    }
}
