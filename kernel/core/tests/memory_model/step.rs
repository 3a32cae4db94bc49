//! The steps that a random sequence is made of.

use crate::model::{REGIONS, SPACES, STAGE_PAGES};
use abi::memory::Protection;
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

fn page() -> impl Strategy<Value = usize> {
    prop_oneof![0..4_usize, 508..516_usize, 1020..1028_usize, 0..STAGE_PAGES]
}

/// Any step.
pub fn step() -> impl Strategy<Value = Step> {
    let space = 0..SPACES;
    let region = 0..REGIONS;
    prop_oneof![
        2 => (space.clone(), span(), protection()).prop_map(|(space, (page, pages), protection)| Step::MapAnonymous { space, page, pages, protection }),
        4 => (space.clone(), span(), region.clone(), prop_oneof![Just(0_usize), Just(512), Just(3)], any::<bool>(), protection())
            .prop_map(|(space, (page, pages), region, offset, shared, protection)| Step::MapRegion { space, page, pages, region, offset, shared, protection }),
        1 => (space.clone(), span()).prop_map(|(space, (page, pages))| Step::Unmap { space, page, pages }),
        1 => (space.clone(), span(), protection()).prop_map(|(space, (page, pages), protection)| Step::Protect { space, page, pages, protection }),
        12 => (space.clone(), page(), 1..u64::MAX).prop_map(|(space, page, value)| Step::Store { space, page, value }),
        8 => (space.clone(), page()).prop_map(|(space, page)| Step::Load { space, page }),
        2 => (space.clone(), space.clone()).prop_map(|(from, to)| Step::Fork { from, to }),
        1 => space.prop_map(|space| Step::Exit { space }),
        3 => (region, prop_oneof![0..8_usize, 500..530_usize, Just(2000_usize)]).prop_map(|(region, pages)| Step::SetLength { region, pages }),
    ]
}
