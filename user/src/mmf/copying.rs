//! Copies through the kernel, and telling others of them.

use super::{Change, Handle};
use crate::error::Result;
use core::time::Duration;

/// `MMF_Read`: copies bytes out from an offset, in one piece with respect to every [`mmf_write`]:
/// fewer than asked for at the object's end, none at or behind it.
pub fn mmf_read(handle: &Handle, offset: u64, bytes: &mut [u8]) -> Result<usize> {
    handle.region.read(offset, bytes)
}

/// `MMF_Write`: copies all of the bytes in at an offset, in one piece, and tells those who wait.
/// Across the object's end it fails with `ERANGE`, and with a handle that may not write with
/// `EACCES`; nothing is written then.
pub fn mmf_write(handle: &Handle, offset: u64, bytes: &[u8]) -> Result<()> {
    handle.region.write(offset, bytes)
}

/// `Notify`: tells those who wait that bytes have changed, by stores to a view, and returns the
/// change's number.
pub fn notify(handle: &Handle, offset: u64, length: u64) -> Result<u64> {
    handle.region.notify(offset, length)
}

/// `WaitChange`: waits for a change later than number `seen`, at most for the time; `None` if there
/// was none.
pub fn wait_change(
    handle: &Handle,
    seen: u64,
    timeout: Option<Duration>,
) -> Result<Option<Change>> {
    handle.region.wait_change(seen, timeout)
}
