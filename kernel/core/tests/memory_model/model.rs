//! The plain model: maps of pages to values, and no memory management.

use abi::memory::Protection;
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
    /// What was stored in it privately.
    pub own: Option<u64>,
}

#[derive(Clone, Debug, Default)]
pub struct ModelSpace(pub BTreeMap<usize, Page>);

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
