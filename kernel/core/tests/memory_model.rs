//! Address spaces and regions against a plain model: after any sequence of map, unmap, protect,
//! store, fork, grow, shrink and exit, programs see what the model says, and when all is over
//! every frame is free again.

use abi::memory::Protection;
use arch::addr::{PAGE_SIZE, PhysAddr, VirtAddr};
use kcore::mm::{Access, AddressSpace, FaultError, MapRequest, Placement, Sharing, frames};
use kcore::region::{Region, RegionAttributes};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::{Arc, Once};

const SPACES: usize = 3;
const REGIONS: usize = 2;
/// The stage: three units from here on.
const STAGE: usize = 0x1000_0000;
const STAGE_PAGES: usize = 3 * 512;

#[derive(Clone, Debug)]
enum Step {
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

#[derive(Clone, Debug, PartialEq)]
enum Shown {
    Anonymous,
    Shared(usize, usize),
    Private(usize, usize),
}

/// What the model knows of a page in a space.
#[derive(Clone, Debug)]
struct Page {
    shown: Shown,
    protection: Protection,
    /// What was stored in it privately.
    own: Option<u64>,
}

#[derive(Clone, Debug, Default)]
struct ModelSpace(BTreeMap<usize, Page>);

#[derive(Default)]
struct Model {
    spaces: [ModelSpace; SPACES],
    regions: [BTreeMap<usize, u64>; REGIONS],
    lengths: [usize; REGIONS],
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
    ]
}

fn page() -> impl Strategy<Value = usize> {
    prop_oneof![0..4_usize, 508..516_usize, 1020..1028_usize, 0..STAGE_PAGES]
}

fn step() -> impl Strategy<Value = Step> {
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
        1 => (region, prop_oneof![0..8_usize, 500..530_usize, Just(2000_usize)]).prop_map(|(region, pages)| Step::SetLength { region, pages }),
    ]
}

impl Model {
    /// What an access to the page should give: the value, or the error.
    fn access(&self, space: usize, page: usize, access: Access) -> Result<u64, FaultError> {
        let Some(shown) = self.spaces[space].0.get(&page) else { return Err(FaultError::Unmapped) };
        let needed = if access == Access::Write { Protection::WRITE } else { Protection::READ };
        if !shown.protection.contains(needed) {
            return Err(FaultError::Denied);
        }
        match (&shown.shown, shown.own) {
            (_, Some(value)) => Ok(value),
            (Shown::Anonymous, None) => Ok(0),
            (Shown::Shared(region, index) | Shown::Private(region, index), None) => {
                if *index >= self.lengths[*region] {
                    return Err(FaultError::BeyondEnd);
                }
                Ok(self.regions[*region].get(index).copied().unwrap_or(0))
            }
        }
    }

    fn store(&mut self, space: usize, page: usize, value: u64) {
        let Some(shown) = self.spaces[space].0.get_mut(&page) else { return };
        match shown.shown {
            Shown::Shared(region, index) => {
                self.regions[region].insert(index, value);
            }
            _ => shown.own = Some(value),
        }
    }

    fn set_length(&mut self, region: usize, pages: usize) {
        self.lengths[region] = pages;
        self.regions[region].retain(|index, _| *index < pages);
        for space in &mut self.spaces {
            for page in space.0.values_mut() {
                // A shrunken object takes private copies with it.
                if matches!(page.shown, Shown::Private(of, index) if of == region && index >= pages)
                {
                    page.own = None;
                }
            }
        }
    }
}

fn address(page: usize) -> VirtAddr {
    VirtAddr::new(STAGE + page * PAGE_SIZE)
}

fn map(
    space: &Arc<AddressSpace>,
    page: usize,
    pages: usize,
    protection: Protection,
    object: Option<(&Arc<Region>, usize, Sharing)>,
) {
    let object = object.map(|(region, offset, sharing)| {
        (region.clone() as Arc<dyn kcore::mm::MemoryObject>, (offset * PAGE_SIZE) as u64, sharing)
    });
    let request = MapRequest {
        placement: Placement::Fixed(address(page)),
        bytes: pages * PAGE_SIZE,
        protection,
        maximum: Protection::all(),
        object,
    };
    space.map(request).expect("memory is plenty");
}

fn load(space: &AddressSpace, page: usize) -> Result<u64, FaultError> {
    let frame = space.page_for(address(page), Access::Read)?;
    let mut bytes = [0; 8];
    frame.read(0, &mut bytes);
    Ok(u64::from_le_bytes(bytes))
}

struct Machine {
    spaces: [Option<Arc<AddressSpace>>; SPACES],
    regions: [Arc<Region>; REGIONS],
    model: Model,
}

impl Machine {
    fn new() -> Self {
        let region = || {
            let attributes = RegionAttributes { mode: 0o600, uid: 0, gid: 0 };
            Region::create(attributes, 0).expect("memory is plenty")
        };
        Self {
            spaces: [const { None }; SPACES],
            regions: [region(), region()],
            model: Model::default(),
        }
    }

    fn space(&mut self, index: usize) -> Arc<AddressSpace> {
        self.spaces[index]
            .get_or_insert_with(|| AddressSpace::new().expect("memory is plenty"))
            .clone()
    }

