//! Address spaces to be tested, and all that can be seen of one.

use abi::memory::Protection;
use abi::region::Inheritance;
use arch::addr::{PAGE_SIZE, PageRange, PhysAddr, VirtAddr};
use kcore::mm::{
    Access, AddressSpace, MapRequest, MemoryObject, Placement, Sharing, Shown, ViewDescription,
    frames,
};
use kcore::region::{Region, RegionAttributes};
use std::sync::Arc;

pub const READ_WRITE: Protection = Protection::READ.union(Protection::WRITE);

pub fn space() -> Arc<AddressSpace> {
    AddressSpace::new().expect("memory is plenty")
}

pub fn attributes() -> RegionAttributes {
    RegionAttributes { mode: 0o600, uid: 0, gid: 0 }
}

pub fn region(pages: usize) -> Arc<Region> {
    Region::create(attributes(), (pages * PAGE_SIZE) as u64).expect("memory is plenty")
}

/// Maps pages of a region or of zeroes.
pub fn map(
    space: &Arc<AddressSpace>,
    placement: Placement,
    pages: usize,
    region: Option<(&Arc<Region>, Sharing)>,
) -> PageRange {
    let object =
        region.map(|(region, sharing)| (region.clone() as Arc<dyn MemoryObject>, 0, sharing));
    let request = MapRequest {
        placement,
        bytes: pages * PAGE_SIZE,
        protection: READ_WRITE,
        maximum: Protection::all(),
        object,
    };
    let start = space.map(request).expect("memory is plenty");
    PageRange::from_bytes(start, pages * PAGE_SIZE).expect("it was mapped")
}

/// Stores a number into each page, but for every fourth, which stays untouched.
pub fn fill(space: &AddressSpace, range: PageRange) {
    for (index, page) in range.iter().enumerate().filter(|(index, _)| index % 4 != 3) {
        space.store(page, &(index as u32 + 1).to_le_bytes()).expect("it is mapped");
    }
}

pub fn word(space: &AddressSpace, address: VirtAddr) -> Option<u32> {
    let mut bytes = [0; 4];
    space.page_for(address, Access::Read).ok()?.read(0, &mut bytes);
    Some(u32::from_le_bytes(bytes))
}

/// What a view is like: rights now and ever, what a child gets, and the object with its place.
type Looks = (Protection, Protection, Inheritance, Option<(usize, usize, Sharing)>);

fn looks(view: &ViewDescription) -> Looks {
    let shown = match &view.shown {
        Shown::Private => None,
        Shown::Object { object, base, sharing } => {
            Some((Arc::as_ptr(object).cast::<()>() as usize, *base, *sharing))
        }
    };
    (view.protection, view.maximum, view.inheritance, shown)
}

/// All that can be seen of an address space without touching it: its views, the frames that its
/// tables show, and how much memory the tables hold.
#[derive(Clone, Eq, PartialEq)]
pub struct Seen {
    views: Vec<(PageRange, Looks)>,
    frames: Vec<Option<PhysAddr>>,
    usage: (u64, u64),
}

impl Seen {
    pub fn of(space: &AddressSpace) -> Self {
        let mut views = Vec::new();
        let mut at = VirtAddr::new(0);
        while let Some(found) = space.describe_from(at) {
            at = found.range.end();
            views.push((found.range, looks(&found)));
        }
        let pages = views.iter().flat_map(|(range, _)| range.iter());
        let frames = pages.map(|page| Some(space.translation(page)?.0)).collect();
        Self { views, frames, usage: space.usage() }
    }

    pub fn is_empty(&self) -> bool {
        self.views.is_empty()
    }
}

/// Frames that are free.
pub fn free() -> u64 {
    frames::statistics().free
}
