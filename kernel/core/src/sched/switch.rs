//! Leaving one thread and going on with another.
#![allow(unsafe_code, reason = "the switch of stacks is the scheduler's one unsafe step")]

use super::core_state::{
    Arrival, CORES, Core, IDLE, ONLINE, arm_timer_to_rest, enqueue, is_best_here, pick,
    pick_in_turn,
};
use super::current::{current, set_current};
use super::run_queue::Slice;
use super::state::Step;
use super::thread::Thread;
use super::work::Task;
use crate::kernel_log;
use crate::mm::frames::{self, Claim};
use crate::process;
use crate::sync::assert_nothing_held;
use alloc::sync::Arc;
use arch::clock;
use arch::context::{self, ThreadContext};
use arch::cpu;
use core::cell::UnsafeCell;
use core::sync::atomic::{AtomicU64, Ordering};

/// A thread's saved registers: touched only by the core that leaves or enters the thread.
pub struct ContextCell(UnsafeCell<ThreadContext>);

// SAFETY: the contents are reached through `get_mut` by a sole owner, or through `pointer` by
// `switch_to`; the thread's state machine lets one core at a time do that.
unsafe impl Sync for ContextCell {}
// SAFETY: saved registers mean the same on every core.
unsafe impl Send for ContextCell {}

impl ContextCell {
    /// Around a context.
    pub const fn new(context: ThreadContext) -> Self {
        Self(UnsafeCell::new(context))
    }

    /// The context of a thread that nobody else knows yet.
    pub fn get_mut(&mut self) -> &mut ThreadContext {
        self.0.get_mut()
    }

    const fn pointer(&self) -> *mut ThreadContext {
        self.0.get()
    }
}

/// Makes the code that runs on this core its idle thread.
pub fn start() {
    let core = cpu::core_id();
    let idle = Arc::new(Thread::idle(core));
    idle.running_since.store(clock::ticks(), Ordering::Relaxed);
    let mut running = CORES.mine().running.lock();
    set_current(&idle);
    // A core refers to its idle thread for ever.
    core::mem::forget(idle.clone());
    running.current = Some(idle.clone());
    running.idle = Some(idle);
    drop(running);
    ONLINE.fetch_or(1 << core, Ordering::AcqRel);
}

/// Runs threads, and waits for interrupts when there are none; the idle thread's whole life.
pub fn idle_loop() -> ! {
    let bit = 1_u32 << cpu::core_id();
    loop {
        let core = CORES.mine();
        if let Some((thread, slice)) = pick(core) {
            IDLE.leave(bit);
            switch_to(core, thread, slice);
            continue;
        }
        // A thread that writes to the log and then waits tells nobody itself.
        kernel_log::announce();
        // Whoever queues a thread after this sees the bit and sends an interrupt; whoever queued
        // one before is found by looking once more.
        if !IDLE.enter(bit) {
            continue;
        }
        arm_timer_to_rest();
        cpu::wait_for_interrupt();
        cpu::take_interrupts();
    }
}

/// Waits until somebody unparks this thread, or until the deadline; may return early.
pub fn park(deadline: Option<u64>) {
    let thread = current();
    let timer = deadline.map(|at| CORES.mine().timers.add(at, thread.to_arc()));
    if thread.state.park() == Step::Switch {
        leave();
    }
    if let Some(timer) = timer {
        timer.cancel();
    }
}

/// Lets other threads have the core, if any wait for it; leaves it if it may not run there.
pub fn yield_now() {
    let core = CORES.mine();
    let thread = current();
    let Some(next) = pick_in_turn(core).or_else(|| {
        // It must not go on here.
        if thread.is_misplaced() { core.running.lock().idle.clone() } else { None }
    }) else {
        return;
    };
    thread.state.yield_core();
    switch_to(core, next, Slice::Own);
}

/// Lets a new thread run, the only one of a child of the calling process: at once in place of the
/// caller, which goes on right after it, unless another core is free for it.
///
/// Most children soon end or run a program of their own. One that did so before the parent goes on
/// shares no memory with it any more that would have to be copied, and need not be waited for.
pub fn begin_child(thread: Arc<Thread>) {
    if is_best_here(&thread) {
        current().state.lend_core();
        switch_to(CORES.mine(), thread, Slice::Inherited);
    } else {
        thread.begin();
    }
}

