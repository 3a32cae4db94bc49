//! What a child of fork gets of a view: all policies, an object with a single writer, and a fork that
//! finds no memory.

mod common;

use abi::memory::Protection;
use abi::region::{Inheritance, RegionFlags};
use arch::addr::{PAGE_SIZE, UNIT_SIZE, VirtAddr};
use common::memory;
use kcore::mm::{
    Access, AddressSpace, FaultError, Frame, MapError, MapRequest, MemoryObject, OutOfMemory,
    Placement, Sharing, frames,
};
use kcore::region::{Region, RegionAttributes, RegionSpec};
use std::sync::Arc;

const START: usize = 0x1000_0000;
const READ_WRITE: Protection = Protection::READ.union(Protection::WRITE);

fn region(pages: usize) -> Arc<Region> {
    let attributes = RegionAttributes { mode: 0o600, uid: 0, gid: 0 };
    Region::create(attributes, (pages * PAGE_SIZE) as u64).expect("memory is plenty")
}

fn page(index: usize) -> VirtAddr {
    VirtAddr::new(START + index * PAGE_SIZE)
}

/// Shows an object from its beginning, at these pages of the space.
fn show(
    space: &Arc<AddressSpace>,
    object: Arc<dyn MemoryObject>,
    at: usize,
    pages: usize,
    sharing: Sharing,
) {
    let request = MapRequest {
        placement: Placement::Fixed(page(at)),
        bytes: pages * PAGE_SIZE,
        protection: READ_WRITE,
        maximum: Protection::all(),
        object: Some((object, 0, sharing)),
    };
    space.map(request).expect("memory is plenty");
}

fn load(space: &AddressSpace, at: usize) -> Result<u64, FaultError> {
    let frame = space.page_for(page(at), Access::Read)?;
    let mut bytes = [0; 8];
    frame.read(0, &mut bytes);
    Ok(u64::from_le_bytes(bytes))
}

fn store(space: &AddressSpace, at: usize, value: u64) -> Result<(), FaultError> {
    space.store(page(at), &value.to_le_bytes())
}

/// A parent with a view of a region of which pages 0 and 3 exist, and a child by that policy.
fn family(sharing: Sharing, policy: Inheritance) -> (Arc<AddressSpace>, Arc<AddressSpace>) {
    let parent = AddressSpace::new().expect("memory is plenty");
    show(&parent, region(8), 0, 8, sharing);
    store(&parent, 0, 10).expect("it is mapped");
    store(&parent, 3, 13).expect("it is mapped");
    assert_eq!(parent.set_inheritance(page(1), policy), Ok(Inheritance::Share));
    let child = parent.fork().expect("memory is plenty");
    (parent, child)
}

#[test]
fn a_copy_is_of_the_moment_of_the_fork_and_the_childs_own() {
    let _memory = memory();
    let (parent, child) = family(Sharing::Shared, Inheritance::Copy);
    store(&parent, 0, 20).expect("it is mapped");
    store(&child, 3, 33).expect("it is a copy");
    assert_eq!((load(&child, 0), load(&child, 1), load(&child, 3)), (Ok(10), Ok(0), Ok(33)));
    assert_eq!((load(&parent, 0), load(&parent, 3)), (Ok(20), Ok(13)));
}

#[test]
fn what_is_not_inherited_is_not_there() {
    let _memory = memory();
    for sharing in [Sharing::Shared, Sharing::Private] {
        let (parent, child) = family(sharing, Inheritance::None);
        assert_eq!(load(&child, 0), Err(FaultError::Unmapped));
        assert_eq!(load(&parent, 0), Ok(10));
        assert!(child.describe_from(VirtAddr::new(0)).is_none());
    }
}

#[test]
fn where_nothing_is_inherited_no_table_is_in_the_way_of_a_link() {
    let _memory = memory();
    let (_parent, child) = family(Sharing::Private, Inheritance::None);
    let whole = region(512);
    drop(whole.page(7).expect("memory is plenty"));
    show(&child, whole, 0, 512, Sharing::Shared);
    assert!(child.translation(page(7)).is_some(), "the page is there without a fault");
}

#[test]
fn a_child_that_may_only_read_can_never_write() {
    let _memory = memory();
    for sharing in [Sharing::Shared, Sharing::Private] {
        let (parent, child) = family(sharing, Inheritance::ShareReadOnly);
        assert_eq!(load(&child, 3), Ok(13));
        // The parent's end makes the child the only owner of what they shared.
        drop(parent);
        assert_eq!(load(&child, 0), Ok(10));
        assert_eq!(store(&child, 0, 1), Err(FaultError::Denied));
        assert_eq!(child.protect(page(0), PAGE_SIZE, READ_WRITE), Err(MapError::Denied));
        let grandchild = child.fork().expect("memory is plenty");
        assert_eq!(store(&grandchild, 0, 1), Err(FaultError::Denied));
        let allowed = child.translation(page(0)).map(|(_, rights)| rights);
        assert_eq!(allowed, Some(kcore::mm::Rights::READ));
    }
}

