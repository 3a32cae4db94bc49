//! Calls about traces.

use super::file::{get, insert};
use super::process_memory::check_trust;
use super::time::deadline_after;
use crate::fs::{self, Fd};
use crate::mm::reclaim;
use crate::process;
use crate::process::trace::{self, Trace, TraceFile};
use crate::region::quota::Account;
use crate::region::{Region, RegionAttributes, RegionSpec};
use crate::sched;
use abi::Errno;
use abi::file::OpenFlags;
use abi::region::{RegionFlags, Seals};
use abi::trace::{TRACE_BYTES_MAX, TRACE_BYTES_MIN, TRACE_FOLLOW, TRACE_TEXT_MAX};
use arch::addr::{PAGE_SIZE, VirtAddr};

pub fn create(bytes: u64, text_max: u64, flags: u32) -> Result<u64, Errno> {
    let flags = OpenFlags::from_bits(flags).ok_or(Errno::EINVAL)?;
    let is_length = (TRACE_BYTES_MIN..=TRACE_BYTES_MAX).contains(&bytes)
        && bytes.is_multiple_of(PAGE_SIZE as u64);
    if !is_length || text_max > TRACE_TEXT_MAX.into() || !OpenFlags::CLOSE_ON_EXEC.contains(flags) {
        return Err(Errno::EINVAL);
    }
    let credentials = sched::current_process().credentials();
    let attributes = RegionAttributes { mode: 0o400, uid: credentials.uid, gid: credentials.gid };
    // Its memory is set aside, so that a record never fails for want of a page.
    let spec = RegionSpec {
        attributes,
        length: bytes,
        maximum: bytes,
        flags: RegionFlags::empty(),
        seals: Seals::SHRINK | Seals::GROW | Seals::SEAL,
        account: Some(Account::of_caller(credentials.uid)),
    };
    let region = reclaim::with_room(|| Region::new(spec.clone()))?;
    for offset in (0..bytes).step_by(PAGE_SIZE) {
        region.store_u64(offset, 0)?;
    }
    let trace = Trace::new(region, text_max as usize, credentials.is_root());
    insert(fs::open_unnamed(TraceFile::new(trace), OpenFlags::empty())?, flags)
}

pub fn attach(fd: Fd, pid: u32, flags: u32) -> Result<u64, Errno> {
    let file = get(fd)?;
    let trace = TraceFile::trace_of(&**file.node())?;
    if flags & !TRACE_FOLLOW != 0 || pid as i32 <= 0 {
        return Err(Errno::EINVAL);
    }
    let target = process::find(pid).ok_or(Errno::ESRCH)?;
    check_trust(&target)?;
    // Who waits for itself waits for ever.
    if target.pid == sched::current_process().pid {
        return Err(Errno::EPERM);
    }
    trace::attach(&trace, &target, flags & TRACE_FOLLOW != 0)?;
    Ok(0)
}

pub fn wait(fd: Fd, read: u64, timeout: VirtAddr) -> Result<u64, Errno> {
    let file = get(fd)?;
    let trace = TraceFile::trace_of(&**file.node())?;
    // Who waits keeps no file open by that.
    drop(file);
    let deadline = deadline_after(timeout)?;
    trace.read_up_to(read)?;
    trace.wait(read, deadline)
}
