//! Calls about what is used and what may be.

use super::arguments::{load, store, store_if_asked};
use super::process::find_or_caller;
use super::thread::check_same_user;
use crate::mm::frames;
use crate::{process, sched};
use abi::Errno;
use abi::limits::PAGE_SIZE;
use abi::resource::{
    Limit, ProcessTimes, RUSAGE_CHILDREN, RUSAGE_SELF, RUSAGE_THREAD, SystemUsage,
    TICKS_PER_SECOND, Usage,
};
use arch::addr::VirtAddr;
use arch::clock;
use core::sync::atomic::Ordering;

const NANOSECONDS_PER_TICK: u64 = 1_000_000_000 / TICKS_PER_SECOND;

pub fn times(to: VirtAddr) -> Result<u64, Errno> {
    let process = sched::current_process();
    let times = ProcessTimes {
        user: process.cpu_time() / NANOSECONDS_PER_TICK,
        children_user: process.children_time() / NANOSECONDS_PER_TICK,
        ..ProcessTimes::default()
    };
    store_if_asked(to, &times)?;
    Ok(clock::now() / NANOSECONDS_PER_TICK)
}

pub fn getrusage(who: i32, to: VirtAddr) -> Result<u64, Errno> {
    let process = sched::current_process();
    let usage = match who {
        RUSAGE_SELF => process.usage(),
        RUSAGE_CHILDREN => process.children_usage(),
        RUSAGE_THREAD => {
            let thread = sched::current();
            Usage::new(thread.cpu_time(), thread.faults.load(Ordering::Relaxed))
        }
        _ => return Err(Errno::EINVAL),
    };
    store(to, &usage)?;
    Ok(0)
}

pub fn sysinfo(to: VirtAddr) -> Result<u64, Errno> {
    let memory = frames::statistics();
    let page = PAGE_SIZE as u64;
    let usage = SystemUsage {
        uptime: (clock::now() / 1_000_000_000) as i64,
        total_memory: memory.total * page,
        free_memory: memory.free * page,
        processes: process::count() as u16,
        unit: 1,
        ..SystemUsage::default()
    };
    store(to, &usage)?;
    Ok(0)
}

pub fn prlimit64(pid: u32, resource: u32, new: VirtAddr, old: VirtAddr) -> Result<u64, Errno> {
    let target = find_or_caller(pid)?;
    let new = if new.value() == 0 { None } else { Some(load::<Limit>(new)?) };
    let caller = sched::current_process();
    if target.pid != caller.pid {
        check_same_user(&target)?;
    }
    let before = target.change_limit(&caller, resource, new)?;
    store_if_asked(old, &before)?;
    Ok(0)
}

pub fn getrlimit(resource: u32, to: VirtAddr) -> Result<u64, Errno> {
    let caller = sched::current_process();
    store(to, &caller.change_limit(&caller, resource, None)?)?;
    Ok(0)
}

pub fn setrlimit(resource: u32, from: VirtAddr) -> Result<u64, Errno> {
    let caller = sched::current_process();
    caller.change_limit(&caller, resource, Some(load(from)?))?;
    Ok(0)
}
