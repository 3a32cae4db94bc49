//! The scheduler in figures.

use super::core_state::{CORES, ONLINE};
use abi::system::SystemInfo;
use arch::clock;
use core::sync::atomic::Ordering;

/// A bit for each core that runs.
pub fn online_cores() -> u32 {
    ONLINE.load(Ordering::Relaxed)
}

/// Fills in what the scheduler knows: uptime, idle times, switches, calls, cores, runnable threads.
pub fn statistics(info: &mut SystemInfo) {
    let now = clock::ticks();
    info.uptime = clock::now();
    info.cores = ONLINE.load(Ordering::Relaxed).count_ones();
    info.runnable = 0;
    info.switches = 0;
    info.calls = 0;
    for (core, idle) in CORES.iter().zip(info.idle.iter_mut()) {
        info.switches += core.switches.load(Ordering::Relaxed);
        let mut rested = core.idle_time.load(Ordering::Relaxed);
        info.runnable += core.queue.len() as u32;
        let running = core.running.lock();
        let calls = running.current.as_ref().map_or(0, |thread| thread.calls());
        info.calls += core.calls.load(Ordering::Relaxed) + calls;
        match &running.current {
            Some(thread) if thread.is_idle() => {
                rested += now.saturating_sub(thread.running_since.load(Ordering::Relaxed));
            }
            Some(_) => info.runnable += 1,
            None => {}
        }
        *idle = clock::nanoseconds_in(rested);
    }
}
