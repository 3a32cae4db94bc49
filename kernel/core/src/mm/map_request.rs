//! What is asked for with a mapping.

use super::object::{MemoryObject, ViewAccess};
use super::view::Sharing;
use abi::memory::Protection;
use alloc::sync::Arc;
use arch::addr::VirtAddr;

/// What is asked of the objects of new views.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Keeping {
    /// Nothing: their pages may go.
    Usual,
    /// To keep the pages that they have.
    Held,
}

/// Where a mapping goes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Placement {
    /// Wherever there is room.
    Anywhere,
    /// There if it is free, else anywhere.
    Hint(VirtAddr),
    /// There, in place of what is there.
    Fixed(VirtAddr),
    /// There, or not at all.
    FixedNoReplace(VirtAddr),
}

/// A mapping that is asked for.
pub struct MapRequest {
    /// Where.
    pub placement: Placement,
    /// How long; rounded up to pages.
    pub bytes: usize,
    /// What the program may do now.
    pub protection: Protection,
    /// What it may ever be allowed.
    pub maximum: Protection,
    /// The object, the offset of the first byte in it (whole pages) and whether stores reach it;
    /// `None` for zeroed memory.
    pub object: Option<(Arc<dyn MemoryObject>, u64, Sharing)>,
}

impl MapRequest {
    /// What the view can ever do to its object.
    pub(super) fn access(&self) -> ViewAccess {
        match &self.object {
            Some((_, _, Sharing::Shared)) if self.maximum.contains(Protection::WRITE) => {
                ViewAccess::Write
            }
            _ => ViewAccess::Read,
        }
    }
}
