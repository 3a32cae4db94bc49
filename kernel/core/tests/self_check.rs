//! What the kernel finds when it looks at its frames: nothing where all is well, and each kind of damage.

mod common;

use abi::memory::Protection;
use arch::addr::{PAGE_SIZE, VirtAddr};
use common::memory;
use core::sync::atomic::Ordering;
use kcore::check::Report;
use kcore::mm::{Access, AddressSpace, FrameUse, MapRequest, MemoryObject, Placement, Sharing};
use kcore::mm::{check::check, frames};
use kcore::region::{Region, RegionAttributes};
use std::sync::Arc;

const ADDRESS: VirtAddr = VirtAddr::new(0x1000_0000);
const PAGES: usize = 3;

/// A process's memory and its child's: some pages of their own, and a region's.
struct World {
    spaces: Vec<Arc<AddressSpace>>,
    region: Arc<Region>,
}

impl World {
    fn new() -> Self {
        let attributes = RegionAttributes { mode: 0o600, uid: 0, gid: 0 };
        let length = (PAGES * PAGE_SIZE) as u64;
        let region = Region::create(attributes, length).expect("memory is plenty");
        let parent = AddressSpace::new().expect("memory is plenty");
        let object = region.clone() as Arc<dyn MemoryObject>;
        for (place, object) in [(0, None), (PAGES, Some((object, 0, Sharing::Shared)))] {
            let request = MapRequest {
                placement: Placement::Fixed(page(place)),
                bytes: PAGES * PAGE_SIZE,
                protection: Protection::READ | Protection::WRITE,
                maximum: Protection::all(),
                object,
            };
            parent.map(request).expect("there is room");
        }
        touch(&parent, 2 * PAGES);
        let child = parent.fork().expect("memory is plenty");
        touch(&child, 1);
        Self { spaces: vec![parent, child], region }
    }

    fn findings(&self) -> Vec<String> {
        let mut report = Report::default();
        check(&self.spaces, [self.region.as_ref() as &dyn MemoryObject].into_iter(), &mut report);
        report.findings().to_vec()
    }
}

fn page(number: usize) -> VirtAddr {
    VirtAddr::new(ADDRESS.value() + number * PAGE_SIZE)
}

fn touch(space: &AddressSpace, pages: usize) {
    for number in 0..pages {
        space.page_for(page(number), Access::Write).expect("it may be written");
    }
}

/// Has `damage` done, looks for what it is called, and mends it.
fn finds(world: &World, damage: impl FnOnce(), called: &str, mend: impl FnOnce()) {
    assert_eq!(world.findings(), [""; 0], "before");
    damage();
    let findings = world.findings();
    mend();
    assert!(findings.iter().any(|finding| finding.contains(called)), "{findings:?}");
    assert_eq!(world.findings(), [""; 0], "after");
}

#[test]
fn a_reference_that_is_not_counted_is_found() {
    let _memory = memory();
    let world = World::new();
    let (frame, _) = world.spaces[1].translation(page(0)).expect("it was touched");
    let count = frames::count_of(frame);
    finds(
        &world,
        || _ = count.fetch_sub(1, Ordering::Relaxed),
        "entries lead to it",
        || _ = count.fetch_add(1, Ordering::Relaxed),
    );
}

#[test]
fn a_frame_that_is_free_and_in_use_is_found() {
    let _memory = memory();
    let world = World::new();
    let (frame, _) = world.spaces[0].translation(page(1)).expect("it was touched");
    let count = frames::count_of(frame).load(Ordering::Relaxed);
    finds(
        &world,
        || frames::free(frame, FrameUse::User),
        "is free and in use",
        || {
            // The last that came back is the first to go.
            assert_eq!(frames::allocate(FrameUse::User), Ok(frame));
            frames::count_of(frame).store(count, Ordering::Relaxed);
        },
    );
}

#[test]
fn a_promise_that_nothing_stands_behind_is_found() {
    let _memory = memory();
    let world = World::new();
    let much = frames::statistics().total as usize + 1;
    // What is given back too often is more than there is.
    finds(
        &world,
        || frames::withdraw_promise(much),
        "are promised",
        || {
            frames::withdraw_promise(much.wrapping_neg());
        },
    );
}