#[test]
fn a_view_without_approval_has_no_rights_and_then_those_that_were_given() {
    let _memory = memory();
    for sharing in [Sharing::Shared, Sharing::Private] {
        let (parent, child) = family(sharing, Inheritance::Ask);
        let (_, view) = parent.view_at(page(0)).expect("it is mapped");
        let kcore::mm::Backing::Object { attachment, .. } = view.backing else { panic!("private") };
        let id = attachment.object.id();
        assert_eq!(load(&child, 0), Err(FaultError::Denied));
        assert_eq!(child.protect(page(0), PAGE_SIZE, Protection::READ), Err(MapError::Denied));
        let grandchild = child.fork().expect("memory is plenty");
        assert_eq!(load(&grandchild, 0), Err(FaultError::Unmapped));
        assert_eq!(child.decide(id + 1000, READ_WRITE), Ok(0));
        assert_eq!(child.decide(id, Protection::READ), Ok(1));
        assert_eq!(child.decide(id, READ_WRITE), Ok(0), "it is decided once");
        assert_eq!((load(&child, 0), load(&child, 3)), (Ok(10), Ok(13)));
        assert_eq!(store(&child, 0, 1), Err(FaultError::Denied));
        let denied = parent.fork().expect("memory is plenty");
        assert_eq!(denied.decide(id, Protection::empty()), Ok(1));
        assert_eq!(load(&denied, 0), Err(FaultError::Unmapped));
        let writer = parent.fork().expect("memory is plenty");
        assert_eq!(writer.decide(id, READ_WRITE), Ok(1));
        assert_eq!(store(&writer, 0, 44), Ok(()));
        let expected = if sharing == Sharing::Shared { 44 } else { 10 };
        assert_eq!(load(&parent, 0), Ok(expected));
    }
}

#[test]
fn a_copy_beside_a_linked_view_leaves_the_regions_table_alone() {
    let _memory = memory();
    let parent = AddressSpace::new().expect("memory is plenty");
    let (linked, copied) = (region(8), region(8));
    drop(copied.page(0).expect("memory is plenty"));
    show(&parent, linked.clone(), 0, 8, Sharing::Shared);
    store(&parent, 0, 10).expect("it is mapped");
    show(&parent, copied, 100, 8, Sharing::Shared);
    parent.set_inheritance(page(100), Inheritance::Copy).expect("it is a region's");
    let child = parent.fork().expect("memory is plenty");
    assert_eq!((load(&child, 0), load(&child, 100)), (Ok(10), Ok(0)));
    assert_eq!(linked.resident_pages(), 1);
    let other = AddressSpace::new().expect("memory is plenty");
    show(&other, linked, 0, 8, Sharing::Shared);
    assert!(other.translation(page(0)).is_some(), "what exists is linked");
    assert!(other.translation(page(100)).is_none(), "the copy is in the region's table");
}

#[test]
fn an_object_with_a_single_writer_is_read_only_for_children_whatever_else_is_said() {
    let _memory = memory();
    for policy in [Inheritance::Share, Inheritance::ShareReadOnly, Inheritance::Ask] {
        let parent = AddressSpace::new().expect("memory is plenty");
        let attributes = RegionAttributes { mode: 0o600, uid: 0, gid: 0 };
        let spec = RegionSpec::file(attributes, 512 * PAGE_SIZE as u64);
        let flags = spec.flags | RegionFlags::SINGLE_WRITER;
        let object = Region::new(RegionSpec { flags, ..spec }).expect("memory is plenty");
        let id = object.id();
        show(&parent, object, 0, 512, Sharing::Shared);
        store(&parent, 0, 10).expect("it is mapped");
        parent.set_inheritance(page(0), policy).expect("it is a region's");
        let child = parent.fork().expect("memory is plenty");
        child.decide(id, READ_WRITE).expect("memory is plenty");
        assert_eq!(load(&child, 0), Ok(10));
        assert_eq!(store(&child, 0, 1), Err(FaultError::Denied));
        assert_eq!(child.protect(page(0), PAGE_SIZE, READ_WRITE), Err(MapError::Denied));
        assert_eq!(store(&parent, 0, 11), Ok(()));
        assert_eq!(load(&child, 0), Ok(11));
    }
}

#[test]
fn only_views_of_objects_have_a_policy() {
    let _memory = memory();
    let space = AddressSpace::new().expect("memory is plenty");
    let request = MapRequest {
        placement: Placement::Fixed(page(0)),
        bytes: PAGE_SIZE,
        protection: READ_WRITE,
        maximum: Protection::all(),
        object: None,
    };
    space.map(request).expect("memory is plenty");
    assert_eq!(space.set_inheritance(page(0), Inheritance::None), Err(MapError::BadRange));
    assert_eq!(space.set_inheritance(page(1), Inheritance::None), Err(MapError::Unmapped));
}

#[test]
fn a_fork_that_finds_no_memory_for_a_copy_leaves_nothing() {
    let _memory = memory();
    let begin = frames::statistics().free;
    let parent = AddressSpace::new().expect("memory is plenty");
    let shared = region(UNIT_SIZE / PAGE_SIZE);
    show(&parent, shared.clone(), 0, 512, Sharing::Shared);
    (0..512).for_each(|at| store(&parent, at, at as u64).expect("memory is plenty"));
    parent.set_inheritance(page(0), Inheritance::Copy).expect("it is a region's");
    let mut taken = Vec::new();
    while let Ok(frame) = Frame::zeroed() {
        taken.push(frame);
    }
    // In all 401 free frames: fewer than there are pages to copy.
    for given_back in [0, 1, 100, 300] {
        taken.truncate(taken.len() - given_back);
        let before = frames::statistics().free;
        assert_eq!(parent.fork().map(drop), Err(OutOfMemory));
        assert_eq!(frames::statistics().free, before);
        assert_eq!(load(&parent, 511), Ok(511));
    }
    drop(taken);
    let child = parent.fork().expect("memory is plenty");
    assert_eq!(load(&child, 511), Ok(511));
    drop((child, parent, shared));
    assert_eq!(frames::statistics().free, begin);
}
