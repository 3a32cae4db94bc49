//! What is refused, and in which order, when memory or room for views runs out; and what must
//! work all the same.

mod allocator;
#[path = "../common/mod.rs"]
mod common;
mod floors;
mod lists;
mod views;

use abi::memory::Protection;
use arch::addr::{PAGE_SIZE, PhysAddr, VirtAddr};
use common::memory;
use kcore::mm::frames::{self, FrameUse};
use kcore::mm::{AddressSpace, MapError, MapRequest, MemoryObject, Placement, Sharing};
use kcore::region::{Region, RegionAttributes};
use std::sync::Arc;

const READ_WRITE: Protection = Protection::READ.union(Protection::WRITE);

/// All the memory that a use of frames can have, taken until this is dropped.
struct Drained(FrameUse, Vec<PhysAddr>);

impl Drained {
    fn by(purpose: FrameUse) -> Self {
        Self(purpose, std::iter::from_fn(|| frames::allocate(purpose).ok()).collect())
    }
}

impl Drop for Drained {
    fn drop(&mut self) {
        for frame in self.1.drain(..) {
            frames::free(frame, self.0);
        }
    }
}

fn space() -> Arc<AddressSpace> {
    AddressSpace::new().expect("memory is plenty")
}

fn region(length: u64) -> Arc<Region> {
    let attributes = RegionAttributes { mode: 0o600, uid: 0, gid: 0 };
    Region::create(attributes, length).expect("a length that can be")
}

/// Maps `pages` pages at an address: of a region from its start on, or of zeroed memory.
fn map(
    space: &Arc<AddressSpace>,
    start: usize,
    pages: usize,
    object: Option<(&Arc<Region>, Sharing)>,
) -> Result<VirtAddr, MapError> {
    space.map(MapRequest {
        placement: Placement::Fixed(VirtAddr::new(start)),
        bytes: pages * PAGE_SIZE,
        protection: READ_WRITE,
        maximum: Protection::all(),
        object: object
            .map(|(region, sharing)| (region.clone() as Arc<dyn MemoryObject>, 0, sharing)),
    })
}

/// The pages of the view at an address.
fn view_pages(space: &AddressSpace, address: usize) -> Option<usize> {
    space.view_at(VirtAddr::new(address)).map(|(range, _)| range.pages())
}
