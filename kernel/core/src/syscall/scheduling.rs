//! Calls about policies, priorities and cores.
//!
//! Real-time policies are kept and told; threads of all policies take turns.

use super::arguments::{load, store};
use super::thread::{check_same_user, find_or_current, process_of};
use crate::process::{self, Process};
use crate::sched::{self, Policy, Thread};
use abi::Errno;
use abi::resource::{RLIMIT_NICE, RLIMIT_RTPRIO};
use abi::scheduling::{
    NICE_MAX, NICE_MIN, PRIO_PGRP, PRIO_PROCESS, PRIO_USER, REAL_TIME_PRIORITY_MAX, SCHED_BATCH,
    SCHED_FIFO, SCHED_IDLE, SCHED_OTHER, SCHED_RESET_ON_FORK, SCHED_RR,
};
use abi::time::TimeSpec;
use alloc::sync::Arc;
use alloc::vec::Vec;
use arch::addr::VirtAddr;
use arch::user_memory;
use core::time::Duration;

/// Bytes of a set of cores, as this kernel has it.
const CORE_SET_BYTES: usize = size_of::<u64>();
/// A turn of `SCHED_RR` on Linux.
const ROUND_ROBIN_TURN: Duration = Duration::from_millis(100);

/// The highest and lowest priority of a policy.
const fn priorities(policy: u32) -> Result<(u32, u32), Errno> {
    match policy {
        SCHED_FIFO | SCHED_RR => Ok((REAL_TIME_PRIORITY_MAX, 1)),
        SCHED_OTHER | SCHED_BATCH | SCHED_IDLE => Ok((0, 0)),
        _ => Err(Errno::EINVAL),
    }
}

pub fn priority_max(policy: u32) -> Result<u64, Errno> {
    Ok(priorities(policy)?.0.into())
}

pub fn priority_min(policy: u32) -> Result<u64, Errno> {
    Ok(priorities(policy)?.1.into())
}

/// The thread that a call of this group is about.
fn target(tid: u32) -> Result<Arc<Thread>, Errno> {
    if (tid as i32) < 0 { Err(Errno::EINVAL) } else { find_or_current(tid) }
}

fn priority_at(address: VirtAddr) -> Result<u32, Errno> {
    if address.value() == 0 { Err(Errno::EINVAL) } else { load(address) }
}

pub fn set_scheduler(tid: u32, policy: u32, parameters: VirtAddr) -> Result<u64, Errno> {
    if (policy as i32) < 0 {
        return Err(Errno::EINVAL);
    }
    let priority = priority_at(parameters)?;
    change_policy(&*target(tid)?, Policy { number: policy, priority })
}

pub fn set_parameters(tid: u32, parameters: VirtAddr) -> Result<u64, Errno> {
    let priority = priority_at(parameters)?;
    let thread = target(tid)?;
    let number = thread.attributes.policy().number;
    change_policy(&thread, Policy { number, priority })
}

fn change_policy(thread: &Thread, policy: Policy) -> Result<u64, Errno> {
    let (most, least) = priorities(policy.number & !SCHED_RESET_ON_FORK)?;
    if policy.priority < least || policy.priority > most {
        return Err(Errno::EINVAL);
    }
    let caller = sched::current_process();
    let is_root = caller.credentials().is_root();
    let before = thread.attributes.policy();
    if policy.is_real_time() && !is_root {
        let limit = caller.change_limit(&caller, RLIMIT_RTPRIO as u32, None)?.soft;
        let raises = policy.priority > before.priority;
        if limit == 0 && policy != before || raises && u64::from(policy.priority) > limit {
            return Err(Errno::EPERM);
        }
    }
    check_same_user(&*process_of(thread)?)?;
    thread.attributes.set_policy(policy);
    Ok(0)
}

pub fn scheduler(tid: u32) -> Result<u64, Errno> {
    Ok(target(tid)?.attributes.policy().number.into())
}

