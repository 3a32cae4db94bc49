//! The call `syslog`.

use crate::kernel_log::{BYTES, RING};
use crate::sched;
use crate::user_memory::UserBuffer;
use abi::Errno;
use arch::addr::VirtAddr;

const CLOSE: u32 = 0;
const OPEN: u32 = 1;
const READ_ALL: u32 = 3;
const READ_CLEAR: u32 = 4;
const CLEAR: u32 = 5;
const CONSOLE_OFF: u32 = 6;
const CONSOLE_ON: u32 = 7;
const SIZE_UNREAD: u32 = 9;
const SIZE_BUFFER: u32 = 10;

/// All may read; only root changes anything. What the console shows cannot be changed.
pub fn syslog(action: u32, to: VirtAddr, bytes: u32) -> Result<u64, Errno> {
    let is_root = sched::current_process().credentials().is_root();
    if !matches!(action, READ_ALL | SIZE_BUFFER) && !is_root {
        return Err(Errno::EPERM);
    }
    match action {
        CLOSE | OPEN | CONSOLE_OFF | CONSOLE_ON => Ok(0),
        READ_ALL | READ_CLEAR => {
            if to.value() == 0 || (bytes as i32) < 0 {
                return Err(Errno::EINVAL);
            }
            let count = read_last(to, bytes as usize)?;
            if action == READ_CLEAR {
                RING.lock().clear();
            }
            Ok(count as u64)
        }
        CLEAR => {
            RING.lock().clear();
            Ok(0)
        }
        SIZE_UNREAD => Ok(RING.lock().len() as u64),
        SIZE_BUFFER => Ok(BYTES as u64),
        _ => Err(Errno::EINVAL),
    }
}

/// Copies the last messages, as many bytes as fit.
fn read_last(to: VirtAddr, bytes: usize) -> Result<usize, Errno> {
    let mut from = RING.lock().len().saturating_sub(bytes);
    let mut buffer = UserBuffer::user(to, bytes);
    let mut done = 0;
    loop {
        let mut part = [0; 256];
        let room = part.len().min(buffer.remaining());
        // The lock is not held while the program's memory is touched.
        let count = RING.lock().read(from, &mut part[..room]);
        if count == 0 {
            return Ok(done);
        }
        done += buffer.put(&part[..count])?;
        from += count;
    }
}
