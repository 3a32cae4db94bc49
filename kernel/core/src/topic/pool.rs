//! A publisher's pool, as its subscribers see it: a read-only view at the publisher's address.

use crate::mm::{AddressSpace, Backing, MapError, MapRequest, Placement, Sharing};
use crate::region::{Region, Writable};
use abi::Errno;
use abi::memory::Protection;
use abi::region::{Inheritance, RegionFlags};
use alloc::sync::{Arc, Weak};
use arch::addr::VirtAddr;

/// Fails unless the region can be the pool of a publisher who sees the space: it has one address,
/// which is mapped there, and one writer.
pub fn check(region: &Region, space: &AddressSpace) -> Result<(), Errno> {
    let needed = RegionFlags::SAME_ADDRESS | RegionFlags::SINGLE_WRITER;
    let is_mapped =
        region.common_address().is_some_and(|common| shows(space, common.start(), region.id()));
    if region.flags().contains(needed) && is_mapped { Ok(()) } else { Err(Errno::EINVAL) }
}

/// Whether so many bytes at the address lie in the pool.
pub fn contains(region: &Region, address: u64, length: u64) -> bool {
    let Some(common) = region.common_address() else { return false };
    let start = common.start().value() as u64;
    let offset = address.checked_sub(start);
    offset.and_then(|offset| offset.checked_add(length)).is_some_and(|end| end <= region.length())
}

/// A pool's view in a subscriber's address space, until it is dropped.
pub struct PoolView {
    space: Weak<AddressSpace>,
    start: VirtAddr,
    region_id: u64,
    /// Whether the kernel has made the view; else it was there.
    is_ours: bool,
}

impl PoolView {
    /// Shows the pool; a view of it that is there already is taken as it is.
    pub fn map(space: &Arc<AddressSpace>, region: &Arc<Region>) -> Result<Arc<Self>, Errno> {
        let common = region.common_address().ok_or(Errno::EINVAL)?;
        let view = |is_ours| {
            let (start, region_id) = (common.start(), region.id());
            Arc::new(Self { space: Arc::downgrade(space), start, region_id, is_ours })
        };
        let maximum = region.view_maximum(Writable::No, Sharing::Shared, Protection::READ)?;
        let request = MapRequest {
            placement: Placement::FixedNoReplace(common.start()),
            bytes: common.bytes(),
            protection: Protection::READ,
            maximum,
            object: Some((region.clone() as Arc<_>, 0, Sharing::Shared)),
        };
        match space.map(request) {
            Ok(start) => {
                let view = view(true);
                // A child is no subscriber.
                space.set_inheritance(start, Inheritance::None)?;
                Ok(view)
            }
            Err(MapError::Occupied) if shows(space, common.start(), region.id()) => Ok(view(false)),
            Err(error) => Err(error.into()),
        }
    }
}

impl Drop for PoolView {
    fn drop(&mut self) {
        let Some(space) = self.space.upgrade() else { return };
        if self.is_ours && shows(&space, self.start, self.region_id) {
            // Without memory for it the view stays until its address space ends.
            let _ = space.unmap_view(self.start);
        }
    }
}

fn shows(space: &AddressSpace, start: VirtAddr, region_id: u64) -> bool {
    let view = space.view_at(start);
    view.is_some_and(|(_, view)| match view.backing {
        Backing::Object { attachment, .. } => attachment.object.id() == region_id,
        Backing::Anonymous => false,
    })
}
