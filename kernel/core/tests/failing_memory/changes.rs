//! Fork, and changes of what an address space shows.

use crate::common::memory;
use crate::with_every_refusal;
use crate::world::{Seen, fill, free, map, region, space, word};
use abi::memory::Protection;
use arch::addr::{PAGE_SIZE, PageRange, VirtAddr};
use kcore::mm::{AddressSpace, Destination, MapError, Placement, Remap, Sharing};
use std::sync::Arc;

const START: VirtAddr = VirtAddr::new(0x40_0000_0000);
const PAGES: usize = 600;

/// Private memory behind a view of a region that is linked.
fn parent() -> (Arc<AddressSpace>, PageRange) {
    let space = space();
    let shared = map(&space, Placement::Fixed(START), 1024, Some((&region(1024), Sharing::Shared)));
    fill(&space, shared);
    let own = map(&space, Placement::Fixed(shared.end()), PAGES, None);
    fill(&space, own);
    (space, own)
}

fn words(space: &AddressSpace, range: PageRange) -> Vec<Option<u32>> {
    range.iter().map(|page| word(space, page)).collect()
}

#[test]
fn a_child_is_made_whole_or_not_at_all() {
    let _memory = memory();
    drop(parent());
    let frames = free();
    let refusals = with_every_refusal(|refusing| {
        let (space, own) = parent();
        let before = words(&space, own);
        let mut child = None;
        refusing(&mut || child = space.fork().ok());
        if child.is_none() {
            assert_eq!(words(&space, own), before);
            child = space.fork().ok();
        }
        let child = child.expect("memory is plenty");
        space.store(own.start(), &[200]).expect("it is mapped");
        assert_eq!(words(&child, own), before);
        drop((space, child));
        assert_eq!(free(), frames, "a frame was lost");
    });
    assert!(refusals.frames >= 3, "{refusals:?}");
}

/// Makes a change with every refusal; what fails shows the same as before, and succeeds afterwards.
fn every_refusal(change: fn(&AddressSpace, VirtAddr) -> Result<(), MapError>) {
    let _memory = memory();
    drop(parent());
    let frames = free();
    for at in [START.add(3 * PAGE_SIZE), START.add(1030 * PAGE_SIZE)] {
        with_every_refusal(|refusing| {
            let (space, own) = parent();
            let before = Seen::of(&space);
            let mut outcome = Ok(());
            refusing(&mut || outcome = change(&space, at));
            if outcome.is_err() {
                assert_eq!(outcome, Err(MapError::OutOfMemory));
                assert!(Seen::of(&space) == before, "something has changed");
                change(&space, at).expect("memory is plenty");
            }
            assert!(Seen::of(&space) != before);
            // It holds the objects of what it has seen.
            drop((space, own, before));
            assert_eq!(free(), frames, "a frame was lost");
        });
    }
}

#[test]
fn pages_are_unmapped_or_kept() {
    every_refusal(|space, at| space.unmap(at, 700 * PAGE_SIZE));
    every_refusal(|space, at| space.unmap(at, PAGE_SIZE));
}

#[test]
fn pages_are_protected_or_stay_as_they_are() {
    every_refusal(|space, at| space.protect(at, 500 * PAGE_SIZE, Protection::READ));
    every_refusal(|space, at| space.protect(at, PAGE_SIZE, Protection::empty()));
}

#[test]
fn pages_are_moved_or_stay_where_they_are() {
    fn remap(space: &AddressSpace, old: VirtAddr, pages: usize) -> Result<(), MapError> {
        let (old_bytes, new_bytes) = (pages * PAGE_SIZE, (pages + 40) * PAGE_SIZE);
        let destination = Destination::Anywhere;
        space.remap(&Remap { old, old_bytes, new_bytes, destination }).map(drop)
    }
    every_refusal(|space, at| remap(space, at, 500));
    every_refusal(|space, at| remap(space, at, 1));
}
