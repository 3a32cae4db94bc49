//! What regions there are, and what one is like.

use super::super::arguments::store;
use super::region_of;
use crate::fs::Fd;
use crate::region::{names, tell_name};
use abi::Errno;
use abi::region::RegionRecord;
use arch::addr::VirtAddr;

/// One record at a time, so that a long list needs no memory.
pub fn list(records: VirtAddr, capacity: usize) -> Result<u64, Errno> {
    let mut count = 0;
    for (name, region) in names::all() {
        if count < capacity {
            let mut record = region.record();
            tell_name(&mut record, &name);
            store(records.add(count * size_of::<RegionRecord>()), &record)?;
        }
        count += 1;
    }
    Ok(count as u64)
}

pub fn stat(fd: Fd, to: VirtAddr) -> Result<u64, Errno> {
    let (region, _) = region_of(fd)?;
    store(to, &region.record())?;
    Ok(0)
}
