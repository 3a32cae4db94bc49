//! A thread: what runs.

use super::attributes::Attributes;
use super::chain::Link;
use super::core_state::{self, Arrival};
use super::futex::Sleep;
use super::place::Place;
use super::state::ThreadState;
use super::switch::ContextCell;
use super::waits_in::WaitsIn;
use super::work::{Task, Work};
use crate::mm::Stack;
use crate::process::Process;
use crate::process::signal::ThreadSignals;
use crate::sync::{Lock, Rank};
use abi::Errno;
use alloc::sync::Arc;
use arch::addr::VirtAddr;
use arch::context::{ThreadContext, UserState};
use arch::space::LowerHalf;
use arch::trap::TrapFrame;
use core::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

/// In the count of a thread's calls: they are traced.
const TRACED: u64 = 1 << 63;

/// Where a thread begins; it gets the number that it was made with.
pub type ThreadEntry = extern "C" fn(usize) -> !;

/// A thread of a process, the idle thread of a core, or one that works for the kernel.
pub struct Thread {
    /// Its number; a process's first thread has the process's, and so has one that execs.
    tid: AtomicU32,
    /// The process that it belongs to; none for idle threads and for those of the kernel.
    pub process: Option<Arc<Process>>,
    /// Whether it works for the kernel: it is queued and waits like a process's thread.
    serves_kernel: bool,
    pub(super) state: ThreadState,
    /// Its place among the threads that wait for a core.
    pub(super) ready_link: Link,
    pub(super) context: ContextCell,
    /// The core that it runs on, or ran on last.
    pub(super) place: Place,
    /// Time on a core up to when it was last chosen, in ticks of the clock.
    pub(super) cpu_time: AtomicU64,
    /// What of that its process has added up already.
    pub counted_time: AtomicU64,
    /// When it was chosen to run, in ticks; 0 while it does not.
    pub(super) running_since: AtomicU64,
    /// Page faults.
    pub faults: AtomicU64,
    /// The address of the word that is cleared when the thread ends; 0 for none.
    pub clear_on_exit: AtomicU64,
    /// Which signals it blocks, and which are pending for it.
    pub signals: ThreadSignals,
    /// The address of the head of its list of robust locks; 0 for none.
    pub robust_list: AtomicU64,
    /// How it is to be scheduled, and its name.
    pub attributes: Attributes,
    /// Whether it is to end because another thread of its process execs.
    dismissed: AtomicBool,
    leaving: AtomicBool,
    /// What it has to do before its program goes on.
    pub(super) work: Work,
    /// What it knows of its sleep on a word of memory.
    pub(super) futex: Sleep,
    /// The queue that it waits in.
    pub(super) waits_in: WaitsIn,
    /// System calls that it has made and its core has not counted, and in the highest bit whether
    /// they are traced: a call reads and writes this word in any case.
    calls: AtomicU64,
    /// Which of its next questions for memory is refused; 0 for none.
    #[cfg(debug_assertions)]
    pub refused_after: AtomicU32,
    /// The registers that it enters user mode with for the first time.
    first_frame: TrapFrame,
    stack: Lock<Option<Stack>>,
}

impl Thread {
    /// A thread that will begin at `entry` and enter user mode from there with these registers,
    /// the others being those of `user`.
    #[inline]
    pub fn new(
        tid: u32,
        process: Arc<Process>,
        entry: ThreadEntry,
        first_frame: TrapFrame,
        user: UserState,
    ) -> Result<Arc<Self>, Errno> {
        let stack = Stack::new()?;
        let context = ThreadContext::new(stack.mapped(), entry, tid as usize, user);
        Ok(Arc::new(Self {
            process: Some(process),
            first_frame,
            stack: Lock::new(Rank::Core, Some(stack)),
            ..Self::of_parts(tid, ThreadState::ready(), context, arch::cpu::core_id())
        }))
    }

