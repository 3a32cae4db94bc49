//! Pages that come with those before them: how many, and when none do.

mod common;

use abi::memory::Protection;
use arch::addr::{PAGE_SIZE, VirtAddr};
use common::memory;
use kcore::mm::frames::{self, FrameUse};
use kcore::mm::{Access, AddressSpace, MapRequest, Placement};
use std::sync::Arc;

const START: VirtAddr = VirtAddr::new(0x40_0000);

fn page(index: usize) -> VirtAddr {
    START.add(index * PAGE_SIZE)
}

/// An address space that sees so many pages of zeroed memory.
fn space(pages: usize) -> Arc<AddressSpace> {
    let space = AddressSpace::new().expect("memory is plenty");
    let request = MapRequest {
        placement: Placement::Fixed(START),
        bytes: pages * PAGE_SIZE,
        protection: Protection::READ | Protection::WRITE,
        maximum: Protection::all(),
        object: None,
    };
    space.map(request).expect("memory is plenty");
    space
}

fn touch(space: &AddressSpace, indices: impl Iterator<Item = usize>) {
    for index in indices {
        space.fault(page(index), Access::Write).expect("it is mapped");
    }
}

fn pages(space: &AddressSpace) -> u64 {
    space.usage().1
}

#[test]
fn a_row_of_touched_pages_brings_as_many_again_and_sixteen_at_most() {
    let _memory = memory();
    let space = space(100);
    touch(&space, 0..8);
    assert_eq!(pages(&space), 8);
    touch(&space, 8..9);
    assert_eq!(pages(&space), 9 + 8);
    touch(&space, 17..18);
    assert_eq!(pages(&space), 18 + 16);
    assert!(space.translation(page(33)).is_some() && space.translation(page(34)).is_none());
}

#[test]
fn no_page_is_made_behind_the_view_or_in_the_place_of_another() {
    let _memory = memory();
    let short = space(12);
    touch(&short, 0..9);
    assert_eq!(pages(&short), 12);
    let space = space(100);
    space.store(page(11), &[7]).expect("it is mapped");
    touch(&space, 0..9);
    assert_eq!(pages(&space), 9 + 3);
    let mut byte = [0];
    let frame = space.page_for(page(11), Access::Read).expect("it is mapped");
    frame.read(0, &mut byte);
    assert_eq!(byte, [7]);
}

#[test]
fn pages_that_are_touched_here_and_there_come_alone() {
    let _memory = memory();
    let space = space(200);
    touch(&space, (0..200).step_by(2));
    assert_eq!(pages(&space), 100);
}

#[test]
fn when_memory_is_short_nothing_comes_that_nobody_has_asked_for() {
    let _memory = memory();
    let space = space(100);
    touch(&space, 0..8);
    let total = frames::statistics().total;
    let mut taken = Vec::new();
    while frames::statistics().free > total / 8 {
        taken.push(frames::allocate(FrameUse::User).expect("there is more"));
    }
    touch(&space, 8..20);
    assert_eq!(pages(&space), 20);
    for frame in taken {
        frames::free(frame, FrameUse::User);
    }
}
