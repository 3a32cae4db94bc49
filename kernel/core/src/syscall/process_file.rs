//! Calls about files that stand for processes or tell of signals: `pidfd_open` and its kin, and
//! `signalfd4`.

use super::arguments::load;
use super::file::{get, insert};
use super::process_memory::check_trust;
use crate::fs::Fd;
use crate::fs::event::{ProcessFile, Signals, create_process_file, create_signals};
use crate::process::ended::{self, Stage};
use crate::process::{self, Process, signal};
use crate::sched;
use abi::Errno;
use abi::file::OpenFlags;
use abi::signal::{SIGNAL_SET_SIZE, SignalInfo};
use alloc::sync::Arc;
use arch::addr::VirtAddr;

pub fn pidfd_open(pid: u32, flags: u32) -> Result<u64, Errno> {
    let flags = OpenFlags::from_bits(flags).ok_or(Errno::EINVAL)?;
    if !(flags - OpenFlags::NON_BLOCKING).is_empty() || pid as i32 <= 0 {
        return Err(Errno::EINVAL);
    }
    let Some(process) = process::find(pid) else {
        let is_thread = process::find_thread(pid).is_some();
        return Err(if is_thread { Errno::EINVAL } else { Errno::ESRCH });
    };
    insert(create_process_file(process, flags)?, OpenFlags::CLOSE_ON_EXEC)
}

/// The process that a descriptor stands for.
fn process_of(fd: Fd) -> Result<Arc<Process>, Errno> {
    ProcessFile::process_of(get(fd)?.node())
}

pub fn pidfd_send_signal(fd: Fd, number: u32, info: VirtAddr, flags: u32) -> Result<u64, Errno> {
    if flags != 0 {
        return Err(Errno::EINVAL);
    }
    let target = process_of(fd)?;
    let asked = info.value() != 0;
    let info = asked.then(|| load::<SignalInfo>(info)).transpose()?;
    if info.is_some_and(|info| info.number != number as i32) {
        return Err(Errno::EINVAL);
    }
    if ended::stage(&target) == Stage::Forgotten {
        return Err(Errno::ESRCH);
    }
    let caller = sched::current_process();
    match info {
        None => signal::kill(&caller, target.pid as i32, number)?,
        Some(info) => signal::queue(&caller, target.pid, number, info)?,
    }
    Ok(0)
}

pub fn pidfd_getfd(fd: Fd, wanted: Fd, flags: u32) -> Result<u64, Errno> {
    if flags != 0 {
        return Err(Errno::EINVAL);
    }
    let target = process_of(fd)?;
    if ended::stage(&target) != Stage::Alive {
        return Err(Errno::ESRCH);
    }
    check_trust(&target)?;
    let file = target.files.lock().descriptors.get(wanted).cloned()?;
    // It is the business of one process.
    if file.node().is_private() {
        return Err(Errno::EPERM);
    }
    insert(file, OpenFlags::CLOSE_ON_EXEC)
}

/// A process that `waitid` is asked for by a descriptor, and whether it may wait for it.
pub(super) fn awaited(fd: Fd) -> Result<(u32, bool), Errno> {
    let file = get(fd)?;
    let process = ProcessFile::process_of(file.node())?;
    if ended::stage(&process) == Stage::Forgotten {
        return Err(Errno::ECHILD);
    }
    Ok((process.pid, !file.status_flags().contains(OpenFlags::NON_BLOCKING)))
}

pub fn signalfd4(fd: Fd, mask: VirtAddr, mask_size: u64, flags: u32) -> Result<u64, Errno> {
    let flags = OpenFlags::from_bits(flags).ok_or(Errno::EINVAL)?;
    let known = OpenFlags::CLOSE_ON_EXEC | OpenFlags::NON_BLOCKING;
    if mask_size != SIGNAL_SET_SIZE || !known.contains(flags) {
        return Err(Errno::EINVAL);
    }
    let wanted = load::<u64>(mask)?;
    if fd.0 == u32::MAX {
        return insert(create_signals(wanted, flags)?, flags);
    }
    let file = get(fd)?;
    Signals::of_node(file.node()).ok_or(Errno::EINVAL)?.set(wanted);
    Ok(fd.0.into())
}
