//! The call `membarrier`: every thread of the process passes a barrier before it returns.
//!
//! The caller runs on each core in turn. A thread that was running there has been interrupted, and
//! the barrier that is executed in its place stands between what it did before and does after.

use crate::sched;
use abi::Errno;
use arch::cpu;
use core::sync::atomic::{Ordering, fence};

/// What can be asked for: everywhere; for processes that asked to be told; for one's own.
const QUERY: u32 = 0;
const GLOBAL: u32 = 1;
const GLOBAL_EXPEDITED: u32 = 1 << 1;
const REGISTER_GLOBAL_EXPEDITED: u32 = 1 << 2;
const PRIVATE_EXPEDITED: u32 = 1 << 3;
const REGISTER_PRIVATE_EXPEDITED: u32 = 1 << 4;
const PRIVATE_EXPEDITED_SYNC_CORE: u32 = 1 << 5;
const REGISTER_PRIVATE_EXPEDITED_SYNC_CORE: u32 = 1 << 6;
const GET_REGISTRATIONS: u32 = 1 << 9;
const ALL: u32 = GLOBAL
    | GLOBAL_EXPEDITED
    | REGISTER_GLOBAL_EXPEDITED
    | PRIVATE_EXPEDITED
    | REGISTER_PRIVATE_EXPEDITED
    | PRIVATE_EXPEDITED_SYNC_CORE
    | REGISTER_PRIVATE_EXPEDITED_SYNC_CORE
    | GET_REGISTRATIONS;

pub fn membarrier(command: u32, flags: u32) -> Result<u64, Errno> {
    if flags != 0 {
        return Err(Errno::EINVAL);
    }
    let process = sched::current_process();
    match command {
        QUERY => return Ok(ALL.into()),
        GLOBAL | GLOBAL_EXPEDITED => pass_everywhere(),
        REGISTER_GLOBAL_EXPEDITED
        | REGISTER_PRIVATE_EXPEDITED
        | REGISTER_PRIVATE_EXPEDITED_SYNC_CORE => process.register_barrier(command),
        PRIVATE_EXPEDITED | PRIVATE_EXPEDITED_SYNC_CORE => {
            // Whoever wants this has to say so before.
            if process.barriers() & command << 1 == 0 {
                return Err(Errno::EPERM);
            }
            if process.threads().len() > 1 {
                pass_everywhere();
            }
        }
        GET_REGISTRATIONS => return Ok(process.barriers().into()),
        _ => return Err(Errno::EINVAL),
    }
    Ok(0)
}

fn pass_everywhere() {
    let thread = sched::current();
    let before = thread.attributes.cores();
    let cores = sched::online_cores();
    for core in (0..u32::BITS).filter(|core| cores & 1 << core != 0) {
        thread.set_cores(1 << core);
        while cpu::core_id() as u32 != core && !thread.is_ending() {
            sched::yield_now();
        }
        fence(Ordering::SeqCst);
    }
    thread.set_cores(before);
}
