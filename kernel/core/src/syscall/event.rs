//! Calls about event counters, timers as files, and epoll sets.

use super::arguments::{load, store, store_if_asked};
use super::file::{get, insert};
use super::time::deadline_after;
use crate::day::Epoch;
use crate::fs::epoll::{self, Epoll};
use crate::fs::event::{self, Reading, Timer};
use crate::fs::{Fd, NodeRef};
use crate::process::signal;
use abi::Errno;
use abi::epoll::{
    EFD_SEMAPHORE, EPOLL_CTL_ADD, EPOLL_CTL_DEL, EPOLL_CTL_MOD, EpollEvent, TFD_TIMER_ABSTIME,
    TFD_TIMER_CANCEL_ON_SET, TimerSetting,
};
use abi::file::OpenFlags;
use abi::signal::SIGNAL_SET_SIZE;
use abi::time::{CLOCK_BOOTTIME, CLOCK_MONOTONIC, CLOCK_REALTIME, TimeSpec};
use arch::addr::VirtAddr;
use arch::clock;
use core::any::Any;
use core::time::Duration;

/// Events that one call can tell, as on Linux.
const EVENTS_MAX: i32 = i32::MAX / size_of::<EpollEvent>() as i32;

/// The flags that all files without names take.
fn file_flags(flags: u32) -> Result<OpenFlags, Errno> {
    let flags = OpenFlags::from_bits(flags).ok_or(Errno::EINVAL)?;
    let known = OpenFlags::CLOSE_ON_EXEC | OpenFlags::NON_BLOCKING;
    if known.contains(flags) { Ok(flags) } else { Err(Errno::EINVAL) }
}

pub fn eventfd2(value: u32, flags: u32) -> Result<u64, Errno> {
    let reading = if flags & EFD_SEMAPHORE == 0 { Reading::All } else { Reading::One };
    let flags = file_flags(flags & !EFD_SEMAPHORE)?;
    insert(event::create_counter(value.into(), reading, flags)?, flags)
}

pub fn timerfd_create(clock: u32, flags: u32) -> Result<u64, Errno> {
    if !matches!(clock, CLOCK_REALTIME | CLOCK_MONOTONIC | CLOCK_BOOTTIME) {
        return Err(Errno::EINVAL);
    }
    let flags = file_flags(flags)?;
    insert(event::create_timer(Epoch::of_clock(clock), flags)?, flags)
}

fn timer(node: &NodeRef) -> Result<&Timer, Errno> {
    (&**node as &dyn Any).downcast_ref().ok_or(Errno::EINVAL)
}

fn nanoseconds(time: TimeSpec) -> Result<u64, Errno> {
    let duration = time.to_duration().ok_or(Errno::EINVAL)?;
    Ok(u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX))
}

fn setting((left, interval): (u64, u64)) -> TimerSetting {
    let time = |nanoseconds| TimeSpec::from_duration(Duration::from_nanos(nanoseconds));
    TimerSetting { interval: time(interval), value: time(left) }
}

pub fn timerfd_settime(fd: Fd, flags: u32, new: VirtAddr, old: VirtAddr) -> Result<u64, Errno> {
    if flags & !(TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET) != 0 {
        return Err(Errno::EINVAL);
    }
    let new: TimerSetting = load(new)?;
    let file = get(fd)?;
    let timer = timer(file.node())?;
    let (value, interval) = (nanoseconds(new.value)?, nanoseconds(new.interval)?);
    let next = match value {
        0 => None,
        _ if flags & TFD_TIMER_ABSTIME != 0 => Some(timer.epoch().since_boot(value)),
        _ => Some(clock::now().saturating_add(value)),
    };
    store_if_asked(old, &setting(timer.set(next, interval)))?;
    Ok(0)
}

pub fn timerfd_gettime(fd: Fd, current: VirtAddr) -> Result<u64, Errno> {
    let file = get(fd)?;
    store(current, &setting(timer(file.node())?.left()))?;
    Ok(0)
}

pub fn epoll_create1(flags: u32) -> Result<u64, Errno> {
    let flags = OpenFlags::from_bits(flags).ok_or(Errno::EINVAL)?;
    if !OpenFlags::CLOSE_ON_EXEC.contains(flags) {
        return Err(Errno::EINVAL);
    }
    insert(epoll::create()?, flags)
}

pub fn epoll_ctl(epoll: Fd, operation: u32, fd: Fd, event: VirtAddr) -> Result<u64, Errno> {
    let wish = match operation {
        EPOLL_CTL_DEL => EpollEvent::default(),
        _ => load(event)?,
    };
    let (set, file) = (get(epoll)?, get(fd)?);
    if !epoll::can_watch(&**file.node()) {
        return Err(Errno::EPERM);
    }
    let set = set_of(set.node())?;
    if epoll::of_node(file.node()).is_some_and(|inner| core::ptr::eq(inner, set)) {
        return Err(Errno::EINVAL);
    }
    match operation {
        EPOLL_CTL_ADD => set.add(fd, &file, wish)?,
        EPOLL_CTL_DEL => set.remove(fd, &file)?,
        EPOLL_CTL_MOD => set.change(fd, &file, wish)?,
        _ => return Err(Errno::EINVAL),
    }
    Ok(0)
}

fn set_of(node: &NodeRef) -> Result<&Epoll, Errno> {
    epoll::of_node(node).ok_or(Errno::EINVAL)
}

/// Where the events go, and how many there is room for.
#[derive(Clone, Copy)]
pub struct Room {
    /// The program's array.
    pub events: VirtAddr,
    /// Its length.
    pub capacity: i32,
}

pub fn epoll_pwait(
    epoll: Fd,
    room: Room,
    milliseconds: i32,
    mask: VirtAddr,
    mask_size: u64,
) -> Result<u64, Errno> {
    let patience = u64::try_from(milliseconds).ok();
    let deadline = patience.map(|time| clock::now().saturating_add(time * 1_000_000));
    wait_with_mask(epoll, room, deadline, mask, mask_size)
}

pub fn epoll_pwait2(
    epoll: Fd,
    room: Room,
    timeout: VirtAddr,
    mask: VirtAddr,
    mask_size: u64,
) -> Result<u64, Errno> {
    wait_with_mask(epoll, room, deadline_after(timeout)?, mask, mask_size)
}

fn wait_with_mask(
    epoll: Fd,
    room: Room,
    deadline: Option<u64>,
    mask: VirtAddr,
    mask_size: u64,
) -> Result<u64, Errno> {
    if mask.value() == 0 {
        return wait(epoll, room, deadline);
    }
    if mask_size != SIGNAL_SET_SIZE {
        return Err(Errno::EINVAL);
    }
    let mask = load::<u64>(mask)?;
    signal::with_blocked(mask, || wait(epoll, room, deadline))
}

fn wait(epoll: Fd, room: Room, deadline: Option<u64>) -> Result<u64, Errno> {
    if room.capacity <= 0 || room.capacity > EVENTS_MAX {
        return Err(Errno::EINVAL);
    }
    let set = get(epoll)?;
    let set = set_of(set.node())?;
    let reports = set.wait(room.capacity as usize, deadline)?;
    for (index, report) in reports.iter().enumerate() {
        let at = room.events.add(index * size_of::<EpollEvent>());
        if let Err(error) = store(at, &report.event) {
            set.put_back(&reports[index..]);
            return if index == 0 { Err(error) } else { Ok(index as u64) };
        }
    }
    Ok(reports.len() as u64)
}
