//! Calls about signals.

use super::arguments::{load, store_if_asked};
use super::time::deadline_after;
use crate::process::signal;
use crate::sched;
use abi::Errno;
use abi::signal::{
    AlternateStack, SIG_BLOCK, SIG_SETMASK, SIG_UNBLOCK, SIGNAL_MAX, SIGNAL_SET_SIZE, SignalAction,
    SignalInfo,
};
use arch::addr::VirtAddr;
use arch::trap::TrapFrame;

fn check_size(set_size: u64) -> Result<(), Errno> {
    if set_size == SIGNAL_SET_SIZE { Ok(()) } else { Err(Errno::EINVAL) }
}

pub fn kill(target: i32, number: u32) -> Result<u64, Errno> {
    signal::kill(&sched::current_process(), target, number)?;
    Ok(0)
}

pub fn tkill(tid: u32, number: u32) -> Result<u64, Errno> {
    signal::kill_thread(&sched::current_process(), None, tid, number)?;
    Ok(0)
}

pub fn tgkill(pid: u32, tid: u32, number: u32) -> Result<u64, Errno> {
    signal::kill_thread(&sched::current_process(), Some(pid), tid, number)?;
    Ok(0)
}

pub fn rt_sigqueueinfo(pid: u32, number: u32, info: VirtAddr) -> Result<u64, Errno> {
    let info = load::<SignalInfo>(info)?;
    signal::queue(&sched::current_process(), pid, number, info)?;
    Ok(0)
}

pub fn rt_tgsigqueueinfo(pid: u32, tid: u32, number: u32, info: VirtAddr) -> Result<u64, Errno> {
    let info = load::<SignalInfo>(info)?;
    signal::queue_to_thread(&sched::current_process(), pid, tid, number, info)?;
    Ok(0)
}

pub fn rt_sigaction(
    number: u32,
    new: VirtAddr,
    old: VirtAddr,
    set_size: u64,
) -> Result<u64, Errno> {
    check_size(set_size)?;
    let action = match new.value() {
        0 => None,
        _ => Some(load::<SignalAction>(new)?),
    };
    if number == 0 || number > SIGNAL_MAX {
        return Err(Errno::EINVAL);
    }
    let before = signal::set_action(number, action)?;
    store_if_asked(old, &before)?;
    Ok(0)
}

pub fn rt_sigprocmask(how: u32, new: VirtAddr, old: VirtAddr, set_size: u64) -> Result<u64, Errno> {
    check_size(set_size)?;
    let before = if new.value() == 0 {
        sched::current().signals.blocked()
    } else {
        let set = load::<u64>(new)?;
        if !matches!(how, SIG_BLOCK | SIG_UNBLOCK | SIG_SETMASK) {
            return Err(Errno::EINVAL);
        }
        signal::block(|before| match how {
            SIG_BLOCK => before | set,
            SIG_UNBLOCK => before & !set,
            _ => set,
        })
    };
    store_if_asked(old, &before)?;
    Ok(0)
}

pub fn rt_sigpending(set: VirtAddr, set_size: u64) -> Result<u64, Errno> {
    if set_size > SIGNAL_SET_SIZE {
        return Err(Errno::EINVAL);
    }
    let pending = signal::pending().to_le_bytes();
    arch::user_memory::copy_out(set, &pending[..set_size as usize]).map_err(|_| Errno::EFAULT)?;
    Ok(0)
}

pub fn rt_sigsuspend(mask: VirtAddr, set_size: u64) -> Result<u64, Errno> {
    check_size(set_size)?;
    signal::suspend(load::<u64>(mask)?)?;
    Ok(0)
}

pub fn rt_sigtimedwait(
    set: VirtAddr,
    info: VirtAddr,
    timeout: VirtAddr,
    set_size: u64,
) -> Result<u64, Errno> {
    check_size(set_size)?;
    let set = load::<u64>(set)?;
    let taken = signal::wait_for(set, deadline_after(timeout)?)?;
    store_if_asked(info, &taken)?;
    Ok(taken.number as u64)
}

pub fn sigaltstack(new: VirtAddr, old: VirtAddr, sp: u64) -> Result<u64, Errno> {
    let signals = &sched::current().signals;
    let before = signals.stack(sp);
    if new.value() != 0 {
        signals.set_stack(sp, &load::<AlternateStack>(new)?)?;
    }
    store_if_asked(old, &before)?;
    Ok(0)
}

/// The call does not return to its caller: the registers are those that a handler has interrupted.
pub fn rt_sigreturn(frame: &mut TrapFrame) {
    signal::return_from_handler(frame);
}
