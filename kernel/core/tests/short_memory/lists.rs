//! What may be long is walked, or asked for in a way that can fail.

use crate::allocator::with_limit;
use crate::{map, memory, region, space};
use abi::Errno;
use abi::memory::Protection;
use abi::region::Inheritance;
use arch::addr::{PAGE_SIZE, VirtAddr};
use kcore::mm::frames::{self, FrameUse};
use kcore::mm::{AddressSpace, MapError, OutOfMemory, Sharing};
use kcore::region::names::{self, Exclusive};
use kcore::region::{Region, RegionAttributes, RegionSpec};
use kcore::user_memory::UserData;
use std::sync::Arc;

/// Larger than any single object, smaller than any list here.
const ONE_OBJECT: usize = 1024;

fn fill(region: &Region, pages: usize) {
    for page in 0..pages {
        let data = &mut UserData::kernel(b"x");
        region.write((page * PAGE_SIZE) as u64, data).expect("memory is plenty");
    }
}

#[test]
fn a_region_shrinks_without_memory_whatever_its_pages_and_viewers() {
    let _memory = memory();
    let before = frames::statistics().free;
    let region = region(20 << 20);
    fill(&region, 5000);
    let viewers: Vec<_> = (0..200).map(|_| space()).collect();
    for viewer in &viewers {
        map(viewer, 0x1000_0000, 512, Some((&region, Sharing::Shared))).expect("memory is plenty");
    }
    let shrunk = with_limit(ONE_OBJECT, || region.set_length(PAGE_SIZE as u64 + 1));
    assert_eq!(shrunk, Ok(()));
    assert_eq!(region.resident_pages(), 2);
    drop((viewers, region));
    assert_eq!(frames::statistics().free, before);
}

#[test]
fn viewers_are_kept_in_small_pieces() {
    let _memory = memory();
    let region = region(4096);
    let spaces: Vec<_> = (0..200).map(|_| space()).collect();
    with_limit(ONE_OBJECT, || {
        for space in &spaces {
            map(space, 0x1000_0000, 1, Some((&region, Sharing::Shared))).expect("it is small");
        }
    });
    assert_eq!(region.record().users, 200);
}

#[test]
fn a_family_is_kept_in_small_pieces_and_leaves_nothing() {
    let _memory = memory();
    let region = region(4096);
    let parent = space();
    map(&parent, 0x1000_0000, 1, Some((&region, Sharing::Shared))).expect("it is small");
    let before = frames::statistics().free;
    let mut family: Vec<_> = (0..300)
        .map(|_| with_limit(ONE_OBJECT, || parent.fork()).expect("memory is plenty"))
        .collect();
    assert_eq!(region.record().views, 301);
    family.retain({
        let mut index = 0;
        move |_| {
            index += 1;
            index % 3 == 0
        }
    });
    assert_eq!(region.record().views, 101);
    drop(family);
    assert_eq!(region.record().views, 1);
    assert_eq!(frames::statistics().free, before);
}

#[test]
fn the_names_are_listed_one_by_one_and_each_once() {
    let _memory = memory();
    let attributes = RegionAttributes { mode: 0o600, uid: 0, gid: 0 };
    let name = |index: usize| format!("/list-{index:04}").into_bytes();
    for index in 0..500 {
        names::create(&name(index), Exclusive::Yes, || RegionSpec::file(attributes, 0))
            .expect("a new name");
    }
    let mut count = 0;
    with_limit(ONE_OBJECT, || {
        for (found, _) in names::all() {
            // A name that goes away meanwhile does not end the list.
            names::unlink_if(&found, |_| Ok(())).expect("it was listed");
            count += 1;
        }
    });
    assert_eq!(count, 500);
}

#[test]
fn the_name_of_a_region_is_its_first_one() {
    let _memory = memory();
    let attributes = RegionAttributes { mode: 0o600, uid: 0, gid: 0 };
    names::create(b"/name-b", Exclusive::Yes, || RegionSpec::file(attributes, 0))
        .expect("a new name");
    let region = names::open(b"/name-b").expect("it was made");
    names::link(&region, b"/name-a").expect("a new name");
    assert_eq!(region.record().name(), b"/name-b");
    names::unlink_if(b"/name-b", |_| Ok(())).expect("there");
    assert_eq!(region.record().name(), b"/name-a");
    names::unlink_if(b"/name-a", |_| Ok(())).expect("there");
    assert_eq!(region.record().name(), b"");
    assert_eq!(names::unlink_if(b"/name-b", |_| Ok(())), Err(Errno::ENOENT));
}

#[test]
fn many_views_are_copied_in_small_pieces_and_not_without_room_for_them_in_the_heap() {
    let _memory = memory();
    let parent = space();
    let first = VirtAddr::new(0x1_0000_0000);
    map(&parent, first.value(), 20_000, None).expect("memory is plenty");
    for page in (1..20_000).step_by(2) {
        let at = first.add(page * PAGE_SIZE);
        parent.protect(at, PAGE_SIZE, Protection::READ).expect("memory is plenty");
    }
    let change = |space: &AddressSpace| space.protect(first, PAGE_SIZE, Protection::READ);
    let child: Arc<_> = with_limit(ONE_OBJECT, || parent.fork()).expect("memory is plenty");
    assert_eq!(with_limit(ONE_OBJECT, || change(&child)), Ok(()));
    assert_eq!(crate::view_pages(&child, first.value()), Some(2));
    assert_eq!(crate::view_pages(&parent, first.value()), Some(1));
    map(&parent, 0x1000_0000, 1, Some((&region(4096), Sharing::Shared))).expect("there is room");
    let withheld = || parent.set_inheritance(VirtAddr::new(0x1000_0000), Inheritance::None);
    // Half a MiB more than the reserve, where the views take over a MiB.
    let mut taken = Vec::new();
    while frames::statistics().free > 256 + 128 {
        taken.push(frames::allocate(FrameUse::Heap).expect("there is more"));
    }
    // What parent and child have in common takes no room until one of them changes it.
    let child = parent.fork().expect("it needs little");
    assert_eq!(change(&child), Err(MapError::OutOfMemory));
    assert_eq!(change(&parent), Err(MapError::OutOfMemory));
    assert_eq!(crate::view_pages(&parent, first.value()), Some(1));
    drop(child);
    assert!(withheld().is_ok());
    assert_eq!(parent.fork().err(), Some(OutOfMemory));
    let small = space();
    assert!(small.fork().is_ok());
    for frame in taken {
        frames::free(frame, FrameUse::Heap);
    }
}
