//! Offers: pages that one process gives to another or begins to share with it.
//!
//! `book` knows who has offered what to whom; `claim` moves the pages; `inbox` is the file that
//! tells a process of offers. Nothing changes until the
//! claim, which is one step for everybody: it happens under the lock of the book and the locks of
//! both address spaces. An offer ends when it is claimed or cancelled, when either process ends,
//! when the offerer becomes another program, or when a claim finds that its pages are no longer
//! what was offered. The kernel offers buffers of its own as process 0; they stay its own.

mod book;
mod check;
mod claim;
mod inbox;

use crate::mm::{AddressSpace, Granted, Handover, MapError};
use crate::process::{self, Process};
use crate::region::Region;
use crate::sched;
use crate::sync::{Lock, Rank};
use abi::Errno;
use abi::memory::Protection;
use abi::offer::{Direction, OfferFlags, OfferRecord};
use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;
use arch::addr::{PageRange, VirtAddr};
use book::{Book, Key, Offer, Refusal};

pub use check::check;
pub use claim::claim;
pub use inbox::Inbox;

/// The number by which the kernel offers.
const KERNEL: u32 = 0;

/// Whose pages they are.
enum Giver {
    /// A process's, in its address space.
    Process { space: Weak<AddressSpace>, uid: u32, gid: u32 },
    /// The kernel's: all of a region.
    Kernel(Arc<Region>),
}

static BOOK: Lock<Book<Giver>> = Lock::new(Rank::Offers, Book::new());

impl From<Refusal> for Errno {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Exists => Self::EEXIST,
            Refusal::TooMany => Self::EAGAIN,
        }
    }
}

/// What an offer hands over when it is claimed.
fn handover(range: PageRange, flags: OfferFlags) -> Handover {
    let grants = flags & OfferFlags::GRANTALL;
    let granted = if grants == OfferFlags::GRANTALL {
        Granted::All
    } else {
        Granted::Only(Protection::from_bits_truncate(grants.bits()))
    };
    let dropped = (flags & OfferFlags::DISOWN).bits() >> OfferFlags::GRANTALL.bits().count_ones();
    Handover { range, granted, dropped: Protection::from_bits_truncate(dropped) }
}

/// What the calls say where the calls about views say something else.
fn errno_of(error: MapError) -> Errno {
    match error {
        MapError::Unmapped => Errno::EFAULT,
        other => other.into(),
    }
}

/// Offers pages of the calling process to another one.
pub fn offer(to: u32, range: PageRange, flags: OfferFlags) -> Result<(), Errno> {
    let caller = sched::current_process();
    if to == caller.pid {
        return Err(Errno::EINVAL);
    }
    let receiver = process::find(to).ok_or(Errno::ESRCH)?;
    let space = caller.space().ok_or(Errno::ESRCH)?;
    space.check_handover(&handover(range, flags)).map_err(errno_of)?;
    let credentials = caller.credentials();
    let space = Arc::downgrade(&space);
    let giver = Giver::Process { space, uid: credentials.uid, gid: credentials.gid };
    add(&receiver, Offer { from: caller.pid, to, range, flags, giver })
}

/// Offers a region of the kernel's to a process, which may read it from its claim on; `address` is
/// by what it is known.
pub fn offer_of_kernel(
    receiver: &Process,
    address: VirtAddr,
    region: Arc<Region>,
) -> Result<(), Errno> {
    let bytes = usize::try_from(region.length()).map_err(|_| Errno::EINVAL)?;
    let range = PageRange::from_bytes(address, bytes).ok_or(Errno::EINVAL)?;
    let (flags, giver) = (OfferFlags::GRANT_R, Giver::Kernel(region));
    add(receiver, Offer { from: KERNEL, to: receiver.pid, range, flags, giver })
}

/// Notes an offer and tells its receiver.
fn add(receiver: &Process, offer: Offer<Giver>) -> Result<(), Errno> {
    let mut book = BOOK.lock();
    // Under the lock of the book: who has lost its space sweeps the book afterwards.
    if receiver.space().is_none() {
        return Err(Errno::ESRCH);
    }
    book.add(offer)?;
    drop(book);
    receiver.offers_changed.wake_all();
    Ok(())
}

/// Cancels the calling process's offer; `ENOENT` if there is none, or none any more.
pub fn cancel(to: u32, address: VirtAddr) -> Result<(), Errno> {
    let from = sched::current_process().pid;
    let key = Key { from, to, address: address.value() };
    let removed = remove(|book| book.remove(key));
    tell_offerer(&removed.ok_or(Errno::ENOENT)?);
    Ok(())
}

fn record(offer: &Offer<Giver>, direction: Direction) -> OfferRecord {
    let pid = match direction {
        Direction::Sent => offer.to,
        Direction::Received => offer.from,
    };
    OfferRecord {
        address: offer.range.start().value() as u64,
        bytes: offer.range.bytes() as u64,
        pid,
        direction: direction as u32,
        flags: offer.flags.bits(),
        reserved: 0,
    }
}

/// The offers that a process has sent and received, as of one moment.
pub fn list(process: u32) -> Result<Vec<OfferRecord>, Errno> {
    let book = BOOK.lock();
    let offers = book.of(process).map_err(|_| Errno::ENOMEM)?;
    let mut records = Vec::new();
    records.try_reserve_exact(offers.len()).map_err(|_| Errno::ENOMEM)?;
    records.extend(offers.iter().map(|offer| {
        let is_sent = offer.from == process;
        record(offer, if is_sent { Direction::Sent } else { Direction::Received })
    }));
    Ok(records)
}

/// Waits for an offer to the process; tells the oldest.
pub fn wait(process: &Process, deadline: Option<u64>) -> Result<OfferRecord, Errno> {
    let oldest = || {
        let book = BOOK.lock();
        book.oldest_to(process.pid).map(|offer| record(offer, Direction::Received))
    };
    Ok(process.offers_changed.wait_until(deadline, oldest)?)
}

/// Waits until the process's offer to another one at the address is open no longer.
pub fn wait_claim(
    process: &Process,
    to: u32,
    address: VirtAddr,
    deadline: Option<u64>,
) -> Result<(), Errno> {
    let key = Key { from: process.pid, to, address: address.value() };
    let is_over = || BOOK.lock().get(key).is_none().then_some(());
    Ok(process.offers_changed.wait_until(deadline, is_over)?)
}

/// Wakes who waits for the end of an offer that it has made.
fn tell_offerer(offer: &Offer<Giver>) {
    if let Some(offerer) = process::find(offer.from) {
        offerer.offers_changed.wake_all();
    }
}

/// The process sees its memory no longer: what it has offered is gone.
pub fn space_ended(process: u32) {
    while let Some(offer) = remove(|book| book.remove_one_from(process)) {
        drop(offer);
    }
}

/// The process has ended: what it has offered, and what was offered to it, is gone.
pub fn process_ended(process: u32) {
    if BOOK.lock().is_empty() {
        return;
    }
    space_ended(process);
    while let Some(offer) = remove(|book| book.remove_one_to(process)) {
        tell_offerer(&offer);
    }
}

/// One at a time: the lock is not held for long, and nothing is dropped under it.
fn remove(one: impl FnOnce(&mut Book<Giver>) -> Option<Offer<Giver>>) -> Option<Offer<Giver>> {
    one(&mut BOOK.lock())
}
