//! The calls `ppoll` and `pselect6`.

use super::arguments::{load, store};
use super::file::get;
use super::time::deadline_after;
use crate::fs::Fd;
use crate::poll::{self, Target};
use crate::process::signal;
use crate::sched;
use crate::user_memory::{UserBuffer, UserData};
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
    let unasked = PollEvents::ALWAYS;
    let Ok(fd) = u32::try_from(asked.fd) else {
        return Target { file: None, wanted, unasked, found: PollEvents::empty() };
    };
    let file = get(Fd(fd)).ok();
    let found = if file.is_none() { PollEvents::NVAL } else { PollEvents::empty() };
    Target { file, wanted, unasked, found }
}

/// What `pselect6` waits for, by the set that a descriptor is in: to read, to write, exceptions.
const SETS: [PollEvents; 3] = [
    PollEvents::READABLE.union(PollEvents::RDBAND).union(PollEvents::HUP).union(PollEvents::ERR),
    PollEvents::WRITABLE.union(PollEvents::WRBAND).union(PollEvents::ERR),
    PollEvents::PRI,
];

/// Bytes of a set that can hold every descriptor.
const SET_BYTES: usize = OPEN_MAX / 8;

pub fn pselect6(
    count: i32,
    sets: [VirtAddr; 3],
    timeout: VirtAddr,
    mask: VirtAddr,
) -> Result<u64, Errno> {
    let count = usize::try_from(count).map_err(|_| Errno::EINVAL)?.min(OPEN_MAX);
    let deadline = deadline_after(timeout)?;
    // The sixth argument is a pointer to the mask's address and size.
    let [mask, size] = match mask.value() {
        0 => [0, 0],
        _ => load::<[u64; 2]>(mask)?,
    };
    let outcome = if mask == 0 {
        select(count, sets, deadline)
    } else if size == SIGNAL_SET_SIZE {
        let mask = load::<u64>(VirtAddr::new(mask as usize))?;
        with_signals(mask, || select(count, sets, deadline))
    } else {
        Err(Errno::EINVAL)
    };
    if let Some(deadline) = deadline {
        let left = Duration::from_nanos(deadline.saturating_sub(clock::now()));
        let _ = store(timeout, &TimeSpec::from_duration(left));
    }
    outcome
}

fn select(count: usize, sets: [VirtAddr; 3], deadline: Option<u64>) -> Result<u64, Errno> {
    // Sets are of whole words, of which only the bits below `count` mean anything.
    let bytes = count.div_ceil(64) * 8;
    let mut asked = [[0_u8; SET_BYTES]; 3];
    for (set, at) in asked.iter_mut().zip(sets).filter(|(_, at)| at.value() != 0) {
        *set = read_set(at, bytes)?;
    }
    let mut targets = Vec::new();
    let mut numbers = Vec::new();
    for fd in 0..count {
        let is_in = |set: &[u8; SET_BYTES]| set[fd / 8] >> (fd % 8) & 1 == 1;
        let asked = SETS.iter().zip(&asked).filter(|(_, set)| is_in(set));
        let wanted = asked.fold(PollEvents::empty(), |wanted, (events, _)| wanted | *events);
        if wanted.is_empty() {
            continue;
        }
        let (unasked, found) = (PollEvents::empty(), PollEvents::empty());
        let file = Some(get(Fd(fd as u32))?);
        targets.try_reserve(1).map_err(|_| Errno::ENOMEM)?;
        targets.push(Target { file, wanted, unasked, found });
        numbers.try_reserve(1).map_err(|_| Errno::ENOMEM)?;
        numbers.push(fd);
    }
    poll::wait(&mut targets, deadline)?;
    tell_sets(&targets, &numbers, &asked, sets, bytes)
}

/// Stores the sets of those descriptors that are ready; returns how many bits that are.
fn tell_sets(
    targets: &[Target],
    numbers: &[usize],
    asked: &[[u8; SET_BYTES]; 3],
    sets: [VirtAddr; 3],
    bytes: usize,
) -> Result<u64, Errno> {
    let mut ready = 0;
    let mut found = [[0_u8; SET_BYTES]; 3];
    for (target, fd) in targets.iter().zip(numbers) {
        for ((set, asked), events) in found.iter_mut().zip(asked).zip(SETS) {
            let bit = 1 << (fd % 8);
            if asked[fd / 8] & bit != 0 && target.found.intersects(events) {
                set[fd / 8] |= bit;
                ready += 1;
            }
        }
    }
    for (set, at) in found.iter().zip(sets).filter(|(_, at)| at.value() != 0) {
        UserBuffer::user(at, bytes).put(&set[..bytes])?;
    }
    Ok(ready)
}

fn read_set(at: VirtAddr, bytes: usize) -> Result<[u8; SET_BYTES], Errno> {
    let mut set = [0; SET_BYTES];
    UserData::user(at, bytes).take(&mut set[..bytes])?;
    Ok(set)
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
