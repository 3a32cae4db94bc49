//! The real thing beside its model: every step is done on both, then they are compared.

use crate::model::{Model, ModelSpace, Page, REGIONS, SPACES, STAGE_PAGES, Shown};
use crate::step::Step;
use abi::memory::Protection;
use abi::region::Inheritance;
use arch::addr::{PAGE_SIZE, VirtAddr};
use kcore::check::Report;
use kcore::mm::{Access, AddressSpace, FaultError, MapRequest, MemoryObject, Placement, Sharing};
use kcore::region::{Region, RegionAttributes};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Where the stage begins.
const STAGE: usize = 0x1000_0000;

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
        (region.clone() as Arc<dyn MemoryObject>, (offset * PAGE_SIZE) as u64, sharing)
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

/// Address spaces and regions, and the model of them.
pub struct Machine {
    spaces: [Option<Arc<AddressSpace>>; SPACES],
    regions: [Arc<Region>; REGIONS],
    model: Model,
    mappings: usize,
}

impl Machine {
    pub fn new() -> Self {
        let region = || {
            let attributes = RegionAttributes { mode: 0o600, uid: 0, gid: 0 };
            Region::create(attributes, 0).expect("memory is plenty")
        };
        Self {
            spaces: [const { None }; SPACES],
            regions: [region(), region()],
            model: Model::default(),
            mappings: 0,
        }
    }

    fn space(&mut self, index: usize) -> Arc<AddressSpace> {
        self.spaces[index]
            .get_or_insert_with(|| AddressSpace::new().expect("memory is plenty"))
            .clone()
    }

    pub fn apply(&mut self, step: &Step) -> Result<(), TestCaseError> {
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
                self.check_links(space, page, pages)?;
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
            Step::Fork { .. } | Step::SetInheritance { .. } | Step::Decide { .. } => {
                self.inherit(step)?;
            }
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

    /// The steps that are about what children get.
    fn inherit(&mut self, step: &Step) -> Result<(), TestCaseError> {
        match *step {
            Step::Fork { from, to } if from != to => {
                let child = self.space(from).fork().expect("memory is plenty");
                self.spaces[to] = Some(child);
                self.model.spaces[to] = self.model.fork(from);
            }
            Step::SetInheritance { space, page, policy } => {
                let before = self.space(space).set_inheritance(address(page), policy).ok();
                prop_assert_eq!(before, self.model.spaces[space].set_inheritance(page, policy));
            }
            Step::Decide { space, region, rights } => {
                let id = self.regions[region].id();
                let views = self.space(space).decide(id, rights).expect("memory is plenty");
                prop_assert_eq!(views > 0, self.model.spaces[space].decide(region, rights));
            }
            _ => {}
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
        let all = (page..page + pages).all(|at| {
            let page = self.model.spaces[space].0.get(&at);
            page.is_some_and(|page| page.maximum.contains(protection))
        });
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
        self.mappings += 1;
        for index in 0..pages {
            let entry = Page {
                shown: shown(index),
                protection,
                maximum: Protection::all(),
                inheritance: Inheritance::Share,
                withheld: None,
                mapping: self.mappings,
                own: None,
            };
            self.model.spaces[space].0.insert(page + index, entry);
        }
    }

    /// A new view of a region needs no fault for what exists, in units that it shows whole.
    fn check_links(
        &mut self,
        space: usize,
        page: usize,
        pages: usize,
    ) -> Result<(), TestCaseError> {
        let real = self.space(space);
        for at in page..page + pages {
            let whole = page <= at / 512 * 512 && (at / 512 + 1) * 512 <= page + pages;
            let Some(shown) = self.model.spaces[space].0.get(&at) else { continue };
            let Shown::Shared(region, index) = shown.shown else { continue };
            let is_linkable = shown.protection.contains(Protection::READ)
                && !shown.protection.contains(Protection::EXECUTE)
                && at % 512 == index % 512;
            if whole && is_linkable && self.model.regions[region].contains_key(&index) {
                let rights = real.translation(address(at)).map(|(_, rights)| rights);
                prop_assert_eq!(rights, Some(kcore::mm::Rights::from(shown.protection)));
            }
        }
        Ok(())
    }

    /// The kernel finds nothing wrong with its books.
    pub fn check_books(&self) -> Result<(), TestCaseError> {
        let mut report = Report::default();
        let spaces: Vec<_> = self.spaces.iter().flatten().cloned().collect();
        let objects = self.regions.iter().map(|region| region.as_ref() as &dyn MemoryObject);
        kcore::mm::check::check(&spaces, objects, &mut report);
        prop_assert!(report.findings().is_empty(), "{:?}", report.findings());
        let all = &report.areas()[0].1;
        prop_assert!(all.ends_with("0 not found there, 0 held by calls"), "{all}");
        Ok(())
    }

    /// What processors find in the tables never goes beyond what the model allows.
    pub fn check_tables(&mut self) -> Result<(), TestCaseError> {
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
    pub fn check(&mut self) -> Result<(), TestCaseError> {
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
