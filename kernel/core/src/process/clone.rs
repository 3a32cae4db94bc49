//! The call `clone`: what can be asked for, and how the new flow of control begins.

use super::fork::fork;
use super::signal;
use super::table::INIT;
use super::threads::start_thread;
use crate::mm::AddressSpace;
use crate::sched;
use abi::Errno;
use abi::process::CloneFlags;
use arch::addr::VirtAddr;
use arch::trap::{self, TrapFrame};

/// What a caller of `clone` asks for.
#[derive(Clone, Copy, Debug)]
pub struct CloneRequest {
    /// What is shared and stored.
    pub flags: CloneFlags,
    /// The new stack pointer; 0 for the caller's.
    pub stack: u64,
    /// Where the caller wants the new number.
    pub parent_tid: VirtAddr,
    /// The new thread pointer.
    pub thread_pointer: u64,
    /// Where the child finds its number, and what is cleared at its end.
    pub child_tid: VirtAddr,
}

/// Makes a process or a thread; returns its number.
pub fn clone(frame: &TrapFrame, request: &CloneRequest) -> Result<u32, Errno> {
    check(request.flags)?;
    sched::current_process().check_thread_limit()?;
    if request.flags.contains(CloneFlags::THREAD) {
        start_thread(frame, request)
    } else {
        fork(frame, request)
    }
}

/// Refuses what clone(2) says makes no sense, and what is not offered: name spaces, descriptors
/// for processes, and processes that share descriptors, directory or signal actions.
fn check(flags: CloneFlags) -> Result<(), Errno> {
    let has = |flag| flags.contains(flag);
    if flags.intersects(CloneFlags::NEWNS | CloneFlags::NEW_OTHER) {
        let is_root = sched::current_process().credentials().is_root();
        return Err(if is_root { Errno::EINVAL } else { Errno::EPERM });
    }
    let shares_files = flags.intersects(CloneFlags::FS | CloneFlags::FILES | CloneFlags::SIGHAND);
    let is_wrong = has(CloneFlags::PIDFD)
        || has(CloneFlags::THREAD) && !has(CloneFlags::SIGHAND)
        || has(CloneFlags::SIGHAND) && !has(CloneFlags::VM)
        || has(CloneFlags::PARENT) && sched::current_process().pid == INIT
        || !has(CloneFlags::THREAD) && shares_files;
    if is_wrong { Err(Errno::EINVAL) } else { Ok(()) }
}

impl CloneRequest {
    /// The registers that the child begins with.
    pub(super) const fn child_frame(&self, frame: &TrapFrame) -> TrapFrame {
        let mut child = *frame;
        child.x[0] = 0;
        if self.stack != 0 {
            child.sp = self.stack;
        }
        child
    }

    /// Stores the child's number where that was asked for. As on Linux, a bad pointer does not
    /// undo the child.
    pub(super) fn store_tids(&self, parent: &AddressSpace, child: &AddressSpace, tid: u32) {
        if self.flags.contains(CloneFlags::PARENT_SETTID) {
            let _ = parent.store(self.parent_tid, &tid.to_le_bytes());
        }
        if self.flags.contains(CloneFlags::CHILD_SETTID) {
            let _ = child.store(self.child_tid, &tid.to_le_bytes());
        }
    }
}

/// Where every thread of a program begins.
pub(super) extern "C" fn enter_child(_: usize) -> ! {
    sched::begin_thread();
    let thread = sched::current();
    if !thread.has_work() {
        trap::enter_user(thread.first_frame());
    }
    let mut frame = *thread.first_frame();
    signal::act(&mut frame, signal::Leaving::Other);
    trap::enter_user(&frame)
}
