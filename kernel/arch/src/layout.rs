//! Where things are in the kernel's half of the address space (TTBR1), and in an image.
//!
//! ```text
//! 0xFFFF_FF80_0000_0000  the linear map: physical address 0 on; the image is linked within it
//! 0xFFFF_FFC0_0000_0000  the stack area: slots of 32 KiB, the upper half of each a kernel stack
//! ```
//!
//! A stack's slot is twice its size and aligned to that: the lower half is never mapped, so an
//! overflow faults, and one bit of the stack pointer tells the exception entry that it did.

use crate::addr::{PAGE_SIZE, PhysAddr, VirtAddr};

/// The virtual address of physical address 0.
pub const LINEAR_BASE: usize = 0xFFFF_FF80_0000_0000;
/// The physical address that the firmware loads the image at.
pub const LOAD_ADDRESS: u64 = 0x8_0000;
/// The firmware's code for waiting cores, and the words they wait on: never used for anything else.
pub const FIRMWARE_BYTES: u64 = 0x1000;
/// The first slot of the kernel stacks.
pub const STACK_AREA: usize = 0xFFFF_FFC0_0000_0000;
/// The bit of a stack pointer that is set in a stack and clear in the guard below it.
pub const STACK_SHIFT: u32 = 14;
/// The size of a kernel stack.
pub const STACK_BYTES: usize = 1 << STACK_SHIFT;
/// The frames of a kernel stack.
pub const STACK_FRAMES: usize = STACK_BYTES / PAGE_SIZE;
/// The size of a slot as a power of two.
pub const SLOT_SHIFT: u32 = STACK_SHIFT + 1;
/// The distance of two stacks.
pub const SLOT_BYTES: usize = 1 << SLOT_SHIFT;
/// The number of slots.
pub const STACK_SLOTS: usize = 8192;
/// The slot of core 0's boot stack; the other cores' follow.
pub const BOOT_SLOT: usize = 0;
/// The slot of the stack that core 0 takes when its stack is full; the other cores' follow.
pub const EMERGENCY_SLOT: usize = BOOT_SLOT + crate::cpu::MAX_CORES;
/// The slots whose stacks are part of the image.
pub const IMAGE_SLOTS: usize = EMERGENCY_SLOT + crate::cpu::MAX_CORES;

/// The lowest address of the stack in a slot.
pub const fn stack_bottom(slot: usize) -> VirtAddr {
    VirtAddr::new(STACK_AREA + slot * SLOT_BYTES + STACK_BYTES)
}

/// The address above the stack in a slot: the first value of its stack pointer.
pub const fn stack_top(slot: usize) -> VirtAddr {
    VirtAddr::new(STACK_AREA + (slot + 1) * SLOT_BYTES)
}

/// Whether the address lies in the guard below a kernel stack.
pub const fn is_stack_guard(address: VirtAddr) -> bool {
    is_in_stack_area(address) && address.value() & STACK_BYTES == 0
}

/// Whether the address lies in a slot's stack, mapped or not.
pub const fn is_stack(address: VirtAddr) -> bool {
    is_in_stack_area(address) && address.value() & STACK_BYTES != 0
}

/// Where the linear map shows a physical address.
pub const fn linear_address(address: PhysAddr) -> VirtAddr {
    VirtAddr::new(LINEAR_BASE + address.value() as usize)
}

/// The physical address of something in the linear map, such as the kernel's own variables.
///
/// `None` for addresses outside of it.
pub const fn physical_address(address: VirtAddr) -> Option<PhysAddr> {
    if address.value() < LINEAR_BASE || address.value() >= STACK_AREA {
        return None;
    }
    Some(PhysAddr::new((address.value() - LINEAR_BASE) as u64))
}

const fn is_in_stack_area(address: VirtAddr) -> bool {
    address.value() >= STACK_AREA && address.value() < stack_top(STACK_SLOTS - 1).value()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stack_pointer_just_below_its_stack_is_in_the_guard() {
        for slot in [0, 1, STACK_SLOTS - 1] {
            let (bottom, top) = (stack_bottom(slot), stack_top(slot));
            assert_eq!(top.value() - bottom.value(), 16 << 10);
            assert!(is_stack(bottom));
            assert!(is_stack(VirtAddr::new(top.value() - 16)));
            assert!(is_stack_guard(VirtAddr::new(bottom.value() - 1)));
            assert!(!is_stack_guard(bottom));
        }
    }

    #[test]
    fn the_linear_map_ends_below_the_stack_area() {
        // 256 GiB: more than any board has.
        assert_eq!(linear_address(PhysAddr::new(1 << 38)).value(), STACK_AREA);
        assert!(!is_stack_guard(VirtAddr::new(STACK_AREA - 1)));
    }

    #[test]
    fn a_linear_address_leads_back_and_a_stack_address_does_not() {
        let physical = PhysAddr::new(0x3F20_1000);
        assert_eq!(physical_address(linear_address(physical)), Some(physical));
        assert_eq!(physical_address(stack_bottom(0)), None);
        assert_eq!(physical_address(VirtAddr::new(0x1000)), None);
    }
}
