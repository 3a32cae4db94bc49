//! What each core is doing, and which core a ready thread goes to.

use super::core_choice::Cores;
use super::run_queue::RunQueue;
use super::thread::Thread;
use super::timers::Timers;
use crate::board::board;
use crate::process::Process;
use crate::sync::{Lock, PerCore, Rank};
use alloc::sync::Arc;
use arch::clock;
use arch::cpu::{self, MAX_CORES};
use core::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// How long a thread runs while others wait for its core.
pub const SLICE_NS: u64 = 10_000_000;

/// One core.
pub struct Core {
    pub(super) running: Lock<Running>,
    pub(super) queue: RunQueue,
    pub(super) timers: Timers,
    /// Nanoseconds without a thread to run, up to the last switch.
    pub(super) idle_time: AtomicU64,
    /// Switches between threads.
    pub(super) switches: AtomicU64,
}

/// Which threads a core has in hand.
pub struct Running {
    /// The thread that runs.
    pub current: Option<Arc<Thread>>,
    /// The thread that has just left, until the switch away from it is complete.
    pub previous: Option<Arc<Thread>>,
    /// The core's own thread, which waits for interrupts.
    pub idle: Option<Arc<Thread>>,
    /// When `current` began to run.
    pub since: u64,
}

impl Core {
    const fn new() -> Self {
        Self {
            running: Lock::new(
                Rank::Core,
                Running { current: None, previous: None, idle: None, since: 0 },
            ),
            queue: RunQueue::new(),
            timers: Timers::new(),
            idle_time: AtomicU64::new(0),
            switches: AtomicU64::new(0),
        }
    }
}

pub static CORES: PerCore<Core> = PerCore::new([const { Core::new() }; MAX_CORES]);
/// Cores that run the scheduler.
pub static ONLINE: AtomicU32 = AtomicU32::new(0);
/// Cores that have nothing to run.
pub static IDLE: AtomicU32 = AtomicU32::new(0);

/// The thread that runs on this core.
///
/// # Panics
///
/// Before the core has its idle thread.
pub fn current() -> Arc<Thread> {
    CORES.mine().running.lock().current.clone().expect("invariant: a core always runs a thread")
}

/// The process of the thread that runs on this core.
///
/// # Panics
///
/// On an idle thread, which belongs to no process and makes no calls.
pub fn current_process() -> Arc<Process> {
    current().process.clone().expect("invariant: only threads of processes make calls")
}

/// The number of the process that runs on this core; `None` while the core idles or starts.
pub fn current_pid() -> Option<u32> {
    let running = CORES.mine().running.lock();
    running.current.as_ref()?.process.as_ref().map(|process| process.pid)
}

/// The process that runs on this core, if one does.
pub fn process_if_any() -> Option<Arc<Process>> {
    let thread = CORES.mine().running.lock().current.clone()?;
    thread.process.clone()
}

/// Puts a ready thread into the run queue of a core, and makes that core see it.
pub fn enqueue(thread: Arc<Thread>) {
    let mine = cpu::core_id();
    let cores = Cores {
        online: ONLINE.load(Ordering::Relaxed),
        idle: IDLE.load(Ordering::Acquire),
        waiting: core::array::from_fn(|core| CORES.get(core).map_or(0, |core| core.queue.len())),
    };
    let target = cores.choose(thread.last_core() as usize % MAX_CORES, mine);
    let Some(core) = CORES.get(target) else { return };
    // Claimed: the next thread that becomes ready looks for another idle core.
    IDLE.fetch_and(!(1 << target), Ordering::AcqRel);
    core.queue.push(thread);
    if target != mine {
        board().send_ipi(1 << target);
        return;
    }
    arm_timer();
    // A core that went idle meanwhile has looked at this queue too early.
    let idle = IDLE.load(Ordering::SeqCst) & ONLINE.load(Ordering::Relaxed) & !(1 << mine);
    if idle != 0 {
        board().send_ipi(1 << idle.trailing_zeros());
    }
}

/// Makes a thread that runs on another core enter the kernel there.
pub fn kick(thread: &Thread) {
    let core = thread.last_core() as usize;
    if core != cpu::core_id() {
        board().send_ipi(1 << core);
    }
}

/// Sets this core's timer for what comes first: a deadline, or the end of the slice if somebody
/// waits for the core.
pub fn arm_timer() {
    let state = CORES.mine();
    let deadline = state.timers.first();
    let slice_end = (state.queue.len() > 0).then(|| {
        let running = state.running.lock();
        let is_idle = running.current.as_ref().is_some_and(|thread| thread.is_idle());
        (!is_idle).then(|| running.since.saturating_add(SLICE_NS))
    });
    // A slice that is over already interrupts the thread as soon as it is back in its program.
    let slice_end = slice_end.flatten();
    let first = match (deadline, slice_end) {
        (Some(deadline), Some(slice_end)) => Some(deadline.min(slice_end)),
        (deadline, slice_end) => deadline.or(slice_end),
    };
    clock::set_deadline(first);
}

/// Whether the running thread has used its slice up and another waits for the core.
pub fn slice_is_used() -> bool {
    let core = CORES.mine();
    core.queue.len() > 0 && clock::now() >= core.running.lock().since + SLICE_NS
}

/// A thread for this core: from its own queue, or from the longest queue of the others.
pub fn pick() -> Option<Arc<Thread>> {
    if let Some(thread) = CORES.mine().queue.pop() {
        return Some(thread);
    }
    loop {
        let longest = CORES.iter().max_by_key(|core| core.queue.len())?;
        if longest.queue.len() == 0 {
            return None;
        }
        // Another core may have been faster: then there may be another queue.
        if let Some(thread) = longest.queue.pop() {
            return Some(thread);
        }
    }
}
