//! Which views show a region through the region's own tables, and what becomes of that when the
//! region grows.

mod common;

use abi::memory::Protection;
use arch::addr::{PAGE_SIZE, UNIT_SIZE, VirtAddr};
use common::memory;
use kcore::mm::{
    Access, AddressSpace, FaultError, MapRequest, MemoryObject, Placement, Sharing, frames,
};
use kcore::region::{Region, RegionAttributes};
use std::sync::Arc;

fn region(pages: usize) -> Arc<Region> {
    let attributes = RegionAttributes { mode: 0o600, uid: 0, gid: 0 };
    Region::create(attributes, (pages * PAGE_SIZE) as u64).expect("memory is plenty")
}

fn set_pages(region: &Region, pages: usize) {
    region.set_length((pages * PAGE_SIZE) as u64).expect("memory is plenty");
}

/// A process that shows the region's first pages, as `mmap` does where it may choose the place.
fn viewer(region: &Arc<Region>, pages: usize) -> (Arc<AddressSpace>, VirtAddr) {
    let space = AddressSpace::new().expect("memory is plenty");
    let request = MapRequest {
        placement: Placement::Anywhere,
        bytes: pages * PAGE_SIZE,
        protection: Protection::READ | Protection::WRITE,
        maximum: Protection::all(),
        object: Some((region.clone(), 0, Sharing::Shared)),
    };
    let start = space.map(request).expect("memory is plenty");
    (space, start)
}

fn page(start: VirtAddr, index: usize) -> VirtAddr {
    start.add(index * PAGE_SIZE)
}

fn shows(space: &AddressSpace, start: VirtAddr, index: usize) -> bool {
    space.translation(page(start, index)).is_some()
}

#[test]
fn a_small_region_is_linked_and_needs_no_table_and_one_fault() {
    let _memory = memory();
    let region = region(16);
    let (writer, at) = viewer(&region, 16);
    let (reader, there) = viewer(&region, 16);
    writer.fault(at, Access::Write).expect("it is mapped");
    let tables = frames::statistics().tables;
    reader.fault(there, Access::Read).expect("it is mapped");
    // Its first view needs a level-2 table, and no other.
    assert_eq!(frames::statistics().tables, tables + 1);
    for index in 1..16 {
        writer.fault(page(at, index), Access::Write).expect("it is mapped");
        assert!(shows(&reader, there, index), "page {index} is not there for both");
    }
}

#[test]
fn what_a_region_grows_by_is_not_seen_behind_the_end_of_a_view() {
    let _memory = memory();
    let before = frames::statistics().free;
    let region = region(16);
    let (space, start) = viewer(&region, 16);
    space.fault(start, Access::Write).expect("it is mapped");
    let child = space.fork().expect("memory is plenty");
    set_pages(&region, 600);
    for index in [0, 15, 16, 511, 512] {
        drop(region.page(index).expect("memory is plenty"));
    }
    for space in [&space, &child] {
        for index in [16, 511, 512] {
            assert!(!shows(space, start, index));
            assert_eq!(space.fault(page(start, index), Access::Read), Err(FaultError::Unmapped));
        }
        for index in [0, 15] {
            space.fault(page(start, index), Access::Write).expect("it is mapped");
            let frame = space.translation(page(start, index)).map(|(frame, _)| frame);
            assert_eq!(frame, region.page(index).ok().map(|frame| frame.address()));
        }
        assert!(!shows(space, start, 16));
    }
    drop((space, child, region));
    assert_eq!(frames::statistics().free, before);
}

#[test]
fn a_view_longer_than_its_region_stays_linked_until_the_region_is_longer() {
    let _memory = memory();
    let region = region(4);
    let (space, start) = viewer(&region, 520);
    space.fault(start, Access::Read).expect("it is mapped");
    assert_eq!(space.fault(page(start, 4), Access::Read), Err(FaultError::BeyondEnd));
    set_pages(&region, 520);
    space.fault(page(start, 512), Access::Read).expect("the region is as long as the view");
    for index in [4, 511, 519] {
        drop(region.page(index).expect("memory is plenty"));
        assert!(shows(&space, start, index), "page {index} is not linked");
    }
    set_pages(&region, 521);
    drop(region.page(520).expect("memory is plenty"));
    assert!(shows(&space, start, 511), "the whole unit is not linked any more");
    assert!(!shows(&space, start, 520));
    // Shrunk to what the view shows, it can be linked again.
    set_pages(&region, 520);
    space.fault(page(start, 513), Access::Read).expect("it is mapped");
    drop(region.page(514).expect("memory is plenty"));
    assert!(shows(&space, start, 514));
}

#[test]
fn something_else_behind_a_linked_view_cuts_the_link() {
    let _memory = memory();
    let region = region(16);
    let (space, start) = viewer(&region, 16);
    space.fault(start, Access::Write).expect("it is mapped");
    let request = MapRequest {
        placement: Placement::Fixed(page(start, 16)),
        bytes: UNIT_SIZE - 16 * PAGE_SIZE,
        protection: Protection::READ | Protection::WRITE,
        maximum: Protection::all(),
        object: None,
    };
    space.map(request).expect("memory is plenty");
    space.fault(page(start, 16), Access::Write).expect("it is mapped");
    space.fault(page(start, 3), Access::Write).expect("it is mapped");
    let shown = |index| space.translation(page(start, index)).map(|(frame, _)| frame);
    assert_eq!(shown(0), region.page(0).ok().map(|frame| frame.address()));
    assert_eq!(shown(3), region.page(3).ok().map(|frame| frame.address()));
    assert_eq!(region.resident_pages(), 2);
    assert!(shown(16).is_some());
}
