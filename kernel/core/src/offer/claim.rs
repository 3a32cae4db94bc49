//! The claim: from the offerer's address space to the caller's in one step.

use super::book::Key;
use super::{BOOK, Giver, errno_of, handover, tell_offerer};
use crate::mm::{
    AddressSpace, FaultError, LoosePages, MapError, MapRequest, MemoryObject, Placement, Sharing,
};
use crate::region::{Region, RegionAttributes};
use crate::sched::{self, futex};
use abi::Errno;
use abi::memory::Protection;
use alloc::sync::Arc;
use arch::addr::{PageRange, VirtAddr};

/// Takes what a process has offered to the caller at an address of its own; returns where it is
/// now.
///
/// `ENOENT` if there is no such offer, `EFAULT` or `EACCES` if its pages are no longer what was
/// offered, which ends it. For lack of memory or room it stays as it was.
///
/// Pages of a file on the card that a private view shows are brought in before, so it may sleep.
pub fn claim(from: u32, address: VirtAddr) -> Result<PageRange, Errno> {
    loop {
        let (outcome, giver, range) = try_claim(from, address)?;
        match (outcome, giver) {
            (Err(MapError::Absent), Some(giver)) => giver.prefault(range).map_err(errno_of_page)?,
            (outcome, _) => {
                let start = outcome.map_err(errno_of)?;
                return PageRange::from_bytes(start, range.bytes()).ok_or(Errno::EINVAL);
            }
        }
    }
}

const fn errno_of_page(error: FaultError) -> Errno {
    match error {
        FaultError::OutOfMemory => Errno::ENOMEM,
        FaultError::Unreadable => Errno::EIO,
        _ => Errno::EACCES,
    }
}

/// What came of the claim, the offerer's address space, and where the offer is in it.
type Tried = (Result<VirtAddr, MapError>, Option<Arc<AddressSpace>>, PageRange);

/// The same, unless pages have to be brought in before.
fn try_claim(from: u32, address: VirtAddr) -> Result<Tried, Errno> {
    let caller = sched::current_process();
    let receiver = caller.space().ok_or(Errno::ESRCH)?;
    let key = Key { from, to: caller.pid, address: address.value() };
    let mut book = BOOK.lock();
    let offer = book.get(key).ok_or(Errno::ENOENT)?;
    let range = offer.range;
    let (outcome, giver) = match &offer.giver {
        // Without its space it is on its way out, and sweeps the book next.
        Giver::Process { space, uid, gid } => {
            let giver = space.upgrade().ok_or(Errno::ENOENT)?;
            let attributes = RegionAttributes { mode: 0o600, uid: *uid, gid: *gid };
            let mut make = |loose| object_of(attributes, loose);
            let outcome = giver.hand_over(&receiver, &handover(range, offer.flags), &mut make);
            (outcome, Some(giver))
        }
        Giver::Kernel(region) => (show(region, &receiver, range), None),
    };
    let ended = if is_over(outcome) { book.remove(key) } else { None };
    drop(book);
    if let Some(giver) = &giver {
        futex::private_words_changed(giver.id(), range);
    }
    if let Some(offer) = ended {
        tell_offerer(&offer);
    }
    Ok((outcome, giver, range))
}

/// Shows the receiver a region of the kernel's, to be read and no more.
fn show(
    region: &Arc<Region>,
    receiver: &Arc<AddressSpace>,
    range: PageRange,
) -> Result<VirtAddr, MapError> {
    receiver.map(MapRequest {
        placement: Placement::Anywhere,
        bytes: range.bytes(),
        protection: Protection::READ,
        maximum: Protection::READ,
        object: Some((region.clone(), 0, Sharing::Shared)),
    })
}

/// Whether the offer has ended by this: it was taken, or can't be any more.
const fn is_over(outcome: Result<VirtAddr, MapError>) -> bool {
    match outcome {
        Ok(_) => true,
        Err(MapError::NoRoom | MapError::Occupied | MapError::OutOfMemory | MapError::Absent) => {
            false
        }
        Err(
            MapError::BadRange
            | MapError::Denied
            | MapError::Sealed
            | MapError::Unmapped
            | MapError::Unsupported,
        ) => true,
    }
}

fn object_of(
    attributes: RegionAttributes,
    loose: LoosePages,
) -> Result<Arc<dyn MemoryObject>, MapError> {
    match Region::of_loose_pages(attributes, loose) {
        Ok(region) => Ok(region),
        Err(_) => Err(MapError::OutOfMemory),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offer_outlives_a_lack_of_memory_or_room_and_nothing_else() {
        let start = VirtAddr::new(0x1000);
        let ends = |error| is_over(Err(error));
        assert!(is_over(Ok(start)));
        assert!(
            [MapError::NoRoom, MapError::Occupied, MapError::OutOfMemory]
                .into_iter()
                .all(|error| !ends(error))
        );
        assert!(
            [MapError::BadRange, MapError::Denied, MapError::Sealed, MapError::Unmapped]
                .into_iter()
                .all(ends)
        );
    }
}
