//! The claim of an offer, by all the ways that pages come to be in the offerer.

use crate::common::memory;
use crate::world::{READ_WRITE, Seen, attributes, fill, free, map, region, space, word};
use crate::{Refusals, with_every_refusal};
use abi::memory::Protection;
use arch::addr::{PAGE_SIZE, PageRange, VirtAddr};
use kcore::mm::refusals::Asked;
use kcore::mm::{
    Access, AddressSpace, Granted, Handover, LoosePages, MapError, MemoryObject, Placement, Sharing,
};
use kcore::region::Region;
use std::sync::Arc;

const ELSEWHERE: usize = 0x40_0000_0000;

/// An offerer, what it hands over, and who else has the pages.
struct World {
    from: Arc<AddressSpace>,
    to: Arc<AddressSpace>,
    relative: Option<Arc<AddressSpace>>,
    range: PageRange,
    /// Tables that a failure may leave: a unit that was linked shows the same by one of its own.
    spare: u64,
}

impl World {
    fn with(pages: usize, source: Option<(&Arc<Region>, Sharing)>) -> Self {
        let from = space();
        // Across the border of two units.
        let start = VirtAddr::new(ELSEWHERE + (1024 - pages / 2) * PAGE_SIZE);
        let range = map(&from, Placement::Fixed(start), pages, source);
        fill(&from, range);
        Self { from, to: space(), relative: None, range, spare: 0 }
    }

    fn own() -> Self {
        Self::with(12, None)
    }

    fn long() -> Self {
        Self::with(1300, None)
    }

    fn forked() -> Self {
        let world = Self::own();
        let relative = world.from.fork().expect("memory is plenty");
        // Some are the offerer's own again, some only the relative's.
        world.from.store(world.range.start(), &[1]).expect("it is mapped");
        relative.store(world.range.start().add(PAGE_SIZE), &[99]).expect("it is mapped");
        Self { relative: Some(relative), ..world }
    }

    fn half_of_a_fork() -> Self {
        let world = Self::forked();
        let start = world.range.start().add(3 * PAGE_SIZE);
        let range = PageRange::from_bytes(start, 6 * PAGE_SIZE).expect("it lies within");
        Self { range, ..world }
    }

    fn file() -> Self {
        let file = region(12);
        (0..12).for_each(|page| file.page(page).expect("memory is plenty").write(0, &[7]));
        Self::with(12, Some((&file, Sharing::Private)))
    }

    fn view() -> Self {
        Self::with(12, Some((&region(12), Sharing::Shared)))
    }

    fn linked_view() -> Self {
        let from = space();
        let region = region(1024);
        let start = VirtAddr::new(ELSEWHERE);
        let all = map(&from, Placement::Fixed(start), 1024, Some((&region, Sharing::Shared)));
        fill(&from, all);
        // Out of the middle of two units that are linked.
        let range = PageRange::from_bytes(start.add(500 * PAGE_SIZE), 24 * PAGE_SIZE);
        let range = range.expect("it lies within");
        Self { from, to: space(), relative: None, range, spare: 1 }
    }

    fn pieces() -> Self {
        let world = Self::own();
        let at = |page: usize| world.range.start().add(page * PAGE_SIZE);
        let (shared, file) = (region(2), region(2));
        let from = &world.from;
        from.protect(at(1), PAGE_SIZE, Protection::READ).expect("it is mapped");
        let range = map(from, Placement::Fixed(at(4)), 2, Some((&shared, Sharing::Shared)));
        fill(from, range);
        let range = map(from, Placement::Fixed(at(7)), 2, Some((&file, Sharing::Private)));
        fill(from, range);
        world
    }

    fn words(&self, space: &AddressSpace, start: VirtAddr) -> Vec<Option<u32>> {
        let pages = self.range.bytes() / PAGE_SIZE;
        (0..pages).map(|page| word(space, start.add(page * PAGE_SIZE))).collect()
    }
}

fn object_of(loose: LoosePages) -> Result<Arc<dyn MemoryObject>, MapError> {
    match Region::of_loose_pages(attributes(), loose) {
        Ok(region) => Ok(region),
        Err(_) => Err(MapError::OutOfMemory),
    }
}