/// Ends the running thread.
pub fn end_thread() -> ! {
    end_thread_for(None)
}

/// Ends the running thread; if the other one is parked it goes on here, before all that wait for the
/// core, as if it had been woken.
pub fn end_thread_for(heir: Option<Arc<Thread>>) -> ! {
    current().state.end();
    match heir.filter(|heir| heir.state.unpark() == Step::Enqueue) {
        Some(heir) if heir.attributes.cores() & 1 << cpu::core_id() != 0 => {
            switch_to(CORES.mine(), heir, Slice::Inherited);
        }
        Some(heir) => {
            enqueue(heir, Arrival::Woken);
            leave();
        }
        None => leave(),
    }
    unreachable!("an ended thread was chosen to run")
}

/// Goes on with another thread; the state of the running one says what becomes of it.
fn leave() {
    let core = CORES.mine();
    let idle = || Some((core.running.lock().idle.clone()?, Slice::Own));
    let next = pick(core).or_else(idle);
    let (next, slice) = next.expect("invariant: every core has an idle thread");
    switch_to(core, next, slice);
}

/// Goes on with another thread on this core, whose state `core` is.
fn switch_to(core: &Core, next: Arc<Thread>, slice: Slice) {
    assert_nothing_held();
    frames::set_claim(claim_of(&next));
    next.state.chosen();
    next.place.take_to(cpu::core_id() as u32);
    if next.is_misplaced() {
        core.is_doubtful.store(true, Ordering::Relaxed);
        next.work.add(Task::Place);
    }
    let half = next.lower_half();
    let mut running = core.running.lock();
    let Some(previous) = running.current.take() else { return };
    let now = account(core, &previous, &next);
    if slice == Slice::Own || previous.is_idle() {
        core.slice_began.store(now, Ordering::Relaxed);
    }
    let from = previous.context.pointer();
    let to = next.context.pointer();
    set_current(&next);
    running.current = Some(next);
    running.previous = Some(previous);
    drop(running);
    arch::space::activate(half);
    if core.queue.len() > 0 {
        core.arm_timer();
    }
    // SAFETY: both contexts live: `previous` holds one thread until the switch is complete,
    // `current` the other. `next` came from a run queue or is this core's idle thread, so no
    // other core runs it or can choose it; the state machine says the same of the one that leaves.
    unsafe { context::switch(from, to) };
    complete_switch();
}

/// Adds up the time that a thread has had, and its calls; returns the time in ticks. Nobody else adds
/// to these, so no exchanges are needed.
fn account(core: &Core, previous: &Thread, next: &Thread) -> u64 {
    let add =
        |to: &AtomicU64, value| to.store(to.load(Ordering::Relaxed) + value, Ordering::Relaxed);
    let now = clock::ticks();
    let time = now.wrapping_sub(previous.running_since.load(Ordering::Relaxed));
    add(if previous.is_idle() { &core.idle_time } else { &previous.cpu_time }, time);
    add(&core.calls, previous.take_calls());
    add(&core.switches, 1);
    previous.running_since.store(0, Ordering::Relaxed);
    next.running_since.store(now, Ordering::Relaxed);
    now
}

/// Without init nothing goes on, so lack of memory ends it last, and root's programs later than others'.
#[inline]
fn claim_of(thread: &Thread) -> Claim {
    match &thread.process {
        Some(process) if !process.credentials().is_root() => Claim::User,
        Some(process) if process.pid == process::INIT => Claim::Essential,
        _ => Claim::Root,
    }
}

/// The first thing on the new thread's stack: what becomes of the one that left.
fn complete_switch() {
    let previous = CORES.mine().running.lock().previous.take();
    let Some(previous) = previous else { return };
    match previous.state.left() {
        Step::Enqueue if previous.is_idle() => {}
        Step::Enqueue => enqueue(previous, Arrival::Last),
        Step::EnqueueNext => enqueue(previous, Arrival::Woken),
        Step::Release => process::thread_has_left(previous),
        Step::Nothing | Step::Switch => {}
    }
}

/// What a new thread calls before anything else.
pub fn begin_thread() {
    complete_switch();
}
