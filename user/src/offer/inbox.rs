//! Waiting for offers among other things.

use super::open::{Offer, wait};
use crate::error::{Context, Result};
use crate::fs::OwnedFd;
use crate::syscall::offer as call;
use crate::time::Duration;
use abi::file::OpenFlags;

/// A descriptor that `ppoll` tells ready for reading while an offer to this process is open.
///
/// It tells of this process's offers only: children do not inherit it, and exec closes it.
#[derive(Debug)]
pub struct Inbox(OwnedFd);

impl Inbox {
    /// Opens one.
    pub fn new() -> Result<Self> {
        let fd = call::vm_offer_descriptor(OpenFlags::CLOSE_ON_EXEC);
        fd.map(|fd| Self(OwnedFd::from_raw(fd))).context("offers to this process")
    }

    /// The descriptor, for `ppoll`.
    pub const fn as_raw(&self) -> i32 {
        self.0.as_raw()
    }

    /// The oldest open offer, if there is one; it stays open until it is claimed.
    pub fn oldest(&self) -> Result<Option<Offer>> {
        wait(Some(Duration::ZERO))
    }
}
