//! New processes.

use super::credentials::Credentials;
use super::object::{Files, Process};
use super::signal;
use super::table::{INIT, TABLE};
use crate::fs::Executable;
use crate::mm::AddressSpace;
use crate::sched::{self, Thread};
use abi::Errno;
use abi::limits::COMMAND_MAX;
use alloc::sync::Arc;
use arch::addr::VirtAddr;
use arch::trap::{self, TrapFrame};
use core::sync::atomic::Ordering;
use spin::Once;

/// Makes a process like the caller, which goes on where the caller does with 0 in x0.
///
/// `stack`, if not 0, is the child's stack pointer; `child_tid`, if not 0, is where the child
/// finds its own number.
pub fn fork(frame: &TrapFrame, stack: u64, child_tid: Option<VirtAddr>) -> Result<u32, Errno> {
    let parent = sched::current_process();
    let space = parent.space().ok_or(Errno::ESRCH)?.fork()?;
    let files = parent.files.lock().duplicate()?;
    let mut table = TABLE.lock();
    let pid = table.new_pid()?;
    drop(table);
    if let Some(address) = child_tid {
        // As on Linux, a bad pointer does not undo the child.
        let _ = space.store(address, &pid.to_le_bytes());
    }
    let process = Arc::new(Process::new(pid, space, files, parent.credentials()));
    process.group.store(parent.group(), Ordering::Relaxed);
    process.session.store(parent.session(), Ordering::Relaxed);
    process.signals.inherit(&parent.signals);
    let (command, program) = parent.command_and_program();
    let mut state = process.state.lock();
    state.command = command;
    state.program = program;
    drop(state);
    let mut child_frame = *frame;
    child_frame.x[0] = 0;
    if stack != 0 {
        child_frame.sp = stack;
    }
    let mut thread = Thread::new(pid, process.clone(), enter_child, child_frame)?;
    thread.inherit_user_state();
    thread.signals.inherit_as_process(&sched::current().signals);
    table = TABLE.lock();
    table.insert(process.clone(), parent.pid);
    drop(table);
    process.add_thread(Arc::new(thread));
    Ok(pid)
}

/// Makes the first process, which execs the program at `path` as soon as it runs.
pub fn start_first(path: &'static str, files: Files) -> Result<(), Errno> {
    INIT_PATH.call_once(|| path);
    let space = AddressSpace::new()?;
    let pid = TABLE.lock().new_pid()?;
    debug_assert_eq!(pid, INIT);
    let process = Arc::new(Process::new(pid, space, files, Credentials::default()));
    let frame = TrapFrame::user(VirtAddr::new(0), VirtAddr::new(0));
    let thread = Thread::new(pid, process.clone(), enter_first, frame)?;
    TABLE.lock().insert(process.clone(), 0);
    process.add_thread(Arc::new(thread));
    Ok(())
}

static INIT_PATH: Once<&'static str> = Once::new();

impl Process {
    fn command_and_program(&self) -> ([u8; COMMAND_MAX], Option<Arc<Executable>>) {
        let state = self.state.lock();
        (state.command, state.program.clone())
    }

    /// Gives the process a thread, which begins to run.
    fn add_thread(self: &Arc<Self>, thread: Arc<Thread>) {
        let mut state = self.state.lock();
        state.threads.push(thread.clone());
        state.threads_left += 1;
        drop(state);
        // A signal that came before the thread was listed found nobody to interrupt.
        signal::recheck(self);
        thread.begin();
    }
}

impl Files {
    /// The same files for a child.
    fn duplicate(&self) -> Result<Self, Errno> {
        Ok(Self {
            descriptors: self.descriptors.duplicate()?,
            directory: self.directory.clone(),
            umask: self.umask,
        })
    }
}

extern "C" fn enter_child(_: usize) -> ! {
    sched::begin_thread();
    // The reference to the thread must be gone before this stack is left for ever.
    let mut frame = sched::current().first_frame();
    signal::act(&mut frame, signal::Leaving::Other);
    trap::enter_user(&frame)
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
