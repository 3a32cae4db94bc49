//! The steps that a random sequence is made of.

use crate::model::{REGIONS, SPACES, STAGE_PAGES};
use abi::memory::Protection;
use abi::region::Inheritance;
use proptest::prelude::*;

/// Something that a program, or the kernel for it, does.
#[derive(Clone, Debug)]
pub enum Step {
    MapAnonymous {
        space: usize,
        page: usize,
        pages: usize,
        protection: Protection,
    },
    MapRegion {
        space: usize,
        page: usize,
        pages: usize,
        region: usize,
        offset: usize,
        shared: bool,
        protection: Protection,
    },
    Unmap {
        space: usize,
        page: usize,
        pages: usize,
    },
    Protect {
        space: usize,
        page: usize,
        pages: usize,
        protection: Protection,
    },
    Store {
        space: usize,
        page: usize,
        value: u64,
    },
    Load {
        space: usize,
        page: usize,
    },
    Fork {
        from: usize,
        to: usize,
    },
    /// Says what children get of the view at a page.
    SetInheritance {
        space: usize,
        page: usize,
        policy: Inheritance,
    },
    /// A parent's word on what was withheld from a space of a region.
    Decide {
        space: usize,
        region: usize,
        rights: Protection,
    },
    Exit {
        space: usize,
    },
    SetLength {
        region: usize,
        pages: usize,
    },
}

fn protection() -> impl Strategy<Value = Protection> {
    prop_oneof![
        3 => Just(Protection::READ | Protection::WRITE),
        1 => Just(Protection::READ),
        1 => Just(Protection::READ | Protection::EXECUTE),
        1 => Just(Protection::empty()),
    ]
}

fn span() -> impl Strategy<Value = (usize, usize)> {
    // Whole units, parts of one, and ranges that cross a border.
    prop_oneof![
        (0..3_usize, 1..3_usize)
            .prop_map(|(unit, units)| (unit * 512, (units * 512).min(STAGE_PAGES - unit * 512))),
        (0..STAGE_PAGES - 1, 1..8_usize)
            .prop_map(|(page, pages)| (page, pages.min(STAGE_PAGES - page))),
        (500..520_usize, 1..40_usize),
        // From a border on, to anywhere: what can be linked while the object is no longer.
        (0..2_usize, prop_oneof![1..8_usize, 500..530_usize])
            .prop_map(|(unit, pages)| (unit * 512, pages)),
    ]
}

fn policy() -> impl Strategy<Value = Inheritance> {
    (0..5_u32).prop_map(|number| Inheritance::from_number(number).expect("there are five"))
}

fn page() -> impl Strategy<Value = usize> {
    prop_oneof![
        4 => prop_oneof![0..4_usize, 508..516_usize, 1020..1028_usize, 1040..1044_usize],
        1 => 0..STAGE_PAGES,
    ]
}

/// The first of several is taken more often: what happens in one place meets more of the rest.
fn mostly_first(count: usize) -> impl Strategy<Value = usize> {
    prop_oneof![2 => Just(0), 1 => 0..count]
}

/// Any step.
fn step() -> impl Strategy<Value = Step> {
    let space = || mostly_first(SPACES);
    let region = || mostly_first(REGIONS);
    prop_oneof![
        2 => (space(), span(), protection()).prop_map(|(space, (page, pages), protection)| Step::MapAnonymous { space, page, pages, protection }),
        4 => (space(), span(), region(), prop_oneof![Just(0_usize), Just(512), Just(3)], any::<bool>(), protection())
            .prop_map(|(space, (page, pages), region, offset, shared, protection)| Step::MapRegion { space, page, pages, region, offset, shared, protection }),
        1 => (space(), span()).prop_map(|(space, (page, pages))| Step::Unmap { space, page, pages }),
        1 => (space(), span(), protection()).prop_map(|(space, (page, pages), protection)| Step::Protect { space, page, pages, protection }),
        12 => (space(), page(), 1..u64::MAX).prop_map(|(space, page, value)| Step::Store { space, page, value }),
        8 => (space(), page()).prop_map(|(space, page)| Step::Load { space, page }),
        3 => (space(), 0..SPACES).prop_map(|(from, to)| Step::Fork { from, to }),
        4 => (space(), page(), policy()).prop_map(|(space, page, policy)| Step::SetInheritance { space, page, policy }),
        1 => (space(), region(), protection()).prop_map(|(space, region, rights)| Step::Decide { space, region, rights }),
        1 => space().prop_map(|space| Step::Exit { space }),
        3 => (region(), prop_oneof![1 => 0..8_usize, 1 => 500..530_usize, 2 => Just(2000_usize)]).prop_map(|(region, pages)| Step::SetLength { region, pages }),
    ]
}

/// Steps after which there is something to inherit, link and shrink: a region shown whole, another
/// shown in part and privately, and stores to both.
fn scene() -> Vec<Step> {
    let (space, protection) = (0, Protection::READ | Protection::WRITE);
    let mut steps = vec![
        Step::SetLength { region: 0, pages: 2000 },
        Step::SetLength { region: 1, pages: 530 },
        Step::MapRegion {
            space,
            page: 0,
            pages: 1024,
            region: 0,
            offset: 0,
            shared: true,
            protection,
        },
        Step::MapRegion {
            space,
            page: 1024,
            pages: 9,
            region: 1,
            offset: 3,
            shared: false,
            protection,
        },
        Step::MapRegion {
            space,
            page: 1040,
            pages: 9,
            region: 1,
            offset: 3,
            shared: true,
            protection,
        },
    ];
    let stored = [0, 2, 509, 511, 513, 1021, 1024, 1026, 1041, 1042];
    steps.extend(stored.map(|page| Step::Store { space, page, value: 1 + page as u64 }));
    steps
}

/// A random sequence, on an empty stage or on a set one.
pub fn steps() -> impl Strategy<Value = Vec<Step>> {
    let random = || proptest::collection::vec(step(), 1..60);
    let on_scene = random().prop_map(|steps| scene().into_iter().chain(steps).collect());
    prop_oneof![random(), on_scene]
}
