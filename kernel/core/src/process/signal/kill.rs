//! The calls that send signals: whom a caller may send to.

use super::many::Targets;
use super::send::{send, send_to_thread};
use crate::process::object::Process;
use crate::process::table::{self, INIT};
use crate::sched::Thread;
use abi::Errno;
use abi::signal::{SI_TKILL, SI_USER, SIGNAL_MAX, Signal, SignalInfo};
use alloc::sync::Arc;

/// Who sends what; the number 0 only asks.
fn check_number(signal: u32) -> Result<(), Errno> {
    if signal > SIGNAL_MAX { Err(Errno::EINVAL) } else { Ok(()) }
}

/// Root may send to anybody, others to processes that they have started or whose user they are, and
/// to those of their session what lets them go on.
fn may_send(caller: &Process, target: &Process, signal: u32) -> bool {
    if caller.credentials().is_root() {
        return true;
    }
    let (own, others) = (caller.identity().users, target.identity().users);
    let is_same =
        [own.real, own.effective].iter().any(|user| [others.real, others.saved].contains(user));
    is_same || (signal == Signal::CONT as u32 && caller.session() == target.session())
}

fn check_right(caller: &Process, target: &Process, signal: u32) -> Result<(), Errno> {
    if may_send(caller, target, signal) { Ok(()) } else { Err(Errno::EPERM) }
}

fn from(caller: &Process, signal: u32, code: i32) -> SignalInfo {
    SignalInfo::from_process(signal, code, caller.pid, caller.identity().users.real)
}

/// The call `kill`: a process, a group or everybody, as far as the caller may.
pub fn kill(caller: &Process, target: i32, signal: u32) -> Result<(), Errno> {
    check_number(signal)?;
    let group = caller.group();
    let targets = match target {
        1.. => {
            let process = table::find(target as u32).ok_or(Errno::ESRCH)?;
            return kill_all(caller, &[process], signal);
        }
        0 => Targets::of(|process| process.group() == group),
        -1 => Targets::of(|process| process.pid != INIT && process.pid != caller.pid),
        i32::MIN => return Err(Errno::ESRCH),
        _ => Targets::of(|process| process.group() == target.unsigned_abs()),
    };
    kill_all(caller, targets.processes(), signal)
}

fn kill_all(caller: &Process, targets: &[Arc<Process>], signal: u32) -> Result<(), Errno> {
    if targets.is_empty() {
        return Err(Errno::ESRCH);
    }
    let mut outcome = Err(Errno::EPERM);
    for process in targets {
        if may_send(caller, process, signal) {
            outcome = Ok(());
            // Without room a plain signal loses its sender, and nothing else.
            let _ = send(process, from(caller, signal, SI_USER));
        }
    }
    outcome
}

/// The thread of a process with this number.
pub fn thread_of(process: &Process, tid: u32) -> Result<Arc<Thread>, Errno> {
    process.thread(tid).ok_or(Errno::ESRCH)
}

/// The process that has a thread of this number.
fn process_of(tid: u32) -> Result<Arc<Process>, Errno> {
    let thread = table::find_thread(tid).ok_or(Errno::ESRCH)?;
    thread.process.clone().ok_or(Errno::ESRCH)
}

/// The calls `tkill` and `tgkill`: a thread, of any process or of one.
pub fn kill_thread(
    caller: &Process,
    process: Option<u32>,
    tid: u32,
    signal: u32,
) -> Result<(), Errno> {
    if tid as i32 <= 0 || process.is_some_and(|pid| pid as i32 <= 0) {
        return Err(Errno::EINVAL);
    }
    let process = match process {
        Some(pid) => table::find(pid).ok_or(Errno::ESRCH)?,
        None => process_of(tid)?,
    };
    let thread = thread_of(&process, tid)?;
    check_number(signal)?;
    check_right(caller, &process, signal)?;
    send_if_any(signal, || send_to_thread(&thread, from(caller, signal, SI_TKILL)))
}

/// The call `rt_sigqueueinfo`: a process, with what the caller says of the signal.
pub fn queue(caller: &Process, pid: u32, signal: u32, info: SignalInfo) -> Result<(), Errno> {
    check_said(caller, pid, &info)?;
    let process = table::find(pid).ok_or(Errno::ESRCH)?;
    check_number(signal)?;
    check_right(caller, &process, signal)?;
    send_if_any(signal, || send(&process, info.with_number(signal)))
}

/// The call `rt_tgsigqueueinfo`: a thread of a process, with what the caller says of the signal.
pub fn queue_to_thread(
    caller: &Process,
    pid: u32,
    tid: u32,
    signal: u32,
    info: SignalInfo,
) -> Result<(), Errno> {
    if tid as i32 <= 0 || pid as i32 <= 0 {
        return Err(Errno::EINVAL);
    }
    check_said(caller, pid, &info)?;
    let process = table::find(pid).ok_or(Errno::ESRCH)?;
    let thread = thread_of(&process, tid)?;
    check_number(signal)?;
    check_right(caller, &process, signal)?;
    send_if_any(signal, || send_to_thread(&thread, info.with_number(signal)))
}

/// Nobody may say to another process that the kernel or `tgkill` has sent a signal.
fn check_said(caller: &Process, pid: u32, info: &SignalInfo) -> Result<(), Errno> {
    let claims_other = info.code >= 0 || info.code == SI_TKILL;
    if claims_other && pid != caller.pid { Err(Errno::EPERM) } else { Ok(()) }
}

/// The number 0 only asks.
fn send_if_any(signal: u32, send: impl FnOnce() -> Result<(), Errno>) -> Result<(), Errno> {
    if signal == 0 { Ok(()) } else { send() }
}
