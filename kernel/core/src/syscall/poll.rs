//! The call `ppoll`.

use super::arguments::{load, store};
use super::file::get;
use super::time::deadline_after;
use crate::fs::Fd;
use crate::poll::{self, Target};
use crate::process::signal;
use crate::sched;
use abi::Errno;
use abi::limits::OPEN_MAX;
use abi::poll::{PollEvents, PollFd};
use abi::signal::SIGNAL_SET_SIZE;
use abi::time::TimeSpec;
use alloc::vec::Vec;
use arch::addr::VirtAddr;
use arch::clock;
use core::time::Duration;

pub fn ppoll(
    files: VirtAddr,
    count: u32,
    timeout: VirtAddr,
    mask: VirtAddr,
    mask_size: u64,
) -> Result<u64, Errno> {
    let deadline = deadline_after(timeout)?;
    let outcome = if mask.value() == 0 {
        poll(files, count as usize, deadline)
    } else if mask_size == SIGNAL_SET_SIZE {
        let mask = load::<u64>(mask)?;
        with_signals(mask, || poll(files, count as usize, deadline))
    } else {
        Err(Errno::EINVAL)
    };
    if let Some(deadline) = deadline {
        let left = Duration::from_nanos(deadline.saturating_sub(clock::now()));
        // As on Linux, a timeout in memory that only reads is no error: it just is not told.
        let _ = store(timeout, &TimeSpec::from_duration(left));
    }
    outcome
}

fn poll(files: VirtAddr, count: usize, deadline: Option<u64>) -> Result<u64, Errno> {
    if count > OPEN_MAX {
        return Err(Errno::EINVAL);
    }
    let mut targets = Vec::new();
    targets.try_reserve_exact(count).map_err(|_| Errno::ENOMEM)?;
    for index in 0..count {
        targets.push(target(load(place(files, index))?));
    }
    let ready = poll::wait(&mut targets, deadline)?;
    for (index, target) in targets.iter().enumerate() {
        let at = place(files, index).add(core::mem::offset_of!(PollFd, revents));
        store(at, &target.found.bits())?;
    }
    Ok(ready as u64)
}

fn place(files: VirtAddr, index: usize) -> VirtAddr {
    files.add(index * size_of::<PollFd>())
}

fn target(asked: PollFd) -> Target {
    let wanted = PollEvents::from_bits_truncate(asked.events);
    let Ok(fd) = u32::try_from(asked.fd) else {
        return Target { file: None, wanted, found: PollEvents::empty() };
    };
    let file = get(Fd(fd)).ok();
    let found = if file.is_none() { PollEvents::NVAL } else { PollEvents::empty() };
    Target { file, wanted, found }
}

/// Does something with other signals blocked; a signal that ends the process then ends it.
pub(super) fn with_signals<T>(blocked: u64, wait: impl FnOnce() -> T) -> T {
    let process = sched::current_process();
    let before = process.signals.blocked();
    process.signals.set_blocked(blocked);
    process.recheck_signals();
    drop(process);
    let outcome = wait();
    signal::act();
    let process = sched::current_process();
    process.signals.set_blocked(before);
    process.recheck_signals();
    outcome
}
