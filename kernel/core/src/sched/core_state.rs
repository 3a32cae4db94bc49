//! What each core is doing, and which core a ready thread goes to.

use super::core_choice::Cores;
use super::current::current;
use super::idle::IdleCores;
use super::run_queue::{RunQueue, Slice};
use super::thread::Thread;
use super::timers::{NEVER, Timers};
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
    /// When the timer interrupts the core, in ticks; [`NEVER`] if it does not.
    armed: AtomicU64,
    /// When the slice of the thread that runs began, in ticks.
    pub(super) slice_began: AtomicU64,
    /// Whether the running thread may have been forbidden to run here.
    pub(super) is_doubtful: AtomicBool,
    /// Ticks without a thread to run, up to the last switch.
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
}

impl Core {
    const fn new() -> Self {
        Self {
            running: Lock::new(Rank::Core, Running { current: None, previous: None, idle: None }),
            queue: RunQueue::new(),
            timers: Timers::new(),
            armed: AtomicU64::new(NEVER),
            slice_began: AtomicU64::new(0),
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
pub static IDLE: IdleCores = IdleCores::new();

/// How a thread comes to wait for a core.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Arrival {
    /// The running thread, or an interrupt, has woken it, or it has lent its core to the running one.
    Woken,
    /// It is new, or has had its turn.
    Last,
}

/// Puts a ready thread into the run queue of a core, and makes that core see it.
pub fn enqueue(thread: Arc<Thread>, arrival: Arrival) {
    let mine = cpu::core_id();
    let allowed = ONLINE.load(Ordering::Relaxed) & thread.attributes.cores();
    let target = if allowed == 1 << mine { mine } else { choose(&thread, allowed, mine) };
    let Some(core) = CORES.get(target) else { return };
    if IDLE.get() & 1 << target != 0 {
        // Claimed: the next thread that becomes ready looks for another idle core.
        IDLE.leave(1 << target);
    }
    if target != mine {
        core.queue.push(thread);
        board().send_ipi(1 << target);
        return;
    }
    let waiting = match arrival {
        Arrival::Woken => core.queue.push_woken(thread),
        Arrival::Last => core.queue.push(thread),
    };
    if waiting == 1 {
        // For more of them the end of the slice is set already.
        core.arm_timer();
    }
    // A core that went idle meanwhile has looked at this queue too early.
    let idle = IDLE.after_queueing() & allowed & !(1 << mine);
    if idle != 0 {
        board().send_ipi(1 << idle.trailing_zeros());
    }
}

/// Whether a new thread would have to wait for this core: no other one is free for it, or has fewer
/// that wait.
pub fn is_best_here(thread: &Thread) -> bool {
    let mine = cpu::core_id();
    let allowed = ONLINE.load(Ordering::Relaxed) & thread.attributes.cores();
    allowed == 1 << mine || choose(thread, allowed, mine) == mine
}

#[inline(never)]
fn choose(thread: &Thread, online: u32, mine: usize) -> usize {
    let idle = IDLE.get();
    let last = thread.last_core() as usize % MAX_CORES;
    let waiting =
        || core::array::from_fn(|core| CORES.get(core).map_or(0, |core| core.queue.len()));
    Cores { online, idle }.choose(last, mine, waiting)
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
    let core = thread.place.to_interrupt() as usize;
    if core != cpu::core_id() {
        board().send_ipi(1 << core);
    }
}

impl Core {
    /// Lets the timer interrupt this core, whose state this is, at a count of the clock's ticks.
    pub(super) fn set_timer(&self, ticks: u64) {
        self.armed.store(ticks, Ordering::Relaxed);
        clock::set_deadline((ticks != NEVER).then_some(ticks));
    }

    /// When the timer is needed: at the first deadline, or at the end of the slice if somebody waits
    /// for the core.
    fn timer_needed(&self) -> u64 {
        let deadline = self.timers.first();
        if self.queue.len() == 0 {
            return deadline;
        }
        let thread = current();
        if thread.is_idle() {
            return deadline;
        }
        let began = self.slice_began.load(Ordering::Relaxed);
        deadline.min(began.saturating_add(thread.attributes.slice()))
    }

    /// Sees to it that the timer interrupts this core, whose state this is, when that is needed.
    ///
    /// It may do so earlier: setting it costs more than to compare, and to be asked once more each
    /// slice is cheaper than to set it at each switch. A slice that is over already interrupts the
    /// thread as soon as it is back in its program.
    pub(super) fn arm_timer(&self) {
        self.arm_timer_for(self.timer_needed());
    }

    /// The same for a time that is known to be needed.
    #[inline]
    pub(super) fn arm_timer_for(&self, needed: u64) {
        if needed < self.armed.load(Ordering::Relaxed) {
            self.set_timer(needed);
        }
    }
}

/// Sees to it that this core's timer interrupts it when that is needed; called on the way out of an
/// interrupt, on which a thread whose slice is over leaves the core anyhow.
pub fn arm_timer() {
    let core = CORES.mine();
    let needed = core.timer_needed();
    if needed > clock::ticks() {
        core.arm_timer_for(needed);
    }
}

/// Sets the timer to just what is needed: a core that rests is not to be disturbed.
pub(super) fn arm_timer_to_rest() {
    let core = CORES.mine();
    let needed = core.timer_needed();
    if needed != core.armed.load(Ordering::Relaxed) {
        core.set_timer(needed);
    }
}

/// Whether the running thread has to leave the core: it has used its slice up and another waits,
/// or it may not run here any more.
pub fn slice_is_used() -> bool {
    let core = CORES.mine();
    let is_doubtful = core.is_doubtful.load(Ordering::Relaxed);
    let is_wanted = core.queue.len() > 0;
    let thread = current();
    let is_told = thread.work.take(Task::Place);
    if !is_doubtful && !is_wanted && !is_told {
        return false;
    }
    if is_doubtful || is_told {
        core.is_doubtful.store(false, Ordering::Relaxed);
        if thread.is_misplaced() {
            return true;
        }
    }
    let used = clock::ticks().wrapping_sub(core.slice_began.load(Ordering::Relaxed));
    is_wanted && used >= thread.attributes.slice()
}

/// A thread for this core, and how long it may run: from its own queue, or from another core's.
// One that was queued here may have been forbidden to run here since: it leaves after a slice.
pub fn pick(core: &Core) -> Option<(Arc<Thread>, Slice)> {
    core.queue.pop().or_else(|| Some((pick_elsewhere()?, Slice::Own)))
}

/// As [`pick`], for a thread that leaves because its turn is over: nobody inherits that.
pub fn pick_in_turn(core: &Core) -> Option<Arc<Thread>> {
    core.queue.pop_in_turn().or_else(pick_elsewhere)
}

/// From the longest queue of the others that has one which may run here.
fn pick_elsewhere() -> Option<Arc<Thread>> {
    if CORES.iter().all(|core| core.queue.len() == 0) {
        return None;
    }
    let mine = cpu::core_id();
    let mut queues: [(usize, usize); MAX_CORES] =
        core::array::from_fn(|core| (CORES.get(core).map_or(0, |core| core.queue.len()), core));
    queues.sort_unstable_by(|one, other| other.cmp(one));
    let waiting = queues.into_iter().filter(|(length, _)| *length > 0);
    waiting.filter_map(|(_, core)| CORES.get(core)?.queue.pop_for(mine)).next()
}
