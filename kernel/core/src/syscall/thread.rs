//! Calls about threads.

use super::arguments::{store, store_if_asked};
use crate::process::{self, Process};
use crate::sched::{self, Thread};
use abi::Errno;
use abi::futex::RobustListHead;
use abi::limits::THREAD_NAME_MAX;
use abi::scheduling::{PR_GET_NAME, PR_SET_NAME};
use alloc::sync::Arc;
use arch::addr::VirtAddr;
use arch::user_memory::{self, StringError};
use core::sync::atomic::Ordering;

/// The size of the head of a robust list.
const ROBUST_LIST_BYTES: u64 = size_of::<RobustListHead>() as u64;

/// The thread with this number; 0 means the calling one.
pub fn find_or_current(tid: u32) -> Result<Arc<Thread>, Errno> {
    if tid == 0 {
        Ok(sched::current().to_arc())
    } else {
        process::find_thread(tid).ok_or(Errno::ESRCH)
    }
}

/// The process of a thread that was found; idle threads have no numbers.
pub fn process_of(thread: &Thread) -> Result<Arc<Process>, Errno> {
    thread.process.clone().ok_or(Errno::ESRCH)
}

/// Whether the caller may look into or change what belongs to a process: its own user's, or root.
pub fn check_same_user(target: &Process) -> Result<(), Errno> {
    let caller = sched::current_process().credentials();
    let users = target.identity().users;
    let is_own = [users.real, users.effective].contains(&caller.uid);
    if caller.is_root() || is_own { Ok(()) } else { Err(Errno::EPERM) }
}

pub fn gettid() -> Result<u64, Errno> {
    Ok(sched::current().tid().into())
}

pub fn set_tid_address(address: u64) -> Result<u64, Errno> {
    let thread = sched::current();
    thread.clear_on_exit.store(address, Ordering::Relaxed);
    Ok(thread.tid().into())
}

pub fn set_robust_list(head: u64, bytes: u64) -> Result<u64, Errno> {
    if bytes != ROBUST_LIST_BYTES {
        return Err(Errno::EINVAL);
    }
    sched::current().robust_list.store(head, Ordering::Relaxed);
    Ok(0)
}

pub fn get_robust_list(tid: u32, head: VirtAddr, bytes: VirtAddr) -> Result<u64, Errno> {
    let thread = find_or_current(tid)?;
    check_same_user(&*process_of(&thread)?)?;
    store(bytes, &ROBUST_LIST_BYTES)?;
    store(head, &thread.robust_list.load(Ordering::Relaxed))?;
    Ok(0)
}

pub fn sched_yield() -> Result<u64, Errno> {
    sched::yield_now();
    Ok(0)
}

pub fn getcpu(core: VirtAddr, node: VirtAddr) -> Result<u64, Errno> {
    store_if_asked(core, &(arch::cpu::core_id() as u32))?;
    store_if_asked(node, &0_u32)?;
    Ok(0)
}

pub fn prctl(option: u32, argument: VirtAddr) -> Result<u64, Errno> {
    let thread = sched::current();
    let process = process_of(&thread)?;
    match option {
        PR_SET_NAME => {
            let mut name = [0; THREAD_NAME_MAX];
            match user_memory::read_string(argument, &mut name[..THREAD_NAME_MAX - 1]) {
                Ok(length) => name[length..].fill(0),
                Err(StringError::TooLong) => {}
                Err(StringError::BadAddress) => return Err(Errno::EFAULT),
            }
            process.rename_thread(&thread, name);
        }
        PR_GET_NAME => store(argument, &process.thread_name(&thread))?,
        _ => return Err(Errno::EINVAL),
    }
    Ok(0)
}