    /// A thread that begins at `entry` and never enters user mode nor ends.
    pub fn serving(entry: ThreadEntry) -> Result<Arc<Self>, Errno> {
        let stack = Stack::new()?;
        let context = ThreadContext::new(stack.mapped(), entry, 0, UserState::ZERO);
        Ok(Arc::new(Self {
            serves_kernel: true,
            stack: Lock::new(Rank::Core, Some(stack)),
            ..Self::of_parts(0, ThreadState::ready(), context, arch::cpu::core_id())
        }))
    }

    #[inline]
    fn of_parts(tid: u32, state: ThreadState, context: ThreadContext, core: usize) -> Self {
        Self {
            tid: AtomicU32::new(tid),
            process: None,
            serves_kernel: false,
            state,
            ready_link: Link::new(),
            context: ContextCell::new(context),
            place: Place::new(core as u32),
            cpu_time: AtomicU64::new(0),
            counted_time: AtomicU64::new(0),
            running_since: AtomicU64::new(0),
            faults: AtomicU64::new(0),
            clear_on_exit: AtomicU64::new(0),
            signals: ThreadSignals::new(),
            robust_list: AtomicU64::new(0),
            attributes: Attributes::new(),
            dismissed: AtomicBool::new(false),
            leaving: AtomicBool::new(false),
            work: Work::new(),
            futex: Sleep::new(),
            waits_in: WaitsIn::new(),
            calls: AtomicU64::new(0),
            #[cfg(debug_assertions)]
            refused_after: AtomicU32::new(0),
            first_frame: TrapFrame::user(VirtAddr::new(0), VirtAddr::new(0)),
            stack: Lock::new(Rank::Core, None),
        }
    }

    /// The thread that a core's boot has become.
    pub(super) fn idle(core: usize) -> Self {
        Self::of_parts(0, ThreadState::running(), ThreadContext::empty(), core)
    }

    /// Sets the thread pointer that the new thread begins with.
    pub fn set_thread_pointer(&mut self, value: u64) {
        self.context.get_mut().set_thread_pointer(value);
    }

    /// Its number.
    pub fn tid(&self) -> u32 {
        self.tid.load(Ordering::Relaxed)
    }

    /// Gives it the number of its process, whose other threads have ended.
    pub fn set_tid(&self, tid: u32) {
        self.tid.store(tid, Ordering::Relaxed);
    }

    /// The registers that it enters user mode with for the first time.
    pub const fn first_frame(&self) -> &TrapFrame {
        &self.first_frame
    }

    /// Frees the stack of a thread that has left it for ever.
    pub fn free_stack(&self) {
        let stack = self.stack.lock().take();
        drop(stack);
    }

    /// Lets a new thread run.
    pub fn begin(self: &Arc<Self>) {
        core_state::enqueue(self.clone(), Arrival::Last);
    }

    /// What a core that runs it has as its lower half.
    #[inline]
    pub(super) fn lower_half(&self) -> LowerHalf {
        self.process.as_ref().map_or_else(LowerHalf::empty, |process| process.lower_half())
    }

    /// Whether it is a core's idle thread.
    pub const fn is_idle(&self) -> bool {
        self.process.is_none() && !self.serves_kernel
    }

    /// Time on a core, in nanoseconds, the time since it was chosen included.
    pub fn cpu_time(&self) -> u64 {
        let since = self.running_since.load(Ordering::Relaxed);
        let now = if since == 0 { 0 } else { arch::clock::ticks().saturating_sub(since) };
        arch::clock::nanoseconds_in(self.cpu_time.load(Ordering::Relaxed) + now)
    }

    /// The core that it runs on, or ran on last.
    pub fn last_core(&self) -> u32 {
        self.place.last()
    }

    /// Whether it waits for something other than a core.
    pub fn is_waiting(&self) -> bool {
        self.state.is_waiting()
    }

    /// Whether a wait is to end because a signal has to be acted on.
    pub fn is_interrupted(&self) -> bool {
        self.work.has(Task::Interrupt)
    }

