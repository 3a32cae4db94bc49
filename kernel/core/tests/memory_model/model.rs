//! The plain model: maps of pages to values, and no memory management.

use abi::memory::Protection;
use abi::region::Inheritance;
use kcore::mm::{Access, FaultError};
use std::collections::BTreeMap;

/// Address spaces.
pub const SPACES: usize = 3;
/// Regions.
pub const REGIONS: usize = 2;
/// Pages of the part of an address space where things happen: three units.
pub const STAGE_PAGES: usize = 3 * 512;

/// What a page belongs to.
#[derive(Clone, Debug, PartialEq)]
pub enum Shown {
    Anonymous,
    Shared(usize, usize),
    Private(usize, usize),
}

/// What the model knows of a page in a space.
#[derive(Clone, Debug)]
pub struct Page {
    pub shown: Shown,
    pub protection: Protection,
    pub maximum: Protection,
    pub inheritance: Inheritance,
    /// Protection and maximum, while they wait for the parent's word.
    pub withheld: Option<(Protection, Protection)>,
    /// Which mapping made it: pages of two are never one view.
    pub mapping: usize,
    /// What was stored in it privately.
    pub own: Option<u64>,
}

impl Page {
    /// What a child gets of the page; `values` are those of the regions.
    fn for_child(&self, values: &[BTreeMap<usize, u64>; REGIONS]) -> Option<Self> {
        let mut page = self.clone();
        if page.shown == Shown::Anonymous {
            return Some(page);
        }
        if page.withheld.is_some() {
            return None;
        }
        match (page.inheritance, &page.shown) {
            (Inheritance::None, _) => return None,
            (Inheritance::Copy, Shown::Shared(region, index)) => {
                page.own = values[*region].get(index).copied();
                page.shown = Shown::Anonymous;
                page.maximum = Protection::all();
            }
            (Inheritance::Share | Inheritance::Copy, _) => {}
            (Inheritance::ShareReadOnly, _) => {
                page.protection -= Protection::WRITE;
                page.maximum -= Protection::WRITE;
            }
            (Inheritance::Ask, _) => {
                page.withheld = Some((page.protection, page.maximum));
                page.protection = Protection::empty();
                page.maximum = Protection::empty();
            }
        }
        Some(page)
    }

    const fn region(&self) -> Option<usize> {
        match self.shown {
            Shown::Anonymous => None,
            Shown::Shared(region, _) | Shown::Private(region, _) => Some(region),
        }
    }

    /// Whether it belongs to the same view as a page next to it.
    fn is_one_with(&self, other: &Self) -> bool {
        self.mapping == other.mapping
            && self.region() == other.region()
            && self.protection == other.protection
            && self.maximum == other.maximum
            && self.inheritance == other.inheritance
            && self.withheld == other.withheld
    }
}

#[derive(Clone, Debug, Default)]
pub struct ModelSpace(pub BTreeMap<usize, Page>);

impl ModelSpace {
    /// Changes what children get of the view at a page; what it was, or `None` if it is no view of
    /// a region.
    pub fn set_inheritance(&mut self, at: usize, policy: Inheritance) -> Option<Inheritance> {
        let page = self.0.get(&at).filter(|page| page.region().is_some())?.clone();
        let belongs = |index: &usize| self.0.get(index).is_some_and(|it| it.is_one_with(&page));
        let before = (0..at).rev().take_while(belongs);
        let view: Vec<usize> = (at..).take_while(belongs).chain(before).collect();
        for index in view {
            self.0.entry(index).and_modify(|page| page.inheritance = policy);
        }
        Some(page.inheritance)
    }

    /// The parent's word on what was withheld of a region; whether there was anything.
    pub fn decide(&mut self, region: usize, rights: Protection) -> bool {
        let mut any = false;
        self.0.retain(|_, page| {
            let Some((protection, maximum)) = page.withheld else { return true };
            if page.region() != Some(region) {
                return true;
            }
            any = true;
            page.protection = protection & rights;
            page.maximum = maximum & rights;
            page.withheld = None;
            !rights.is_empty()
        });
        any
    }
}

#[derive(Default)]
pub struct Model {
    pub spaces: [ModelSpace; SPACES],
    pub regions: [BTreeMap<usize, u64>; REGIONS],
    pub lengths: [usize; REGIONS],
}

impl Model {
    /// What an access to the page should give: the value, or the error.
    pub fn access(&self, space: usize, page: usize, access: Access) -> Result<u64, FaultError> {
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

    pub fn store(&mut self, space: usize, page: usize, value: u64) {
        let Some(shown) = self.spaces[space].0.get_mut(&page) else { return };
        match shown.shown {
            Shown::Shared(region, index) => {
                self.regions[region].insert(index, value);
            }
            _ => shown.own = Some(value),
        }
    }

    /// What a child of the space sees.
    pub fn fork(&self, space: usize) -> ModelSpace {
        let pages = self.spaces[space].0.iter();
        let inherited = |page: &Page| page.for_child(&self.regions);
        ModelSpace(pages.filter_map(|(at, page)| Some((*at, inherited(page)?))).collect())
    }

    pub fn set_length(&mut self, region: usize, pages: usize) {
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
