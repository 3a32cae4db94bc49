//! A thread: what runs.

use super::state::ThreadState;
use super::switch::ContextCell;
use crate::mm::frames::{self, FrameUse};
use crate::process::Process;
use crate::process::signal::ThreadSignals;
use crate::sync::{Lock, Rank};
use abi::Errno;
use alloc::sync::Arc;
use arch::addr::{PhysAddr, VirtAddr};
use arch::context::{KernelStack, STACK_FRAMES, ThreadContext};
use arch::trap::TrapFrame;
use core::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

/// Where a thread begins; it gets the number that it was made with.
pub type ThreadEntry = extern "C" fn(usize) -> !;

/// A thread of a process, or the idle thread of a core.
pub struct Thread {
    /// Its number; a process's first thread has the process's.
    pub tid: u32,
    /// The process that it belongs to; none for idle threads.
    pub process: Option<Arc<Process>>,
    pub(super) state: ThreadState,
    pub(super) context: ContextCell,
    /// The core that it runs on, or ran on last.
    pub(super) core: AtomicU32,
    /// Time on a core, in nanoseconds.
    pub(super) cpu_time: AtomicU64,
    /// When it was chosen to run; 0 while it does not.
    pub(super) running_since: AtomicU64,
    /// The address of the word that is cleared when the thread ends; 0 for none.
    pub clear_on_exit: AtomicU64,
    /// Which signals it blocks, and which are pending for it.
    pub signals: ThreadSignals,
    interrupted: AtomicBool,
    /// The registers that it enters user mode with for the first time.
    first_frame: TrapFrame,
    stack: Lock<Option<Stack>>,
}

/// A kernel stack whose frames are accounted for.
struct Stack(Option<KernelStack>);

impl Stack {
    fn new() -> Result<Self, Errno> {
        let mut stack_frames = [PhysAddr::new(0); STACK_FRAMES];
        for index in 0..STACK_FRAMES {
            match frames::allocate(FrameUse::Stack) {
                Ok(frame) => stack_frames[index] = frame,
                Err(error) => {
                    give_back(&stack_frames[..index]);
                    return Err(error.into());
                }
            }
        }
        match KernelStack::new(stack_frames) {
            Ok(stack) => Ok(Self(Some(stack))),
            Err(_) => {
                give_back(&stack_frames);
                Err(Errno::EAGAIN)
            }
        }
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        if let Some(stack) = self.0.take() {
            give_back(&stack.into_frames());
        }
    }
}

fn give_back(stack_frames: &[PhysAddr]) {
    for frame in stack_frames {
        frames::free(*frame, FrameUse::Stack);
    }
}

impl Thread {
    /// A thread that will begin at `entry` and enter user mode from there with these registers.
    pub fn new(
        tid: u32,
        process: Arc<Process>,
        entry: ThreadEntry,
        first_frame: TrapFrame,
    ) -> Result<Self, Errno> {
        let stack = Stack::new()?;
        let context = match &stack.0 {
            Some(mapped) => ThreadContext::new(mapped, entry, tid as usize),
            None => return Err(Errno::ENOMEM),
        };
        Ok(Self {
            tid,
            process: Some(process),
            state: ThreadState::ready(),
            context: ContextCell::new(context),
            core: AtomicU32::new(arch::cpu::core_id() as u32),
            cpu_time: AtomicU64::new(0),
            running_since: AtomicU64::new(0),
            clear_on_exit: AtomicU64::new(0),
            signals: ThreadSignals::new(),
            interrupted: AtomicBool::new(false),
            first_frame,
            stack: Lock::new(Rank::Core, Some(stack)),
        })
    }

    /// The thread that a core's boot has become.
    pub(super) fn idle(core: usize) -> Self {
        Self {
            tid: 0,
            process: None,
            state: ThreadState::running(),
            context: ContextCell::new(ThreadContext::empty()),
            core: AtomicU32::new(core as u32),
            cpu_time: AtomicU64::new(0),
            running_since: AtomicU64::new(0),
            clear_on_exit: AtomicU64::new(0),
            signals: ThreadSignals::new(),
            interrupted: AtomicBool::new(false),
            first_frame: TrapFrame::user(VirtAddr::new(0), VirtAddr::new(0)),
            stack: Lock::new(Rank::Core, None),
        }
    }

    /// Lets the new thread begin with the floating-point state and thread pointer of the thread
    /// that makes it.
    pub fn inherit_user_state(&mut self) {
        self.context.get_mut().fork_user_state();
    }

    /// The registers that it enters user mode with for the first time.
    pub const fn first_frame(&self) -> TrapFrame {
        self.first_frame
    }

    /// Frees the stack of a thread that has left it for ever.
    pub fn free_stack(&self) {
        let stack = self.stack.lock().take();
        drop(stack);
    }

    /// Lets a new thread run.
    pub fn begin(self: &Arc<Self>) {
        super::core_state::enqueue(self.clone());
    }

    /// Whether it is a core's idle thread.
    pub const fn is_idle(&self) -> bool {
        self.process.is_none()
    }

    /// Time on a core, in nanoseconds, the time since it was chosen included.
    pub fn cpu_time(&self) -> u64 {
        let since = self.running_since.load(Ordering::Relaxed);
        let now = if since == 0 { 0 } else { arch::clock::now().saturating_sub(since) };
        self.cpu_time.load(Ordering::Relaxed) + now
    }

    /// The core that it runs on, or ran on last.
    pub fn last_core(&self) -> u32 {
        self.core.load(Ordering::Relaxed)
    }

    /// Whether it waits for something other than a core.
    pub fn is_waiting(&self) -> bool {
        self.state.is_waiting()
    }

    /// Whether a wait is to end because a signal has to be acted on.
    pub fn is_interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Acquire)
    }

    /// Whether its process is to end.
    pub fn is_ending(&self) -> bool {
        self.is_interrupted() && self.process.as_ref().is_some_and(|process| process.is_ending())
    }

    /// Makes the thread's waits end; it looks at its signals on its way to user mode.
    pub fn interrupt(self: &Arc<Self>) {
        self.interrupted.store(true, Ordering::Release);
        self.unpark();
        super::core_state::kick(self);
    }

    /// The signals have been acted on.
    pub fn clear_interrupt(&self) {
        self.interrupted.store(false, Ordering::Release);
    }

    /// Makes the thread go on if it is parked, or else its next park return at once.
    pub fn unpark(self: &Arc<Self>) {
        if self.state.unpark() == super::state::Step::Enqueue {
            super::core_state::enqueue(self.clone());
        }
    }
}
