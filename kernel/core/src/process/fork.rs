//! New processes.

use super::clone::{CloneRequest, enter_child};
use super::credentials::{Identity, Privilege};
use super::object::{Files, Process};
use super::release::Release;
use super::signal;
use super::table::{INIT, TABLE};
use crate::mm::{AddressSpace, reclaim};
use crate::sched::{self, Thread};
use abi::Errno;
use abi::process::CloneFlags;
use alloc::sync::Arc;
use arch::addr::VirtAddr;
use arch::context::{self, UserState};
use arch::trap::{self, TrapFrame};
use spin::Once;

/// Makes a process like the caller, which goes on where the caller does with 0 in x0; its memory is
/// a copy of the caller's, or the same if that is asked for.
pub(super) fn fork(frame: &TrapFrame, request: &CloneRequest) -> Result<u32, Errno> {
    let parent = sched::current_process();
    let shares_space = request.flags.contains(CloneFlags::VM);
    let parent_space = parent.space().ok_or(Errno::ESRCH)?;
    let space = if shares_space {
        parent_space.clone()
    } else {
        reclaim::with_room(|| Ok(parent_space.fork()?))?
    };
    let files = parent.files.lock().duplicate()?;
    let pid = TABLE.lock().new_pid(Privilege::of(parent.credentials()))?;
    let release = request.flags.contains(CloneFlags::VFORK).then(Arc::<Release>::default);
    let process = parent.child(pid, space.clone(), files, release.clone(), request.flags);
    parent.share_groups_with(&process);
    let first_frame = request.child_frame(frame);
    let user = context::capture_user_state();
    let mut thread = Thread::new(pid, process.clone(), enter_child, first_frame, user)?;
    request.set_up(&mut thread);
    thread.signals.inherit_as_process(&sched::current().signals);
    if shares_space && release.is_none() {
        // The two would run on it at the same time.
        thread.signals.forget_stack();
    }
    request.store_tids(&parent_space, &space, pid);
    let is_sibling = request.flags.contains(CloneFlags::PARENT);
    let parent_pid = if is_sibling { parent.parent() } else { parent.pid };
    let mut table = signal::quiet_table();
    if parent.is_ending() {
        // Who ended it did not know of this child.
        return Err(Errno::EINTR);
    }
    process.enlist(&thread)?;
    table.insert(process.clone(), parent_pid);
    drop(table);
    if shares_space {
        space.join();
    }
    drop((parent_space, space));
    // A signal that came before the thread was listed found nobody to interrupt.
    signal::recheck(&process);
    // Nothing that is held here may keep alive what the child gives up meanwhile.
    drop(process);
    sched::begin_child(thread);
    if let Some(release) = release {
        release.wait();
    }
    Ok(pid)
}

/// Makes the first process, which execs the program at `path` as soon as it runs.
pub fn start_first(path: &'static str, files: Files) -> Result<(), Errno> {
    INIT_PATH.call_once(|| path);
    let space = AddressSpace::new()?;
    let pid = TABLE.lock().new_pid(Privilege::Root)?;
    debug_assert_eq!(pid, INIT);
    let process = Process::new(pid, space, files, Identity::default());
    let frame = TrapFrame::user(VirtAddr::new(0), VirtAddr::new(0));
    let thread = Thread::new(pid, process.clone(), enter_first, frame, UserState::ZERO)?;
    process.enlist(&thread)?;
    TABLE.lock().insert(process, 0);
    thread.begin();
    Ok(())
}

static INIT_PATH: Once<&'static str> = Once::new();

impl Files {
    /// The same files for a child.
    fn duplicate(&self) -> Result<Self, Errno> {
        Ok(Self { descriptors: self.descriptors.duplicate()?, directory: self.directory.clone() })
    }
}

extern "C" fn enter_first(_: usize) -> ! {
    sched::begin_thread();
    let path = INIT_PATH.get().copied().unwrap_or("/bin/init");
    let outcome = super::exec::exec_from_kernel(path);
    let error = match outcome {
        Ok(frame) => trap::enter_user(&frame),
        Err(error) => error,
    };
    panic!("cannot start {path}: {error} (kernel command line: init=PATH names another program)");
}
