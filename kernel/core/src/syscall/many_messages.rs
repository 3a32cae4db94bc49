//! Calls that send or receive several messages.

use super::arguments::{load, store};
use super::message::{recvmsg, sendmsg};
use crate::fs::Fd;
use abi::Errno;
use abi::socket::{MSG_DONTWAIT, MSG_WAITFORONE, ManyHeader};
use abi::time::TimeSpec;
use arch::addr::VirtAddr;
use arch::clock;
use core::mem::offset_of;

/// Messages of one call.
const MESSAGES_MAX: u32 = 1024;

fn place(at: VirtAddr, index: u32) -> VirtAddr {
    at.add(index as usize * size_of::<ManyHeader>())
}

/// Notes how long a message was.
fn tell_length(at: VirtAddr, index: u32, length: u64) -> Result<(), Errno> {
    store(place(at, index).add(offset_of!(ManyHeader, length)), &(length as u32))
}

/// What was done before an error counts.
const fn outcome(done: u32, error: Errno) -> Result<u64, Errno> {
    if done == 0 { Err(error) } else { Ok(done as u64) }
}

pub fn sendmmsg(fd: Fd, at: VirtAddr, count: u32, flags: u32) -> Result<u64, Errno> {
    for index in 0..count.min(MESSAGES_MAX) {
        let sent = sendmsg(fd, place(at, index), flags);
        if let Err(error) = sent.and_then(|length| tell_length(at, index, length)) {
            return outcome(index, error);
        }
    }
    Ok(count.min(MESSAGES_MAX).into())
}

pub fn recvmmsg(
    fd: Fd,
    at: VirtAddr,
    count: u32,
    flags: u32,
    timeout: VirtAddr,
) -> Result<u64, Errno> {
    let asked = timeout.value() != 0;
    let time = asked.then(|| load::<TimeSpec>(timeout)).transpose()?;
    let time = time.map(|time| time.to_duration().ok_or(Errno::EINVAL)).transpose()?;
    let nanoseconds = time.map(|time| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX));
    let deadline = nanoseconds.map(|time| clock::now().saturating_add(time));
    let mut flags = flags;
    for index in 0..count.min(MESSAGES_MAX) {
        let received = recvmsg(fd, place(at, index), flags & !MSG_WAITFORONE);
        if let Err(error) = received.and_then(|length| tell_length(at, index, length)) {
            return outcome(index, error);
        }
        if flags & MSG_WAITFORONE != 0 {
            flags |= MSG_DONTWAIT;
        }
        // As on Linux, the time is looked at between messages.
        if deadline.is_some_and(|deadline| clock::now() >= deadline) {
            return Ok(u64::from(index) + 1);
        }
    }
    Ok(count.min(MESSAGES_MAX).into())
}