    /// Whether it has something to do before its program goes on.
    #[inline]
    pub fn has_work(&self) -> bool {
        self.work.is_any()
    }

    /// Gives it something to do then; called by itself.
    pub fn add_work(&self, task: Task) {
        self.work.add(task);
    }

    /// Takes that back; whether it was still to be done.
    pub fn take_work(&self, task: Task) -> bool {
        self.work.take(task)
    }

    /// Counts a system call; called by itself. Returns whether it is to be traced.
    #[inline]
    pub fn count_call(&self) -> bool {
        // Nobody else adds to it, so no exchange is needed.
        let calls = self.calls.load(Ordering::Relaxed);
        self.calls.store(calls + 1, Ordering::Relaxed);
        calls & TRACED != 0
    }

    /// System calls that its core has not counted.
    pub(super) fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed) & !TRACED
    }

    /// Takes these calls, to be counted by its core: called there.
    #[inline]
    pub(super) fn take_calls(&self) -> u64 {
        let calls = self.calls.load(Ordering::Relaxed);
        self.calls.store(calls & TRACED, Ordering::Relaxed);
        calls & !TRACED
    }

    /// Whether its calls are traced.
    #[inline]
    pub fn is_traced(&self) -> bool {
        self.calls.load(Ordering::Relaxed) & TRACED != 0
    }

    /// Has its calls traced from now on, or not any more; called by itself.
    pub fn set_traced(&self, is_traced: bool) {
        let traced = if is_traced { TRACED } else { 0 };
        self.calls.store(self.calls() | traced, Ordering::Relaxed);
    }

    /// Whether it is to end, alone or with its process.
    pub fn is_ending(&self) -> bool {
        let is_over = || self.process.as_ref().is_some_and(|process| process.is_ending());
        self.is_interrupted() && (self.is_dismissed() || is_over())
    }

    /// Makes the thread's waits end; it looks at its signals on its way to user mode.
    pub fn interrupt(self: &Arc<Self>) {
        self.work.add(Task::Interrupt);
        self.unpark();
        core_state::kick(self);
    }

    /// As [`Self::interrupt`], for the calling thread itself, which need not be found.
    pub fn interrupt_self(&self) {
        self.work.add(Task::Interrupt);
    }

    /// Tells the thread to end, on its way to user mode at the latest.
    pub fn dismiss(self: &Arc<Self>) {
        self.dismissed.store(true, Ordering::Release);
        self.interrupt();
    }

    /// Whether it is to end because another thread of its process execs.
    pub fn is_dismissed(&self) -> bool {
        self.dismissed.load(Ordering::Acquire)
    }

    /// Notes that the thread runs no more of its program.
    pub fn begin_to_leave(&self) {
        self.leaving.store(true, Ordering::Release);
    }

    /// Whether it is so.
    pub fn is_leaving(&self) -> bool {
        self.leaving.load(Ordering::Acquire)
    }

    /// Whether it is on a core that it may not run on (any more).
    pub fn is_misplaced(&self) -> bool {
        !self.is_idle() && self.attributes.cores() & 1 << self.last_core() == 0
    }

    /// Lets it run on these cores only; if it is on another one, it leaves that soon.
    pub fn set_cores(&self, cores: u32) {
        self.attributes.set_cores(cores);
        core_state::doubt(self);
    }

    /// The signals have been acted on.
    pub fn clear_interrupt(&self) {
        self.work.take(Task::Interrupt);
    }

    /// Makes the thread go on if it is parked, or else its next park return at once.
    pub fn unpark(self: &Arc<Self>) {
        if self.state.unpark() == super::state::Step::Enqueue {
            core_state::enqueue(self.clone(), Arrival::Woken);
        }
    }

    /// As [`Self::unpark`], with a share in it that the run queue can have.
    pub fn unpark_owned(self: Arc<Self>) {
        if self.state.unpark() == super::state::Step::Enqueue {
            core_state::enqueue(self, Arrival::Woken);
        }
    }
}
