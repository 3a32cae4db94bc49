//! Commons' own calls by which processes give pages to each other.

use super::arguments::{load, store};
use super::file::insert;
use super::region_holdings::observed;
use super::time::deadline_after;
use crate::{fs, kernel_log, offer, sched};
use abi::Errno;
use abi::file::OpenFlags;
use abi::log::LOG_ADDRESS;
use abi::offer::{OfferFlags, OfferRecord};
use arch::addr::{PAGE_SIZE, PageRange, VirtAddr};

/// Offers pages, or cancels an offer if the length is 0.
pub fn offer(to: u32, address: VirtAddr, bytes: usize, flags: u32) -> Result<u64, Errno> {
    let flags = OfferFlags::from_bits(flags).ok_or(Errno::EINVAL)?;
    if !address.is_page_start() || !bytes.is_multiple_of(PAGE_SIZE) {
        return Err(Errno::EINVAL);
    }
    if bytes == 0 {
        offer::cancel(to, address)?;
        return Ok(0);
    }
    let range = PageRange::from_bytes(address, bytes).ok_or(Errno::EFAULT)?;
    offer::offer(to, range, flags)?;
    Ok(0)
}

/// Takes what was offered; `places` are where its address and its length are stored.
pub fn claim(
    from: u32,
    address: VirtAddr,
    places: (VirtAddr, VirtAddr),
    flags: u32,
) -> Result<u64, Errno> {
    if flags != 0 {
        return Err(Errno::EINVAL);
    }
    // Looked at before anything happens: a bad pointer is to change nothing.
    for place in [places.0, places.1] {
        store(place, &load::<u64>(place)?)?;
    }
    let range = offer::claim(from, address)?;
    store(places.0, &(range.start().value() as u64))?;
    store(places.1, &(range.bytes() as u64))?;
    Ok(0)
}

/// Tells a process's offers, all or none.
pub fn list(records: VirtAddr, count: VirtAddr, pid: u32) -> Result<u64, Errno> {
    let capacity = load::<u64>(count)?;
    let offers = offer::list(observed(pid)?.pid)?;
    let needed = offers.len() as u64;
    if needed <= capacity {
        for (index, record) in offers.iter().enumerate() {
            store(records.add(index * size_of::<OfferRecord>()), record)?;
        }
    }
    store(count, &needed)?;
    if needed <= capacity { Ok(0) } else { Err(Errno::ERANGE) }
}

/// Waits for an offer to the caller.
pub fn wait(record: VirtAddr, timeout: VirtAddr) -> Result<u64, Errno> {
    let deadline = deadline_after(timeout)?;
    let oldest = offer::wait(&sched::current_process(), deadline)?;
    store(record, &oldest)?;
    Ok(0)
}

/// Waits until an offer of the caller is open no longer.
pub fn wait_claim(to: u32, address: VirtAddr, timeout: VirtAddr) -> Result<u64, Errno> {
    let deadline = deadline_after(timeout)?;
    offer::wait_claim(&sched::current_process(), to, address, deadline)?;
    Ok(0)
}

/// A descriptor that tells of offers to the caller.
pub fn descriptor(flags: u32) -> Result<u64, Errno> {
    let flags = OpenFlags::from_bits(flags).ok_or(Errno::EINVAL)?;
    if !(flags - OpenFlags::CLOSE_ON_EXEC - OpenFlags::NON_BLOCKING).is_empty() {
        return Err(Errno::EINVAL);
    }
    let inbox = offer::Inbox::of(&sched::current_process());
    let file = fs::open_unnamed(inbox, flags & OpenFlags::NON_BLOCKING)?;
    insert(file, flags)
}

/// The kernel offers its log to the caller.
pub fn log() -> Result<u64, Errno> {
    kernel_log::offer()?;
    Ok(LOG_ADDRESS)
}
