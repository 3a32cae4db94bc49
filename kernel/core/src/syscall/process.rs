//! Calls about processes.

use super::arguments::{PathBuffer, load, string};
use crate::process::{self, CloneRequest, Process};
use crate::program::stack::Strings;
use crate::sched::{self, CurrentProcess};
use abi::Errno;
use abi::limits::ARG_STRING_MAX;
use abi::process::CloneFlags;
use alloc::sync::Arc;
use arch::addr::VirtAddr;
use arch::trap::TrapFrame;

fn caller() -> CurrentProcess {
    sched::current_process()
}

/// The arguments have arm64's order: flags, stack, parent's word, thread pointer, child's word.
pub fn clone(frame: &TrapFrame) -> Result<u64, Errno> {
    // The upper half of the register means nothing, and every bit of the lower one is known.
    let request = CloneRequest {
        flags: CloneFlags::from_bits_truncate(u64::from(frame.x[0] as u32)),
        stack: frame.x[1],
        parent_tid: VirtAddr::new(frame.x[2] as usize),
        thread_pointer: frame.x[3],
        child_tid: VirtAddr::new(frame.x[4] as usize),
    };
    Ok(process::clone(frame, &request)?.into())
}

pub fn execve(frame: &TrapFrame) -> Result<TrapFrame, Errno> {
    let mut buffer = PathBuffer::new();
    let path = buffer.read(VirtAddr::new(frame.x[0] as usize))?;
    let mut arguments = strings(VirtAddr::new(frame.x[1] as usize))?;
    if arguments.is_empty() {
        arguments.push(b"")?;
    }
    let environment = strings(VirtAddr::new(frame.x[2] as usize))?;
    process::exec(path, &arguments, &environment)
}

/// Copies an array of pointers to strings that ends with a null pointer.
pub(super) fn strings(array: VirtAddr) -> Result<Strings, Errno> {
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

pub fn getpid() -> Result<u64, Errno> {
    Ok(caller().pid.into())
}

pub fn getppid() -> Result<u64, Errno> {
    Ok(caller().parent().into())
}

pub fn setpgid(pid: u32, group: u32) -> Result<u64, Errno> {
    // Without a group the process's own number is meant.
    let meant = if group == 0 { pid } else { group };
    if (meant as i32) < 0 {
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

/// The process with this number; 0 means the caller's.
pub fn find_or_caller(pid: u32) -> Result<Arc<Process>, Errno> {
    if pid == 0 { Ok(caller().to_arc()) } else { process::find(pid).ok_or(Errno::ESRCH) }
}

pub fn setsid() -> Result<u64, Errno> {
    Ok(process::set_session(&caller())?.into())
}

pub fn umask(mask: u32) -> Result<u64, Errno> {
    Ok(caller().set_umask(mask & 0o777).into())
}
