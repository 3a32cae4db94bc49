//! Regions of pages that a process has given away or begun to share: they were private memory.
//!
//! Nobody is charged for them, as nobody was before; they have no name and can't be opened.

use super::attributes::{RegionAttributes, RegionSpec};
use super::object::{Kind, Region};
use super::pages::Pages;
use crate::mm::LoosePages;
use abi::Errno;
use alloc::sync::Arc;
use arch::addr::PAGE_SIZE;

impl Region {
    /// A region without a name that has exactly these pages.
    pub fn of_loose_pages(
        attributes: RegionAttributes,
        loose: LoosePages,
    ) -> Result<Arc<Self>, Errno> {
        let length = (loose.pages * PAGE_SIZE) as u64;
        let spec = RegionSpec { maximum: length, ..RegionSpec::file(attributes, length) };
        Self::with_pages(Kind::Memory, spec, Pages::of_tables(loose.tables, loose.resident))
    }
}
