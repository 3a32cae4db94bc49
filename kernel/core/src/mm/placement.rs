//! Where things lie in the user half.
//!
//! Everything that a small program has fits in the first GiB, so that one level-2 table serves
//! it and fork has one table to go through. What does not fit goes above.
//!
//! | from | what |
//! |---|---|
//! | 64 KiB | lowest address that can be mapped |
//! | 4 MiB | programs, and the break behind them |
//! | 256 MiB | views of regions, each on a 2 MiB border |
//! | 512 MiB | other mappings |
//! | 1 GiB | the stack, downwards, and the kernel's code for programs behind it |
//! | 4 GiB | programs without an address of their own (static-PIE) |
//! | 64 GiB | mappings that do not fit below |
//! | 128 GiB | views of regions that do not fit below |
//! | 384 GiB | the commons: regions that have one address in all processes |
//!
//! Where exactly, [`Slides`] and `Layout` say.

use arch::addr::{PAGE_SIZE, PageRange, VirtAddr};
use core::ops::Range;

use super::layout::Slides;
use super::views::{AREAS, Views};

/// The lowest address that can be mapped: a null pointer with an offset stays a fault.
pub const USER_START: usize = 0x1_0000;
/// The highest end of the unit that a stack begins in.
pub const STACK_END: usize = 0x4000_0000;
/// Where programs without an address of their own go, at the lowest.
pub const PROGRAM_BASE: usize = 0x1_0000_0000;

/// Where mappings begin that do not fit below.
pub const FAR: usize = 0x10_0000_0000;

/// Where mappings go, then views of regions: each first, and what does not fit there.
static PLACES: [Range<usize>; AREAS] = [
    0x2000_0000..0x3B00_0000,
    FAR..0x20_0000_0000,
    0x1000_0000..0x2000_0000,
    0x20_0000_0000..0x60_0000_0000,
];

/// Where regions lie that have one address in all processes; nothing else is placed there.
pub const COMMONS: Range<usize> = 0x60_0000_0000..0x7F_0000_0000;

/// Whether some of the range lies in the commons.
pub const fn is_in_commons(range: PageRange) -> bool {
    range.start().value() < COMMONS.end && range.end().value() > COMMONS.start
}

/// What is to be placed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Shape {
    /// Pages anywhere.
    Pages,
    /// A view of a region, which should begin on a unit's border so that tables can be linked.
    Units,
}

/// A free range of `bytes` bytes, which are not 0, or `None` if the address space has no such gap.
pub fn find_gap(
    views: &mut Views,
    slides: &Slides,
    shape: Shape,
    bytes: usize,
) -> Option<PageRange> {
    let places = match shape {
        Shape::Pages => 0..2,
        Shape::Units => 2..4,
    };
    let bytes = bytes.checked_next_multiple_of(PAGE_SIZE)?;
    let area = |index: usize| PLACES[index].start + slides.areas[index]..PLACES[index].end;
    let find = |index: usize| views.find_gap(index, &area(index), shape, bytes);
    PageRange::from_bytes(VirtAddr::new({ places }.find_map(find)?), bytes)
}

/// Where the area ends that stacks lie behind.
#[cfg(test)]
pub const fn mappings_end() -> usize {
    PLACES[0].end
}

/// How long an area is.
#[cfg(test)]
pub const fn area_bytes(index: usize) -> usize {
    PLACES[index].end - PLACES[index].start
}
