//! Calls about signals.

use super::arguments::{load, store, store_if_asked};
use crate::process::{self, signal};
use crate::sched;
use abi::Errno;
use abi::signal::{SIG_DFL, SIG_IGN, SIGNAL_MAX, SIGNAL_SET_SIZE, SignalAction};
use arch::addr::VirtAddr;
use signal::Disposition;

/// `rt_sigprocmask`: add to the blocked signals.
const SIG_BLOCK: u32 = 0;
/// `rt_sigprocmask`: take from the blocked signals.
const SIG_UNBLOCK: u32 = 1;
/// `rt_sigprocmask`: replace the blocked signals.
const SIG_SETMASK: u32 = 2;

pub fn kill(target: i32, number: u32) -> Result<u64, Errno> {
    signal::kill(&sched::current_process(), target, number)?;
    Ok(0)
}

pub fn tgkill(pid: u32, tid: u32, number: u32) -> Result<u64, Errno> {
    if pid as i32 <= 0 || tid as i32 <= 0 {
        return Err(Errno::EINVAL);
    }
    let target = process::find(pid).ok_or(Errno::ESRCH)?;
    if !target.has_thread(tid) {
        return Err(Errno::ESRCH);
    }
    kill(pid as i32, number)
}

pub fn tkill(tid: u32, number: u32) -> Result<u64, Errno> {
    if tid as i32 <= 0 {
        return Err(Errno::EINVAL);
    }
    let thread = process::find_thread(tid).ok_or(Errno::ESRCH)?;
    let target = thread.process.as_ref().ok_or(Errno::ESRCH)?;
    kill(target.pid as i32, number)
}

pub fn rt_sigaction(
    number: u32,
    new: VirtAddr,
    old: VirtAddr,
    set_size: u64,
) -> Result<u64, Errno> {
    if set_size != SIGNAL_SET_SIZE || number == 0 || number > SIGNAL_MAX {
        return Err(Errno::EINVAL);
    }
    let process = sched::current_process();
    let before = SignalAction {
        handler: match process.signals.disposition(number) {
            Disposition::Default => SIG_DFL,
            Disposition::Ignore => SIG_IGN,
        },
        ..SignalAction::default()
    };
    if new.value() != 0 {
        let disposition = match load::<SignalAction>(new)?.handler {
            SIG_DFL => Disposition::Default,
            SIG_IGN => Disposition::Ignore,
            _ => return Err(Errno::ENOSYS),
        };
        process.signals.set_disposition(number, disposition)?;
    }
    store_if_asked(old, &before)?;
    Ok(0)
}

pub fn rt_sigprocmask(how: u32, new: VirtAddr, old: VirtAddr, set_size: u64) -> Result<u64, Errno> {
    if set_size != SIGNAL_SET_SIZE {
        return Err(Errno::EINVAL);
    }
    let process = sched::current_process();
    let before = process.signals.blocked();
    if new.value() != 0 {
        let set = load::<u64>(new)?;
        let after = match how {
            SIG_BLOCK => before | set,
            SIG_UNBLOCK => before & !set,
            SIG_SETMASK => set,
            _ => return Err(Errno::EINVAL),
        };
        process.signals.set_blocked(after);
        process.recheck_signals();
    }
    if old.value() != 0 {
        store(old, &before)?;
    }
    Ok(0)
}
