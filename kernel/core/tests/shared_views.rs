//! Views that parent and child have in common until one of them changes its own.

mod common;

use abi::memory::Protection;
use arch::addr::{PAGE_SIZE, VirtAddr};
use common::memory;
use kcore::mm::frames;
use kcore::mm::refusals::{Asked, with_refusal};
use kcore::mm::{Access, AddressSpace, FaultError, MapError, MapRequest, Placement, Sharing};
use kcore::region::{Region, RegionAttributes};
use std::sync::Arc;

const BASE: usize = 0x1000_1000;

/// Something that changes the views of an address space.
type Step = &'static dyn Fn(&AddressSpace) -> Result<(), MapError>;

fn region(pages: usize) -> Arc<Region> {
    let attributes = RegionAttributes { mode: 0o600, uid: 0, gid: 0 };
    Region::create(attributes, (pages * PAGE_SIZE) as u64).expect("memory is plenty")
}

fn page(index: usize) -> VirtAddr {
    VirtAddr::new(BASE + index * PAGE_SIZE)
}

fn request(region: Option<&Arc<Region>>, at: usize, pages: usize) -> MapRequest {
    let rights = Protection::READ | Protection::WRITE;
    MapRequest {
        placement: Placement::Fixed(page(at)),
        bytes: pages * PAGE_SIZE,
        protection: rights,
        maximum: Protection::all(),
        object: region.map(|region| (region.clone() as _, 0, Sharing::Shared)),
    }
}

fn family(region: &Arc<Region>) -> (Arc<AddressSpace>, Arc<AddressSpace>) {
    let parent = AddressSpace::new().expect("memory is plenty");
    parent.map(request(Some(region), 0, 4)).expect("there is room");
    let child = parent.fork().expect("memory is plenty");
    (parent, child)
}

fn views_and_writers(region: &Region) -> (u32, u32) {
    let record = region.record();
    (record.views, record.writers)
}

#[test]
fn each_of_a_family_counts_at_the_region_whoever_ends_first() {
    let _memory = memory();
    let region = region(4);
    let (parent, child) = family(&region);
    assert_eq!(views_and_writers(&region), (2, 2));
    let grandchild = child.fork().expect("memory is plenty");
    assert_eq!(views_and_writers(&region), (3, 3));
    drop(parent);
    assert_eq!(views_and_writers(&region), (2, 2));
    drop(grandchild);
    drop(child);
    assert_eq!(views_and_writers(&region), (0, 0));
}

#[test]
fn who_looks_on_keeps_nothing_that_the_last_process_leaves() {
    let _memory = memory();
    let before = frames::statistics().free;
    let region = region(4);
    let (parent, child) = family(&region);
    child.map(request(None, 8, 2)).expect("there is room");
    child.fault(page(8), Access::Write).expect("there is a view");
    let onlookers = (parent.clone(), child.clone());
    // A process that shares its parent's memory, as vfork makes it.
    child.join();
    child.clone().leave();
    assert_eq!(child.fault(page(8), Access::Read), Ok(()), "the other process has it");
    child.leave();
    assert_eq!(views_and_writers(&region), (1, 1));
    assert_eq!(onlookers.1.fault(page(8), Access::Read), Err(FaultError::Unmapped));
    assert_eq!(onlookers.0.fault(page(0), Access::Read), Ok(()));
    parent.leave();
    assert_eq!(views_and_writers(&region), (0, 0));
    let late = onlookers.0.map(request(Some(&region), 0, 4));
    assert_eq!(late, Err(MapError::NoRoom), "nobody would be told of what becomes of it");
    drop(onlookers);
    assert_eq!(views_and_writers(&region), (0, 0));
    drop(region);
    assert_eq!(frames::statistics().free, before);
}

#[test]
fn what_one_changes_is_not_changed_for_the_other() {
    let _memory = memory();
    let region = region(4);
    let (parent, child) = family(&region);
    parent.unmap(page(0), 2 * PAGE_SIZE).expect("memory is plenty");
    child.map(request(None, 8, 1)).expect("there is room");
    assert_eq!(parent.fault(page(0), Access::Read), Err(FaultError::Unmapped));
    assert_eq!(child.fault(page(0), Access::Read), Ok(()));
    assert_eq!(parent.fault(page(8), Access::Read), Err(FaultError::Unmapped));
    assert_eq!(views_and_writers(&region), (2, 2));
    parent.unmap(page(2), 2 * PAGE_SIZE).expect("memory is plenty");
    assert_eq!(views_and_writers(&region), (1, 1));
    child.protect(page(0), PAGE_SIZE, Protection::READ).expect("memory is plenty");
    drop(child);
    assert_eq!(views_and_writers(&region), (0, 0));
}

#[test]
fn a_region_that_shrinks_finds_everybody_of_a_family_that_has_parted() {
    let _memory = memory();
    let region = region(4);
    let (parent, child) = family(&region);
    let others: Vec<_> = (0..4).map(|_| parent.fork().expect("memory is plenty")).collect();
    let mut all: Vec<_> = others.iter().chain([&parent, &child]).collect();
    for (index, space) in all.iter().enumerate() {
        if index % 2 == 0 {
            space.map(request(None, 8, 1)).expect("there is room");
        }
    }
    let grandchild = others[0].fork().expect("memory is plenty");
    all.push(&grandchild);
    for space in &all {
        space.fault(page(3), Access::Write).expect("it is mapped");
    }
    assert_eq!(views_and_writers(&region), (7, 7));
    region.set_length(PAGE_SIZE as u64).expect("it shrinks");
    for space in all {
        assert_eq!(space.translation(page(3)), None);
        assert_eq!(space.fault(page(3), Access::Read), Err(FaultError::BeyondEnd));
    }
}

#[test]
fn without_memory_for_views_of_its_own_all_stays_as_it_is() {
    let _memory = memory();
    let region = region(4);
    let (parent, child) = family(&region);
    let steps: [Step; 4] = [
        &|space| space.map(request(None, 8, 1)).map(drop),
        &|space| space.unmap(page(1), PAGE_SIZE),
        &|space| space.protect(page(0), PAGE_SIZE, Protection::READ),
        &|space| space.unmap_view(page(0)),
    ];
    for step in steps {
        assert_eq!(with_refusal(1, || step(&child)), (Err(MapError::OutOfMemory), Asked::Refused));
        assert_eq!(views_and_writers(&region), (2, 2));
        for index in 0..4 {
            assert_eq!(child.fault(page(index), Access::Write), Ok(()));
        }
        assert_eq!(child.fault(page(8), Access::Read), Err(FaultError::Unmapped));
    }
    // Nobody else has the views any more, so no copy is needed.
    drop(parent);
    assert_eq!(child.unmap(page(0), 4 * PAGE_SIZE), Ok(()));
    assert_eq!(views_and_writers(&region), (0, 0));
}