pub fn parameters(tid: u32, to: VirtAddr) -> Result<u64, Errno> {
    if to.value() == 0 {
        return Err(Errno::EINVAL);
    }
    let priority = target(tid)?.attributes.policy().priority;
    store(to, &priority)?;
    Ok(0)
}

pub fn interval(tid: u32, to: VirtAddr) -> Result<u64, Errno> {
    let attributes = &target(tid)?.attributes;
    let interval = match attributes.policy().number & !SCHED_RESET_ON_FORK {
        SCHED_FIFO => Duration::ZERO,
        SCHED_RR => ROUND_ROBIN_TURN,
        _ => Duration::from_nanos(attributes.slice_ns()),
    };
    store(to, &TimeSpec::from_duration(interval))?;
    Ok(0)
}

pub fn set_affinity(tid: u32, bytes: usize, from: VirtAddr) -> Result<u64, Errno> {
    let mut set = [0; CORE_SET_BYTES];
    let length = bytes.min(CORE_SET_BYTES);
    user_memory::copy_in(&mut set[..length], from).map_err(|_| Errno::EFAULT)?;
    let thread = find_or_current(tid)?;
    check_same_user(&*process_of(&thread)?)?;
    let cores = u64::from_le_bytes(set) as u32;
    if cores & sched::online_cores() == 0 {
        return Err(Errno::EINVAL);
    }
    thread.set_cores(cores);
    Ok(0)
}

pub fn affinity(tid: u32, bytes: usize, to: VirtAddr) -> Result<u64, Errno> {
    if bytes == 0 || !bytes.is_multiple_of(size_of::<u64>()) {
        return Err(Errno::EINVAL);
    }
    let cores = find_or_current(tid)?.attributes.cores() & sched::online_cores();
    store(to, &u64::from(cores))?;
    Ok(CORE_SET_BYTES as u64)
}

/// The threads that `getpriority` and `setpriority` are about.
fn threads_of(which: u32, who: u32) -> Result<Vec<Arc<Thread>>, Errno> {
    let caller = sched::current_process();
    let of_processes = |is_meant: &dyn Fn(&Process) -> bool| {
        let processes = process::all().into_iter().filter(|process| is_meant(process));
        processes.flat_map(|process| process.threads()).collect()
    };
    let threads: Vec<_> = match which {
        PRIO_PROCESS => Vec::from_iter(find_or_current(who).ok()),
        PRIO_PGRP => {
            let group = if who == 0 { caller.group() } else { who };
            of_processes(&|process| process.group() == group)
        }
        PRIO_USER => {
            let user = if who == 0 { caller.identity().users.real } else { who };
            of_processes(&|process| process.identity().users.real == user)
        }
        _ => return Err(Errno::EINVAL),
    };
    if threads.is_empty() { Err(Errno::ESRCH) } else { Ok(threads) }
}

pub fn set_priority(which: u32, who: u32, nice: u32) -> Result<u64, Errno> {
    let nice = (nice as i32).clamp(NICE_MIN, NICE_MAX);
    let caller = sched::current_process();
    let is_root = caller.credentials().is_root();
    let lowest = 20 - caller.change_limit(&caller, RLIMIT_NICE as u32, None)?.soft.min(40) as i32;
    let mut outcome = Ok(0);
    for thread in threads_of(which, who)? {
        if check_same_user(&*process_of(&thread)?).is_err() {
            outcome = Err(Errno::EPERM);
        } else if nice < thread.attributes.nice() && !is_root && nice < lowest {
            outcome = Err(Errno::EACCES);
        } else {
            thread.attributes.set_nice(nice);
        }
    }
    outcome
}

/// 20 less the nice value, since a result below 0 is an error.
pub fn priority(which: u32, who: u32) -> Result<u64, Errno> {
    let least = threads_of(which, who)?.iter().map(|thread| thread.attributes.nice()).min();
    Ok((20 - least.ok_or(Errno::ESRCH)?) as u64)
}
