//! Calls about processes.

use super::arguments::{load, path, store, store_if_asked, string};
use crate::process::{self, Credentials, Process};
use crate::program::stack::Strings;
use crate::sched;
use abi::Errno;
use abi::limits::{ARG_STRING_MAX, OPEN_MAX, PROCESS_MAX, SIGNAL_QUEUE_MAX, STACK_BYTES_MAX};
use abi::process::CloneFlags;
use abi::signal::Signal;
use alloc::sync::Arc;
use arch::addr::VirtAddr;
use arch::trap::TrapFrame;
use core::sync::atomic::Ordering;

/// Linux's `RLIM_INFINITY`.
const UNLIMITED: u64 = u64::MAX;
/// The size of the head of a robust list.
const ROBUST_LIST_BYTES: u64 = 24;

fn caller() -> Arc<Process> {
    sched::current_process()
}

/// The forms of `clone` that make a process; threads are not offered yet.
pub fn clone(frame: &TrapFrame) -> Result<u64, Errno> {
    let flags = CloneFlags::from_bits(frame.x[0]).ok_or(Errno::EINVAL)?;
    let allowed = CloneFlags::SIGNAL
        | CloneFlags::CHILD_SETTID
        | CloneFlags::CHILD_CLEARTID
        | CloneFlags::PARENT_SETTID;
    let signal = (flags & CloneFlags::SIGNAL).bits() as u32;
    if !allowed.contains(flags) || (signal != 0 && signal != Signal::CHLD as u32) {
        return Err(Errno::EINVAL);
    }
    let child_tid = VirtAddr::new(frame.x[4] as usize);
    let child_tid = flags.contains(CloneFlags::CHILD_SETTID).then_some(child_tid);
    let pid = process::fork(frame, frame.x[1], child_tid)?;
    if flags.contains(CloneFlags::PARENT_SETTID) {
        // As on Linux, a bad pointer does not undo the child.
        let _ = store(VirtAddr::new(frame.x[2] as usize), &pid);
    }
    Ok(pid.into())
}

pub fn execve(frame: &TrapFrame) -> Result<TrapFrame, Errno> {
    let path = path(VirtAddr::new(frame.x[0] as usize))?;
    let mut arguments = strings(VirtAddr::new(frame.x[1] as usize))?;
    if arguments.is_empty() {
        arguments.push(b"")?;
    }
    let environment = strings(VirtAddr::new(frame.x[2] as usize))?;
    process::exec(&path, &arguments, &environment)
}

/// Copies an array of pointers to strings that ends with a null pointer.
fn strings(array: VirtAddr) -> Result<Strings, Errno> {
    let mut strings = Strings::new();
    if array.value() == 0 {
        return Ok(strings);
    }
    let mut at = array;
    loop {
        let pointer = load::<u64>(at)?;
        if pointer == 0 {
            return Ok(strings);
        }
        let bytes = string(VirtAddr::new(pointer as usize), ARG_STRING_MAX, Errno::E2BIG)?;
        strings.push(&bytes)?;
        at = at.add(size_of::<u64>());
    }
}

pub fn set_tid_address(address: u64) -> Result<u64, Errno> {
    let thread = sched::current();
    thread.clear_on_exit.store(address, Ordering::Relaxed);
    Ok(thread.tid.into())
}

/// A process has one thread yet, and its end is told by departure words: nothing is kept.
pub fn set_robust_list(bytes: u64) -> Result<u64, Errno> {
    if bytes == ROBUST_LIST_BYTES { Err(Errno::ENOSYS) } else { Err(Errno::EINVAL) }
}

pub fn sched_yield() -> Result<u64, Errno> {
    sched::yield_now();
    Ok(0)
}

pub fn getpid() -> Result<u64, Errno> {
    Ok(caller().pid.into())
}

pub fn getppid() -> Result<u64, Errno> {
    Ok(caller().parent().into())
}

pub fn gettid() -> Result<u64, Errno> {
    Ok(sched::current().tid.into())
}

pub fn getuid() -> Result<u64, Errno> {
    Ok(caller().credentials().uid.into())
}

pub fn getgid() -> Result<u64, Errno> {
    Ok(caller().credentials().gid.into())
}

pub fn setuid(uid: u32) -> Result<u64, Errno> {
    change_credentials(|old| (old.uid == uid).then_some(old), |old| Credentials { uid, ..old })
}

pub fn setgid(gid: u32) -> Result<u64, Errno> {
    change_credentials(|old| (old.gid == gid).then_some(old), |old| Credentials { gid, ..old })
}

/// Root may become anybody, others only what they are.
fn change_credentials(
    unchanged: impl Fn(Credentials) -> Option<Credentials>,
    changed: impl Fn(Credentials) -> Credentials,
) -> Result<u64, Errno> {
    let caller = caller();
    let old = caller.credentials();
    if old.is_root() {
        caller.set_credentials(changed(old));
    } else if unchanged(old).is_none() {
        return Err(Errno::EPERM);
    }
    Ok(0)
}

pub fn setpgid(pid: u32, group: u32) -> Result<u64, Errno> {
    if (group as i32) < 0 {
        return Err(Errno::EINVAL);
    }
    process::set_group(&caller(), pid, group)?;
    Ok(0)
}

pub fn getpgid(pid: u32) -> Result<u64, Errno> {
    Ok(find_or_caller(pid)?.group().into())
}

pub fn getsid(pid: u32) -> Result<u64, Errno> {
    Ok(find_or_caller(pid)?.session().into())
}

fn find_or_caller(pid: u32) -> Result<Arc<Process>, Errno> {
    if pid == 0 { Ok(caller()) } else { process::find(pid).ok_or(Errno::ESRCH) }
}

pub fn setsid() -> Result<u64, Errno> {
    Ok(process::set_session(&caller())?.into())
}

pub fn umask(mask: u32) -> Result<u64, Errno> {
    let caller = caller();
    let mut files = caller.files.lock();
    let old = core::mem::replace(&mut files.umask, mask & 0o777);
    Ok(old.into())
}

/// Limits are fixed; they can be read.
pub fn prlimit64(pid: u32, resource: u32, new: VirtAddr, old: VirtAddr) -> Result<u64, Errno> {
    find_or_caller(pid)?;
    let limit = match resource {
        0..=2 | 4 | 5 | 8..=10 | 12..=15 => UNLIMITED,
        3 => STACK_BYTES_MAX as u64,
        6 => PROCESS_MAX as u64,
        7 => OPEN_MAX as u64,
        11 => SIGNAL_QUEUE_MAX as u64,
        _ => return Err(Errno::EINVAL),
    };
    if new.value() != 0 {
        let [soft, hard] = load::<[u64; 2]>(new)?;
        if soft > hard {
            return Err(Errno::EINVAL);
        }
        if [soft, hard] != [limit, limit] {
            return Err(Errno::EPERM);
        }
    }
    store_if_asked(old, &[limit, limit])?;
    Ok(0)
}
