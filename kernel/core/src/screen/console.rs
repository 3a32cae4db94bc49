//! The kernel's messages on the screen, for as long as no process has it.
//!
//! A thread of the kernel's own reads them from the log and draws: whoever logs something does not wait for that, and
//! the boot is over before the screen has shown it.

use super::text::TextWriter;
use super::{Screen, screen};
use crate::kernel_log;
use crate::sched::{self, SleepLock, Thread, WaitQueue};
use arch::clock;
use core::fmt::Write;
use core::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// Of the log, what is shown when a process gives the screen back.
const TAIL: u64 = 4096;
const PIECE: usize = 256;
/// From a message until it is drawn, in nanoseconds: those that come together are drawn together, and the first
/// programs do not share their cores with it.
const PAUSE: u64 = 100_000_000;

struct State {
    /// How much of the log is on the screen.
    shown: u64,
    /// Open files that have the screen.
    takers: u32,
    /// Whether a process has had the screen since messages were last shown.
    was_taken: bool,
    writer: Option<TextWriter>,
}

static STATE: SleepLock<State> =
    SleepLock::new(State { shown: 0, takers: 0, was_taken: false, writer: None });
/// Views that can draw: they may outlive the files that they were made from.
static VIEWS: AtomicU32 = AtomicU32::new(0);
static WORK: WaitQueue = WaitQueue::new();
static HAS_WORK: AtomicBool = AtomicBool::new(false);
static IS_STARTED: AtomicBool = AtomicBool::new(false);

/// There may be something to show; no lock may be held that comes behind a wait queue's.
pub fn follow_log() {
    HAS_WORK.store(true, Ordering::Release);
    WORK.wake_one();
}

/// Has messages shown from now on; called once there are threads. Without memory for it the screen stays dark.
pub fn begin() {
    if screen().is_some()
        && !IS_STARTED.swap(true, Ordering::AcqRel)
        && let Ok(thread) = Thread::serving(serve)
    {
        thread.begin();
    }
}

/// A process has the screen for itself.
pub fn take() {
    let mut state = STATE.lock();
    state.takers += 1;
    state.was_taken = true;
    state.writer = None;
}

/// It has not any more; messages are shown again when there is neither such a file nor a view that can draw.
pub fn give_back() {
    STATE.lock().takers -= 1;
    follow_log();
}

/// A view begins that can draw.
pub fn view_begun() {
    VIEWS.fetch_add(1, Ordering::AcqRel);
}

/// It has ended; may be called with locks of address spaces held.
pub fn view_ended() {
    if VIEWS.fetch_sub(1, Ordering::AcqRel) == 1 {
        follow_log();
    }
}

extern "C" fn serve(_: usize) -> ! {
    sched::begin_thread();
    let screen = screen().expect("invariant: the thread is made where there is a screen");
    loop {
        let news = || HAS_WORK.swap(false, Ordering::AcqRel).then_some(());
        // Nothing ever interrupts a thread of the kernel.
        let _ = WORK.wait_until(None, news);
        let _ = WORK.wait_until(Some(clock::now() + PAUSE), || None::<()>);
        while STATE.lock().show_piece(screen) {
            sched::yield_now();
        }
    }
}

impl State {
    /// Draws some of what is not shown yet; whether that was anything.
    fn show_piece(&mut self, screen: &'static Screen) -> bool {
        if self.takers > 0 || VIEWS.load(Ordering::Acquire) > 0 {
            return false;
        }
        if core::mem::take(&mut self.was_taken) {
            self.shown = kernel_log::end().saturating_sub(TAIL);
            screen.show_from(0);
        }
        let mut piece = [0; PIECE];
        let Some(length) = kernel_log::read(self.shown, &mut piece) else {
            // More has come than the log holds: what is left of it is shown.
            self.shown = kernel_log::end().saturating_sub(TAIL);
            return true;
        };
        let piece = &piece[..length];
        // Whole lines, as long as there are any: the rest comes with the next piece.
        let length = piece.iter().rposition(|byte| *byte == b'\n').map_or(length, |at| at + 1);
        let writer = self.writer.get_or_insert_with(|| TextWriter::for_messages(screen));
        for part in piece[..length].utf8_chunks() {
            let Ok(()) = writer.write_str(part.valid()) else { break };
        }
        self.shown += length as u64;
        length > 0
    }
}