    fn apply(&mut self, step: &Step) -> Result<(), TestCaseError> {
        match *step {
            Step::MapAnonymous { space, page, pages, protection } => {
                map(&self.space(space), page, pages, protection, None);
                self.show(space, page, pages, protection, |_| Shown::Anonymous);
            }
            Step::MapRegion { space, page, pages, region, offset, shared, protection } => {
                let sharing = if shared { Sharing::Shared } else { Sharing::Private };
                let object = self.regions[region].clone();
                map(&self.space(space), page, pages, protection, Some((&object, offset, sharing)));
                self.show(space, page, pages, protection, |index| {
                    if shared {
                        Shown::Shared(region, offset + index)
                    } else {
                        Shown::Private(region, offset + index)
                    }
                });
            }
            Step::Unmap { space, page, pages } => {
                self.space(space)
                    .unmap(address(page), pages * PAGE_SIZE)
                    .expect("memory is plenty");
                self.model.spaces[space].0.retain(|at, _| *at < page || *at >= page + pages);
            }
            Step::Protect { space, page, pages, protection } => {
                self.protect(space, page, pages, protection)?;
            }
            Step::Store { space, page, value } => {
                let expected = self.model.access(space, page, Access::Write).map(|_| ());
                let done = self.space(space).store(address(page), &value.to_le_bytes());
                prop_assert_eq!(done, expected);
                if expected.is_ok() {
                    self.model.store(space, page, value);
                }
            }
            Step::Load { space, page } => {
                let expected = self.model.access(space, page, Access::Read);
                prop_assert_eq!(load(&self.space(space), page), expected);
            }
            Step::Fork { from, to } if from != to => {
                let child = self.space(from).fork().expect("memory is plenty");
                self.spaces[to] = Some(child);
                self.model.spaces[to] = self.model.spaces[from].clone();
            }
            Step::Fork { .. } => {}
            Step::Exit { space } => {
                self.spaces[space] = None;
                self.model.spaces[space] = ModelSpace::default();
            }
            Step::SetLength { region, pages } => {
                self.regions[region]
                    .set_length((pages * PAGE_SIZE) as u64)
                    .expect("memory is plenty");
                self.model.set_length(region, pages);
            }
        }
        Ok(())
    }

    fn protect(
        &mut self,
        space: usize,
        page: usize,
        pages: usize,
        protection: Protection,
    ) -> Result<(), TestCaseError> {
        let all = (page..page + pages).all(|at| self.model.spaces[space].0.contains_key(&at));
        let done = self.space(space).protect(address(page), pages * PAGE_SIZE, protection);
        prop_assert_eq!(done.is_ok(), all);
        if all {
            for at in page..page + pages {
                self.model.spaces[space]
                    .0
                    .entry(at)
                    .and_modify(|page| page.protection = protection);
            }
        }
        Ok(())
    }

    fn show(
        &mut self,
        space: usize,
        page: usize,
        pages: usize,
        protection: Protection,
        shown: impl Fn(usize) -> Shown,
    ) {
        for index in 0..pages {
            let entry = Page { shown: shown(index), protection, own: None };
            self.model.spaces[space].0.insert(page + index, entry);
        }
    }

    /// What processors find in the tables never goes beyond what the model allows.
    fn check_tables(&mut self) -> Result<(), TestCaseError> {
        let mut private_writable = BTreeMap::new();
        for space in 0..SPACES {
            let Some(real) = self.spaces[space].clone() else { continue };
            for page in 0..STAGE_PAGES {
                let Some((frame, rights)) = real.translation(address(page)) else { continue };
                let entry = self.model.spaces[space].0.get(&page);
                let Some(shown) = entry else {
                    return Err(TestCaseError::fail(format!(
                        "space {space} page {page} is not mapped"
                    )));
                };
                prop_assert!(kcore::mm::Rights::from(shown.protection).contains(rights));
                if rights.contains(kcore::mm::Rights::WRITE)
                    && !matches!(shown.shown, Shown::Shared(..))
                {
                    let other = private_writable.insert(frame, (space, page));
                    prop_assert_eq!(other, None, "space {} page {}", space, page);
                }
            }
        }
        Ok(())
    }

    /// Every page that the model has a value for shows it.
    fn check(&mut self) -> Result<(), TestCaseError> {
        for space in 0..SPACES {
            let pages: Vec<usize> =
                self.model.spaces[space].0.keys().copied().step_by(37).collect();
            for page in pages {
                let expected = self.model.access(space, page, Access::Read);
                prop_assert_eq!(
                    load(&self.space(space), page),
                    expected,
                    "space {} page {}",
                    space,
                    page
                );
            }
        }
        Ok(())
    }
}

fn set_up() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let ram = PhysAddr::new(0x10_0000)..PhysAddr::new(0x400_0000);
        // SAFETY: the simulated RAM is there for the whole run, and nothing else uses it.
        unsafe { frames::set_up(&[ram]) };
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]
    #[test]
    fn programs_see_what_the_model_says_and_no_frame_is_lost(steps in proptest::collection::vec(step(), 1..60)) {
        set_up();
        let before = frames::statistics();
        let mut machine = Machine::new();
        for step in &steps {
            machine.apply(step)?;
            machine.check_tables()?;
        }
        machine.check()?;
        drop(machine);
        let after = frames::statistics();
        prop_assert_eq!(after.free, before.free);
        prop_assert_eq!((after.user, after.tables), (0, 0));
    }
}
