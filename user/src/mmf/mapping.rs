//! Views of mapping objects.

use super::{Access, Handle};
use crate::error::Result;
use crate::region;
use crate::shared::SharedMemory;
use core::marker::PhantomData;

/// Where an object's bytes are in this process; it ends when it is dropped, before its handle.
#[derive(Debug)]
pub struct View<'a> {
    pub(super) view: region::View,
    handle: PhantomData<&'a Handle>,
}

impl View<'_> {
    /// The pointer to the first byte.
    pub fn address(&self) -> usize {
        self.view.address()
    }

    /// The memory.
    pub fn memory(&self) -> SharedMemory<'_> {
        self.view.memory()
    }

    /// Reaches as far as the object does now, at the same address, and returns the length.
    pub fn update(&mut self, handle: &Handle) -> Result<usize> {
        self.view.update(&handle.region)
    }
}

/// `CreateMapping(handle, access, offset, bytes) -> pointer`: makes bytes of an object reachable;
/// `bytes` 0 maps all of it, and then the view has room for what it grows by. An offset is a multiple
/// of the page size.
pub fn create_mapping(
    handle: &Handle,
    access: Access,
    offset: u64,
    bytes: usize,
) -> Result<View<'_>> {
    let rights = access.protection();
    let view = match (offset, bytes) {
        (0, 0) => handle.region.map(rights)?,
        (_, 0) => {
            let rest = handle.region.length()?.saturating_sub(offset);
            handle.region.map_part(rights, offset, usize::try_from(rest).unwrap_or(0))?
        }
        _ => handle.region.map_part(rights, offset, bytes)?,
    };
    Ok(View { view, handle: PhantomData })
}