/// Hands pages over with every refusal there can be; returns how many there were.
fn every_refusal(make: fn() -> World, granted: Granted, dropped: Protection) -> Refusals {
    let _memory = memory();
    drop(make());
    let frames = free();
    with_every_refusal(|refusing| {
        let world = make();
        one_refusal(&world, Handover { range: world.range, granted, dropped }, refusing);
        drop(world);
        assert_eq!(free(), frames, "a frame was lost");
    })
}

fn one_refusal(
    world: &World,
    handover: Handover,
    refusing: &mut dyn FnMut(&mut dyn FnMut()) -> Asked,
) {
    let World { from, to, relative, range, spare } = world;
    let words_of = |space: &Arc<AddressSpace>| world.words(space, range.start());
    let words = relative.as_ref().map(|relative| [words_of(from), words_of(relative)]);
    let before = (Seen::of(from), Seen::of(to), free());
    let mut outcome = Err(MapError::BadRange);
    let asked = refusing(&mut || {
        outcome = from.hand_over(to, &handover, &mut object_of);
    });
    if outcome.is_err() {
        assert_eq!(outcome, Err(MapError::OutOfMemory));
        assert_eq!(asked, Asked::Refused);
        assert!(Seen::of(to).is_empty(), "the receiver has something");
        if let Some([mine, theirs]) = &words {
            // Whose is what may have been settled; what is to be seen is the same.
            assert_eq!(words_of(from), *mine);
            assert_eq!(relative.as_ref().map(words_of).as_ref(), Some(theirs));
        } else {
            assert!(Seen::of(from) == before.0, "the giver has something else");
            assert!(free() + spare >= before.2, "a frame is missing");
        }
        outcome = from.hand_over(to, &handover, &mut object_of);
    }
    let there = outcome.expect("memory is plenty");
    let left = handover.dropped.contains(Protection::READ);
    assert_eq!(from.is_mapped(*range), !left);
    let received = world.words(to, there);
    assert!(received.iter().all(Option::is_some), "{received:?}");
    if !left {
        assert_eq!(received, words_of(from), "both see the same");
    }
    let writable = to.page_for(there, Access::Write).is_ok();
    assert_eq!(writable, matches!(handover.granted, Granted::All));
    if let Some(relative) = relative {
        to.store(there, &[55]).expect("it may be written");
        assert_eq!(Some(words_of(relative)), words.map(|[_, theirs]| theirs));
    }
    assert!(before.1 != Seen::of(to));
}

#[test]
fn own_pages_are_given_or_kept() {
    let refusals = every_refusal(World::own, Granted::All, Protection::all());
    // At least the tables and the reserve.
    assert!(refusals.frames >= 3, "{refusals:?}");
    // And the list of the tables, where there are more than a few.
    let refusals = every_refusal(World::long, Granted::All, Protection::all());
    assert!(refusals.frames >= 5 && refusals.heap >= 1, "{refusals:?}");
}

#[test]
fn own_pages_are_shared_or_kept() {
    every_refusal(World::own, Granted::Only(Protection::READ), Protection::empty());
    every_refusal(World::own, Granted::All, Protection::WRITE);
}

#[test]
fn pages_that_a_relative_has_too_are_given_or_kept() {
    // There is a copy of every page that both have.
    let refusals = every_refusal(World::forked, Granted::All, Protection::all());
    assert!(refusals.frames > 8, "{refusals:?}");
    every_refusal(World::half_of_a_fork, Granted::All, Protection::all());
    every_refusal(World::half_of_a_fork, Granted::All, Protection::empty());
}

#[test]
fn private_pages_of_a_file_are_given_or_kept() {
    every_refusal(World::file, Granted::All, Protection::all());
    every_refusal(World::file, Granted::All, Protection::WRITE);
}

#[test]
fn views_are_given_or_kept() {
    every_refusal(World::view, Granted::All, Protection::all());
    every_refusal(World::linked_view, Granted::All, Protection::all());
    every_refusal(
        World::linked_view,
        Granted::Only(Protection::READ),
        READ_WRITE - Protection::READ,
    );
}

#[test]
fn many_views_are_given_all_or_kept_all() {
    let refusals = every_refusal(World::pieces, Granted::All, Protection::all());
    // At least the lists of pieces and of what becomes of them.
    assert!(refusals.heap >= 2, "{refusals:?}");
    every_refusal(World::pieces, Granted::All, Protection::empty());
}
