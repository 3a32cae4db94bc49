//! Memory that can be given away.

use super::OfferFlags;
use super::open::{cancel, error};
use crate::error::{Context, Result};
use crate::process::Pid;
use crate::region::Protection;
use crate::shared::SharedMemory;
use crate::syscall::{memory, offer as call};
use crate::time::{self, Duration};
use core::ptr::NonNull;

/// Whole pages, until they are dropped or given away; they are reached as [`SharedMemory`].
///
/// Stores to pages that were claimed without the right to, or whose right was given up, end the
/// process.
#[derive(Debug)]
pub struct Pages {
    memory: SharedMemory<'static>,
}

impl Pages {
    /// Zeroed pages for so many bytes.
    pub fn new(bytes: usize) -> Result<Self> {
        let bytes = bytes.max(1).next_multiple_of(abi::limits::PAGE_SIZE);
        let rights = Protection::READ | Protection::WRITE;
        let address = memory::map_anonymous(bytes, rights).context("pages for a message")?;
        Ok(Self::at(address, bytes))
    }

    /// As [`Self::new`], for who writes to all of them at once: making them together is cheaper
    /// than one by one at their first touch.
    pub fn to_fill(bytes: usize) -> Result<Self> {
        let bytes = bytes.max(1).next_multiple_of(abi::limits::PAGE_SIZE);
        let rights = Protection::READ | Protection::WRITE;
        let address = memory::map_present(bytes, rights).context("pages for a message")?;
        Ok(Self::at(address, bytes))
    }

    /// What the kernel has just mapped.
    pub(super) fn at(address: usize, bytes: usize) -> Self {
        let base = NonNull::new(address as *mut u8).unwrap_or(NonNull::dangling());
        // SAFETY: the kernel has mapped it for this alone, and it lives until this is dropped; what
        // its rights do not allow ends the process.
        Self { memory: unsafe { SharedMemory::new(base, bytes) } }
    }

    /// Where they are.
    pub fn address(&self) -> usize {
        self.memory.base().as_ptr() as usize
    }

    /// How many bytes there are; never none.
    #[allow(clippy::len_without_is_empty, reason = "there is always a page")]
    pub fn len(&self) -> usize {
        self.memory.len()
    }

    /// The bytes.
    pub fn memory(&self) -> SharedMemory<'_> {
        self.memory
    }

    /// Offers them to a process that shares them from its claim on, with the rights in `grants`;
    /// of the drops only those of W and X are heeded.
    pub fn share(&self, to: Pid, grants: OfferFlags) -> Result<()> {
        let flags = grants - OfferFlags::DROP_R;
        // SAFETY: they stay mapped, and are reached as shared memory only.
        let outcome = unsafe { call::vm_offer(to.0, self.address(), self.len(), flags) };
        outcome.map_err(|errno| error(errno, to, self.address()))
    }

    /// Gives them to a process: they leave this one when it claims them.
    pub fn give(self, to: Pid, grants: OfferFlags) -> core::result::Result<Given, Refused> {
        let flags = grants | OfferFlags::DISOWN;
        // SAFETY: from here on nobody reaches them.
        match unsafe { call::vm_offer(to.0, self.address(), self.len(), flags) } {
            Ok(()) => Ok(Given { pages: core::mem::ManuallyDrop::new(self), to }),
            Err(errno) => Err(Refused { error: error(errno, to, self.address()), pages: self }),
        }
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        // SAFETY: nobody can reach them any more. It fails only without memory for a cut, and then
        // they stay.
        let _ = unsafe { memory::munmap(self.address(), self.len()) };
    }
}

/// Pages that could not be given away.
#[derive(Debug)]
pub struct Refused {
    /// Why.
    pub error: crate::Error,
    /// They are still this process's.
    pub pages: Pages,
}

impl From<Refused> for crate::Error {
    fn from(refused: Refused) -> Self {
        refused.error
    }
}

/// Pages that were given away and may be waiting for their claim; if this is dropped, they do so
/// until this process ends.
#[derive(Debug)]
pub struct Given {
    /// Not to be dropped: after the claim something else may be at their addresses.
    pages: core::mem::ManuallyDrop<Pages>,
    to: Pid,
}

impl Given {
    /// The address by which they are claimed.
    pub fn address(&self) -> usize {
        self.pages.address()
    }

    /// Takes them back, unless they were claimed.
    pub fn cancel(self) -> Result<Pages> {
        cancel(self.to, self.address())?;
        Ok(core::mem::ManuallyDrop::into_inner(self.pages))
    }

    /// Waits until they were claimed, or the receiver has ended; `false` if the time is over first.
    pub fn wait(&self, timeout: Option<Duration>) -> Result<bool> {
        wait_claim(self.to, self.address(), timeout)
    }
}

/// Waits until an offer of this process has ended; `false` if the time is over first.
pub(super) fn wait_claim(to: Pid, address: usize, timeout: Option<Duration>) -> Result<bool> {
    let outcome = time::within(timeout, |left| call::vm_wait_claim(to.0, address, left));
    outcome.map(|ended| ended.is_some()).map_err(|errno| error(errno, to, address))
}
