//! Where the parts of a program lie: chosen at random, so that whoever has found a way to write or to jump
//! where they should not does not know where anything is.
//!
//! What is moved is moved by whole units, and within a unit by so few pages that what most programs have
//! there stays in one table. Only mappings of more than a MiB may lie across one table more. A program that is
//! linked for an address lies there.
//!
//! | part | choices |
//! |---|---|
//! | a program without an address of its own | 2^14 units |
//! | the stack's first page | 2^5 units, 2^8 pages |
//! | the kernel's code for programs, behind the stack | 2^3 pages |
//! | the break | 2^7 pages |
//! | mappings | 2^6 units, 2^8 pages; 2^14 units above 64 GiB |
//! | views of regions | 2^6 units; 2^14 units above 128 GiB |
//!
//! Children have their parent's layout, until they run a program. Programs with an address of their own that
//! run at the same time share the stack's and the code's units: they begin as copies of one memory.

use super::placement::{PROGRAM_BASE, STACK_END};
use super::space::AddressSpace;
use super::views::AREAS;
use abi::limits::STACK_BYTES_MAX;
use arch::addr::{PAGE_SIZE, UNIT_SIZE};

/// What is above the stack in its unit: pages that stay free, and the kernel's code for programs.
const BEHIND_STACK: usize = 16 * PAGE_SIZE;
/// The first place in it for that code, which has two pages.
const FIRST_CODE: usize = BEHIND_STACK - 2 * PAGE_SIZE;
/// How far the stack's beginning may be from its highest.
const STACK_SLIDE: usize = 256 * PAGE_SIZE;

/// What is fixed when a program is loaded.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Layout {
    /// Where the unit ends that the stack begins in.
    stack_end: usize,
    /// Where the kernel's code for programs lies, and what it reads before it.
    pub kernel_code: usize,
    /// Where a program goes that has no address of its own.
    pub program: usize,
}

/// What each process that begins to run a program has of its own.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Slides {
    /// How far below its highest place the stack begins.
    stack: usize,
    /// How far behind the program the break begins.
    pub heap: usize,
    /// How far from the beginnings of the areas mappings are placed.
    pub areas: [usize; AREAS],
}

/// Random bits, of which some are taken for each choice.
struct Dice(u64);

impl Dice {
    /// One of so many choices, a power of two.
    const fn take(&mut self, choices: usize) -> usize {
        let choice = self.0 as usize & (choices - 1);
        self.0 >>= choices.trailing_zeros();
        choice
    }
}

impl Layout {
    /// The same for every program that asks for it.
    pub const PLAIN: Self = Self {
        stack_end: STACK_END,
        kernel_code: STACK_END - BEHIND_STACK + 7 * PAGE_SIZE,
        program: PROGRAM_BASE,
    };

    /// One that these bits choose.
    pub const fn random(bits: u64) -> Self {
        let mut dice = Dice(bits);
        let stack_end = STACK_END - dice.take(1 << 5) * UNIT_SIZE;
        let kernel_code = stack_end - FIRST_CODE + PAGE_SIZE * dice.take(1 << 3);
        let program = PROGRAM_BASE + dice.take(1 << 14) * UNIT_SIZE;
        Self { stack_end, kernel_code, program }
    }

    /// The lowest address that a stack may grow to, and how much there is from there on.
    pub const fn stack(&self) -> (usize, usize) {
        let bytes = STACK_BYTES_MAX + STACK_SLIDE;
        (self.highest_stack() - bytes, bytes)
    }

    /// Where the stack begins that slides so far.
    pub const fn stack_top(&self, slides: &Slides) -> usize {
        self.highest_stack() - slides.stack
    }

    pub(super) const fn highest_stack(&self) -> usize {
        self.stack_end - BEHIND_STACK
    }
}

impl Slides {
    /// Those that these bits choose.
    pub const fn random(bits: u64) -> Self {
        let mut dice = Dice(bits);
        let stack = dice.take(STACK_SLIDE / PAGE_SIZE) * PAGE_SIZE;
        let heap = dice.take(1 << 7) * PAGE_SIZE;
        let mappings = dice.take(1 << 6) * UNIT_SIZE + dice.take(1 << 8) * PAGE_SIZE;
        let views = dice.take(1 << 6) * UNIT_SIZE;
        let above = [dice.take(1 << 14) * UNIT_SIZE, dice.take(1 << 14) * UNIT_SIZE];
        Self { stack, heap, areas: [mappings, above[0], views, above[1]] }
    }
}

impl AddressSpace {
    /// Moves what is placed from now on; nothing but a program was, which has not begun.
    pub fn set_slides(&self, slides: Slides) {
        let mut state = self.state.lock();
        let before = core::mem::replace(&mut state.slides, slides);
        let moved = |at: usize| at - before.heap + slides.heap;
        let ends = &mut state.program_break;
        if ends.end > 0 {
            *ends = moved(ends.start)..moved(ends.end);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mm::placement;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn whatever_the_bits_are_nothing_lies_upon_something_else(bits: u64, slide: u64) {
            let (layout, slides) = (Layout::random(bits), Slides::random(slide));
            let (start, bytes) = layout.stack();
            let top = layout.stack_top(&slides);
            prop_assert!(start >= placement::mappings_end() && start % PAGE_SIZE == 0);
            prop_assert!(top - start >= STACK_BYTES_MAX && top <= start + bytes);
            prop_assert_eq!((top - 1) / UNIT_SIZE, (layout.stack_end - 1) / UNIT_SIZE);
            prop_assert!(start + bytes + PAGE_SIZE <= layout.kernel_code);
            prop_assert!(layout.kernel_code + 2 * PAGE_SIZE < layout.stack_end);
            prop_assert!(layout.stack_end <= STACK_END);
            prop_assert!(layout.program >= PROGRAM_BASE && layout.program < placement::FAR);
            for (index, slide) in slides.areas.iter().enumerate() {
                // At least half of each area is left, whatever is chosen.
                prop_assert!(*slide <= placement::area_bytes(index) / 2, "area {}", index);
            }
        }
    }

    #[test]
    fn every_part_moves() {
        let bits = |number: u64| number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let chosen: Vec<_> =
            (1..200).map(|n| (Layout::random(bits(n)), Slides::random(bits(n)))).collect();
        let differ = |part: &dyn Fn(&(Layout, Slides)) -> usize, least: usize| {
            let places: std::collections::BTreeSet<_> = chosen.iter().map(part).collect();
            assert!(places.len() >= least, "{} places", places.len());
        };
        differ(&|(layout, _)| layout.stack_end, 24);
        differ(&|(layout, _)| layout.stack_end - layout.kernel_code, 8);
        differ(&|(layout, _)| layout.program, 150);
        differ(&|(layout, slides)| layout.stack_top(slides), 150);
        differ(&|(_, slides)| slides.heap, 64);
        for (area, least) in [(0, 150), (1, 150), (2, 48), (3, 150)] {
            differ(&|(_, slides)| slides.areas[area], least);
        }
    }
}
