//! Views that would be cut in two, or taken away in pieces.

use crate::{Drained, READ_WRITE, map, memory, region, space, view_pages};
use abi::limits::{REGION_BYTES_MAX, VIEW_MAX};
use abi::memory::Protection;
use arch::addr::{PAGE_SIZE, VirtAddr};
use kcore::mm::frames::{self, FrameUse};
use kcore::mm::{Access, AddressSpace, FaultError, MapError, MemoryObject, Sharing};
use std::time::{Duration, Instant};

const START: usize = 0x1_0000_0000;

fn page(index: usize) -> VirtAddr {
    VirtAddr::new(START + index * PAGE_SIZE)
}

fn protect(space: &AddressSpace, index: usize) -> Result<(), MapError> {
    space.protect(page(index), PAGE_SIZE, Protection::READ)
}

#[test]
fn no_call_makes_more_views_than_there_may_be() {
    let _memory = memory();
    let space = space();
    map(&space, START, VIEW_MAX + 100, None).expect("memory is plenty");
    // Each second page becomes a view of its own, and so does what lies between two of them.
    for index in (1..VIEW_MAX - 1).step_by(2) {
        protect(&space, index).expect("there is room");
    }
    let rest = VIEW_MAX - 2;
    let last = view_pages(&space, page(rest).value());
    assert_eq!(last, Some(102));
    assert_eq!(protect(&space, rest + 10), Err(MapError::NoRoom));
    assert_eq!(view_pages(&space, page(rest).value()), last);
    space.unmap(page(rest + 10), PAGE_SIZE).expect("there is room for one more");
    assert_eq!(space.unmap(page(rest + 5), PAGE_SIZE), Err(MapError::NoRoom));
    assert_eq!(map(&space, page(rest + 5).value(), 1, None), Err(MapError::NoRoom));
    assert_eq!(view_pages(&space, page(rest).value()), Some(10));
    // What cuts no view is done: an end of one, all of one, and a change of all of one.
    space.unmap(page(rest), PAGE_SIZE).expect("the view becomes shorter");
    space.unmap(page(1), PAGE_SIZE).expect("the view goes");
    space.protect(page(3), PAGE_SIZE, READ_WRITE).expect("views become one");
}

#[test]
fn views_are_not_cut_when_kernel_memory_is_short() {
    let _memory = memory();
    let space = space();
    map(&space, START, 8, None).expect("memory is plenty");
    let start = page(8);
    space.set_break_start(start);
    let grown = page(9);
    assert_eq!(space.move_break(grown), grown);
    let tables = Drained::by(FrameUse::Table);
    assert_eq!(protect(&space, 3), Err(MapError::OutOfMemory));
    assert_eq!(space.unmap(page(3), PAGE_SIZE), Err(MapError::OutOfMemory));
    assert_eq!(space.move_break(page(20)), grown);
    assert_eq!(view_pages(&space, START), Some(9));
    assert_eq!(space.move_break(start), start);
    space.unmap(page(0), 8 * PAGE_SIZE).expect("it gives memory back");
    drop(tables);
}

#[test]
fn unmapping_a_view_ends_all_the_pieces_that_it_was_cut_into() {
    let _memory = memory();
    let before = frames::statistics().free;
    let space = space();
    let region = region(1024 * 4096);
    map(&space, START, 1024, Some((&region, Sharing::Shared))).expect("memory is plenty");
    map(&space, START + (4 << 20), 1024, Some((&region, Sharing::Shared))).expect("a second view");
    for index in [0, 100, 600, 1023, 1024] {
        space.fault(page(index), Access::Write).expect("it is mapped");
    }
    protect(&space, 100).expect("it is mapped");
    map(&space, page(200).value(), 1, None).expect("in place of a page");
    assert_eq!(space.unmap_view(page(101)), Err(MapError::BadRange));
    space.unmap_view(page(0)).expect("the view begins there");
    for index in [0, 100, 600, 1023] {
        assert_eq!(space.fault(page(index), Access::Read), Err(FaultError::Unmapped));
        assert_eq!(space.translation(page(index)), None);
    }
    space.fault(page(200), Access::Write).expect("it is no piece of the view");
    space.fault(page(1024), Access::Write).expect("it is of another mapping");
    assert_eq!(region.record().views, 1);
    assert_eq!(space.unmap_view(page(0)), Err(MapError::BadRange));
    drop((space, region));
    assert_eq!(frames::statistics().free, before);
}

#[test]
fn a_region_is_taken_from_its_viewers_unit_by_unit() {
    let _memory = memory();
    let region = region(REGION_BYTES_MAX);
    let spaces = [space(), space(), space()];
    let pages = REGION_BYTES_MAX as usize / PAGE_SIZE;
    for space in &spaces {
        for view in 0..6 {
            let at = START + view * (REGION_BYTES_MAX as usize);
            map(space, at, pages, Some((&region, Sharing::Private))).expect("memory is plenty");
        }
        for index in [0, 511, 512, pages - 1] {
            space.fault(page(index), Access::Write).expect("it is mapped");
        }
    }
    let began = Instant::now();
    region.set_length(512 * 4096).expect("it shrinks");
    // 600,000 units are looked at; 300 million pages would take minutes.
    assert!(began.elapsed() < Duration::from_secs(10), "it took {:?}", began.elapsed());
    for space in &spaces {
        assert!(space.translation(page(511)).is_some());
        assert_eq!(space.translation(page(512)), None);
        assert_eq!(space.fault(page(pages - 1), Access::Read), Err(FaultError::BeyondEnd));
    }
    assert_eq!(region.page(511).map(|_| ()), Ok(()));
}
