//! What each core is doing, and which core a ready thread goes to.

use super::core_choice::Cores;
use super::current::current;
use super::run_queue::RunQueue;
use super::thread::Thread;
use super::timers::Timers;
use super::work::Task;
use crate::board::board;
use crate::sync::{Lock, PerCore, Rank};
use alloc::sync::Arc;
use arch::clock;
use arch::cpu::{self, MAX_CORES};
use core::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

/// One core.
pub struct Core {
    pub(super) running: Lock<Running>,
    pub(super) queue: RunQueue,
    pub(super) timers: Timers,
    /// Whether the running thread may have been forbidden to run here.
    pub(super) is_doubtful: AtomicBool,
    /// Nanoseconds without a thread to run, up to the last switch.
    pub(super) idle_time: AtomicU64,
    /// Switches between threads.
    pub(super) switches: AtomicU64,
    /// System calls of threads that ran here, up to the last switch.
    pub(super) calls: AtomicU64,
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
            is_doubtful: AtomicBool::new(false),
            idle_time: AtomicU64::new(0),
            switches: AtomicU64::new(0),
            calls: AtomicU64::new(0),
        }
    }
}

pub static CORES: PerCore<Core> = PerCore::new([const { Core::new() }; MAX_CORES]);
/// Cores that run the scheduler.
pub static ONLINE: AtomicU32 = AtomicU32::new(0);
/// Cores that have nothing to run.
pub static IDLE: AtomicU32 = AtomicU32::new(0);

/// Puts a ready thread into the run queue of a core, and makes that core see it.
pub fn enqueue(thread: Arc<Thread>) {
    let mine = cpu::core_id();
    let cores = Cores {
        online: ONLINE.load(Ordering::Relaxed) & thread.attributes.cores(),
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

/// Makes a thread that may run on other cores than before look where it is.
pub fn doubt(thread: &Thread) {
    // Wherever it is by now: a core that looks in vain loses nothing.
    for core in CORES.iter() {
        core.is_doubtful.store(true, Ordering::Relaxed);
    }
    thread.work.add(Task::Place);
    kick(thread);
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
    let slice_end = (state.queue.len() > 0).then(|| -> Option<u64> {
        let running = state.running.lock();
        let thread = running.current.as_ref().filter(|thread| !thread.is_idle())?;
        Some(running.since.saturating_add(thread.attributes.slice()))
    });
    // A slice that is over already interrupts the thread as soon as it is back in its program.
    let slice_end = slice_end.flatten();
    let first = match (deadline, slice_end) {
        (Some(deadline), Some(slice_end)) => Some(deadline.min(slice_end)),
        (deadline, slice_end) => deadline.or(slice_end),
    };
    clock::set_deadline(first);
}

/// Whether the running thread has to leave the core: it has used its slice up and another waits,
/// or it may not run here any more.
pub fn slice_is_used() -> bool {
    let core = CORES.mine();
    let is_doubtful = core.is_doubtful.load(Ordering::Relaxed);
    let is_wanted = core.queue.len() > 0;
    let is_told = current().work.take(Task::Place);
    if !is_doubtful && !is_wanted && !is_told {
        return false;
    }
    let running = core.running.lock();
    let Some(thread) = &running.current else { return false };
    if is_doubtful || is_told {
        core.is_doubtful.store(false, Ordering::Relaxed);
        if thread.is_misplaced() {
            return true;
        }
    }
    is_wanted && clock::now() >= running.since + thread.attributes.slice()
}

/// A thread for this core: from its own queue, or from the longest queue of the others that has
/// one which may run here.
pub fn pick() -> Option<Arc<Thread>> {
    // One that was queued here may have been forbidden to run here since: it leaves after a slice.
    if let Some(thread) = CORES.mine().queue.pop() {
        return Some(thread);
    }
    let mine = cpu::core_id();
    let mut queues: [(usize, usize); MAX_CORES] =
        core::array::from_fn(|core| (CORES.get(core).map_or(0, |core| core.queue.len()), core));
    queues.sort_unstable_by(|one, other| other.cmp(one));
    let waiting = queues.into_iter().filter(|(length, _)| *length > 0);
    waiting.filter_map(|(_, core)| CORES.get(core)?.queue.pop_for(mine)).next()
}
