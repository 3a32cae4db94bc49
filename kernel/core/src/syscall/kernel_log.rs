//! The call `syslog`, by which programs of other systems read the kernel's log.

use crate::kernel_log;
use crate::sched;
use crate::user_memory::UserBuffer;
use abi::Errno;
use abi::log::LOG_RING_BYTES;
use arch::addr::VirtAddr;
use core::sync::atomic::{AtomicU64, Ordering};

const CLOSE: u32 = 0;
const OPEN: u32 = 1;
const READ_ALL: u32 = 3;
const READ_CLEAR: u32 = 4;
const CLEAR: u32 = 5;
const CONSOLE_OFF: u32 = 6;
const CONSOLE_ON: u32 = 7;
const SIZE_UNREAD: u32 = 9;
const SIZE_BUFFER: u32 = 10;

/// What lies before this position is told no more.
static CLEARED: AtomicU64 = AtomicU64::new(0);

/// For root, as it tells of all users' processes. What the console shows cannot be changed.
pub fn syslog(action: u32, to: VirtAddr, bytes: u32) -> Result<u64, Errno> {
    let is_root = sched::current_process().credentials().is_root();
    if action != SIZE_BUFFER && !is_root {
        return Err(Errno::EPERM);
    }
    let end = kernel_log::end();
    match action {
        CLOSE | OPEN | CONSOLE_OFF | CONSOLE_ON => Ok(0),
        READ_ALL | READ_CLEAR => {
            if to.value() == 0 || (bytes as i32) < 0 {
                return Err(Errno::EINVAL);
            }
            let count = read_last(to, bytes as usize, end)?;
            if action == READ_CLEAR {
                CLEARED.fetch_max(end, Ordering::Relaxed);
            }
            Ok(count as u64)
        }
        CLEAR => {
            CLEARED.fetch_max(end, Ordering::Relaxed);
            Ok(0)
        }
        SIZE_UNREAD => Ok(end - first_before(end)),
        SIZE_BUFFER => Ok(LOG_RING_BYTES as u64),
        _ => Err(Errno::EINVAL),
    }
}

/// Where what is told begins.
fn first_before(end: u64) -> u64 {
    end.saturating_sub(LOG_RING_BYTES as u64).max(CLEARED.load(Ordering::Relaxed)).min(end)
}

/// Copies the last messages before a position, as many bytes as fit.
fn read_last(to: VirtAddr, bytes: usize, end: u64) -> Result<usize, Errno> {
    let mut from = first_before(end).max(end.saturating_sub(bytes as u64));
    let mut buffer = UserBuffer::user(to, bytes);
    let mut done = 0;
    while from < end {
        let mut part = [0; 256];
        let room = part.len().min((end - from) as usize);
        // What has been overwritten meanwhile is left out.
        if let Some(count) = kernel_log::read(from, &mut part[..room]) {
            done += buffer.put(&part[..count])?;
        }
        from += room as u64;
    }
    Ok(done)
}
