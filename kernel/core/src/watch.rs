//! The watch: a thread of the kernel on every core that gives a sign of life now and then. As long as all of them do, the
//! activity LED beats (`led=heartbeat` on the command line) and the board's watchdog is fed (`watchdog=SECONDS`).
//!
//! So both tell of every core: one that no longer leaves the kernel gives no sign. A thread that wakes stands before
//! those that wait for its core, so that no number of programs keeps it from that.
//!
//! Neither is on by itself: a timer that never ends would keep an emulator that counts instructions from ever resting,
//! and QEMU takes the watchdog's first meal for a reset.

use crate::board::board;
use crate::boot;
use crate::light::HEARTBEAT;
use crate::sched::{self, Thread, ThreadEntry};
use arch::{clock, cpu};
use core::ops::RangeInclusive;
use core::sync::atomic::{AtomicU32, Ordering};
use core::time::Duration;

/// What a board can count, less than which would bite a kernel that is merely busy.
const PATIENCE: RangeInclusive<Duration> = Duration::from_secs(5)..=Duration::from_secs(15);

/// How often a core gives a sign.
const PERIOD: Duration = Duration::from_secs(2);

/// A bit for each core that has given a sign.
static SIGNS: AtomicU32 = AtomicU32::new(0);

/// How long the board waits for a sign of life, if it is to wait for one.
fn patience() -> Option<Duration> {
    Some(boot::seconds("watchdog")?.clamp(*PATIENCE.start(), *PATIENCE.end()))
}

/// Feeds the watchdog for the first time: a boot that hangs ends, too.
pub fn arm() {
    if let Some(patience) = patience() {
        log::info!("the board restarts after {} s without a sign of life", patience.as_secs());
        board().feed_watchdog(patience);
    }
}

/// Makes the first of the threads, if there is anything for them to do.
pub fn begin() {
    if patience().is_some() || is_beating() {
        make(1 << cpu::core_id(), lead);
    }
}

fn is_beating() -> bool {
    boot::option("led") == Some("heartbeat")
}

/// Makes a thread that runs on these cores; whether there is memory for it.
fn make(cores: u32, entry: ThreadEntry) -> bool {
    let made = Thread::serving(entry).map(|thread| {
        thread.set_cores(cores);
        thread.begin();
    });
    made.inspect_err(|error| log::warn!("a core is not watched: {error}")).is_ok()
}

/// The first thread: has the others made, and acts on the signs.
extern "C" fn lead(_: usize) -> ! {
    sched::begin_thread();
    let mine = 1 << cpu::core_id();
    // By then the other cores have come.
    sleep(PERIOD);
    let others = sched::online_cores() & !mine;
    let bits = (0..u32::BITS).map(|core| 1 << core).filter(|bit| others & bit != 0);
    let watched = bits.filter(|bit| make(*bit, sign)).fold(0, |all, bit| all | bit);
    loop {
        let lives = SIGNS.load(Ordering::Acquire) & watched == watched;
        if lives {
            SIGNS.store(0, Ordering::Release);
            if let Some(patience) = patience() {
                board().feed_watchdog(patience);
            }
        }
        for (light, time) in HEARTBEAT {
            if lives && is_beating() {
                board().show(light);
            }
            sleep(time);
        }
    }
}

/// The other threads: each is a sign of its core.
extern "C" fn sign(_: usize) -> ! {
    sched::begin_thread();
    loop {
        SIGNS.fetch_or(1 << cpu::core_id(), Ordering::AcqRel);
        sleep(PERIOD);
    }
}

fn sleep(time: Duration) {
    let end = clock::now() + time.as_nanos() as u64;
    while clock::now() < end {
        sched::park(Some(end));
    }
}
