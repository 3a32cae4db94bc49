//! Handles of mapping objects.

use super::{Access, ObjectFlags};
use crate::error::{Error, Result};
use crate::region::{self, Region, RegionFlags, RegionRecord};
use abi::Errno;
use abi::limits::PAGE_SIZE;
use core::time::Duration;

/// A handle of a mapping object: good in this process, and in children as far as they inherit it.
#[derive(Debug)]
pub struct Handle {
    pub(super) region: Region,
}

/// How long an object is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Sizes {
    /// The bytes that were asked for; every access is bounded by them.
    pub asked: u64,
    /// The bytes of the pages that were granted for them.
    pub granted: u64,
    /// The bytes that may be asked for with [`grow`].
    pub maximum: u64,
}

impl Handle {
    /// The object's record.
    pub fn record(&self) -> Result<RegionRecord> {
        self.region.stat()
    }

    /// The object as a region, for what this family has no call for.
    pub const fn region(&self) -> &Region {
        &self.region
    }
}

impl From<Region> for Handle {
    fn from(region: Region) -> Self {
        Self { region }
    }
}

/// `CreateRegion(name, bytes, flags) -> handle`: makes an object that its owner alone may open, or
/// opens the one of that name as it is. A length of 0, or beyond the quota (`EDQUOT`) or the memory
/// that is left (`ENOMEM`), is refused, and then nothing is made.
pub fn create_region(name: &str, bytes: u64, flags: ObjectFlags) -> Result<Handle> {
    create_region_for(name, bytes, 0, flags, 0o600)
}

/// `CreateRegion` of an object that may grow to `maximum` bytes (0: its length rounded up to 2 MiB),
/// and that those may open whom the mode allows.
pub fn create_region_for(
    name: &str,
    bytes: u64,
    maximum: u64,
    flags: ObjectFlags,
    mode: u32,
) -> Result<Handle> {
    if bytes == 0 {
        let error = Error::new(Errno::EINVAL, name).problem("a mapping object has at least 1 byte");
        return Err(error);
    }
    let options = flags.options().bytes(bytes).maximum(maximum).mode(mode);
    options.create(name).map(Handle::from)
}

/// `OpenRegion(name) -> handle`: a handle of the object that another process has made.
pub fn open_region(name: &str, access: Access) -> Result<Handle> {
    let flags = match access {
        Access::ReadWrite => RegionFlags::CLOSE_ON_EXEC,
        Access::Read | Access::ReadExecute => RegionFlags::CLOSE_ON_EXEC | RegionFlags::READ_ONLY,
    };
    Region::open_with(name, flags).map(Handle::from)
}

/// `WaitForName(name)`: waits until an object of that name exists, at most for the time, and says
/// whether it does.
pub fn wait_for_name(name: &str, timeout: Option<Duration>) -> Result<bool> {
    region::wait_for_name(name, timeout)
}

/// The size that was asked for, and what was granted for it.
pub fn sizes(handle: &Handle) -> Result<Sizes> {
    let record = handle.record()?;
    let granted = record.length.next_multiple_of(PAGE_SIZE as u64);
    Ok(Sizes { asked: record.length, granted, maximum: record.maximum })
}

/// `Grow(handle, bytes)`: makes an object longer, up to its maximum; every view reaches what is
/// new at once. One that is as long already stays as it is.
pub fn grow(handle: &Handle, bytes: u64) -> Result<()> {
    if handle.region.length()? >= bytes {
        return Ok(());
    }
    match handle.region.set_length(bytes) {
        // Another process was faster and made it longer than this, which its seal defends.
        Err(error) if error.errno() == Some(Errno::EPERM) && handle.region.length()? >= bytes => {
            Ok(())
        }
        outcome => outcome,
    }
}

/// `FileMappingDecRef(handle)`: leaves the object, which goes with the last who does. Views of the
/// handle have ended by then: they borrow it.
pub fn file_mapping_dec_ref(handle: Handle) {
    drop(handle);
}
