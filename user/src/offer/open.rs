//! What is offered and not yet claimed.

use super::pages::Pages;
use super::{Direction, OfferFlags};
use crate::error::{Context, Error, Result};
use crate::process::Pid;
use crate::syscall::offer as call;
use crate::time::{self, Duration};
use abi::Errno;
use abi::offer::OfferRecord;
use alloc::format;
use alloc::vec;
use alloc::vec::Vec;

/// An offer that nobody has claimed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Offer {
    /// Whether it was sent or received.
    pub direction: Direction,
    /// The other process.
    pub pid: Pid,
    /// Where the pages are in the offerer.
    pub address: usize,
    /// How many bytes.
    pub bytes: usize,
    /// What becomes of them.
    pub flags: OfferFlags,
}

impl Offer {
    fn of(record: &OfferRecord) -> Self {
        Self {
            direction: Direction::from_number(record.direction).unwrap_or(Direction::Sent),
            pid: Pid(record.pid),
            address: record.address as usize,
            bytes: record.bytes as usize,
            flags: OfferFlags::from_bits_truncate(record.flags),
        }
    }

    /// Takes what was offered to this process.
    pub fn claim(&self) -> Result<Pages> {
        claim(self.pid, self.address)
    }
}

pub(super) fn error(errno: Errno, pid: Pid, address: usize) -> Error {
    let error = Error::new(errno, format!("process {pid}, pages at {address:#x}"));
    match errno {
        Errno::ENOENT => error.problem("no such offer, or none any more"),
        Errno::EEXIST => error.problem("they are offered to it already"),
        Errno::EFAULT => error.problem("not all of that is mapped"),
        Errno::EACCES => error.problem("these rights are not the offerer's to give"),
        Errno::EAGAIN => {
            error.problem("too many offers wait for their claims").advice("cancel some")
        }
        _ => error,
    }
}

/// Takes what a process has offered to this one at an address of its own.
pub fn claim(from: Pid, address: usize) -> Result<Pages> {
    let taken = call::vm_claim(from.0, address).map_err(|errno| error(errno, from, address))?;
    Ok(Pages::at(taken.0, taken.1))
}

/// Cancels an offer of this process; it fails if it was claimed.
pub fn cancel(to: Pid, address: usize) -> Result<()> {
    // SAFETY: nothing is dropped or granted.
    let outcome = unsafe { call::vm_offer(to.0, address, 0, OfferFlags::empty()) };
    outcome.map_err(|errno| error(errno, to, address))
}

/// Waits for an offer to this process, at most for the time; returns the oldest, or `None` if there
/// was none in that time.
pub fn wait(timeout: Option<Duration>) -> Result<Option<Offer>> {
    let outcome = time::within(timeout, call::vm_wait_offer).context("waiting for an offer")?;
    Ok(outcome.map(|record| Offer::of(&record)))
}

/// All offers that a process has sent and received; `None` is this one.
pub fn list(pid: Option<Pid>) -> Result<Vec<Offer>> {
    let number = pid.map_or(0, |pid| pid.0);
    let mut records = vec![OfferRecord::default(); 16];
    loop {
        let outcome = call::vm_list_offers(number, &mut records);
        match outcome.context(format!("offers of process {number}"))? {
            Ok(count) => return Ok(records[..count].iter().map(Offer::of).collect()),
            // More may come meanwhile.
            Err(needed) => records.resize(needed + needed / 4, OfferRecord::default()),
        }
    }
}
