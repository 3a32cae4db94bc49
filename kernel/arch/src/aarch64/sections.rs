//! Where the linker put the parts of the kernel (see `kernel.ld`).

use crate::addr::PhysAddr;
use crate::layout::LINEAR_BASE;
use core::ops::Range;

// SAFETY: the linker script defines each of them; only their addresses are used.
unsafe extern "C" {
    safe static __text_start: u8;
    safe static __text_end: u8;
    safe static __rodata_end: u8;
    safe static __data_end: u8;
    safe static __stacks_start: u8;
    safe static __payload_start: u8;
}

/// The kernel's instructions, boot code included.
pub fn text() -> Range<PhysAddr> {
    physical(&__text_start)..physical(&__text_end)
}

/// Constants.
pub fn rodata() -> Range<PhysAddr> {
    physical(&__text_end)..physical(&__rodata_end)
}

/// Variables, those that begin as zero and the image's stacks included.
pub fn data() -> Range<PhysAddr> {
    physical(&__rodata_end)..physical(&__data_end)
}

/// The stacks that are part of the image: [`crate::layout::IMAGE_SLOTS`] of them, in a row.
pub fn stacks() -> PhysAddr {
    physical(&__stacks_start)
}

/// Where the payload begins, if the image has one.
pub fn payload() -> PhysAddr {
    physical(&__payload_start)
}

/// The physical address of something within the image.
pub fn physical<T>(object: *const T) -> PhysAddr {
    PhysAddr::new((object.addr() - LINEAR_BASE) as u64)
}
