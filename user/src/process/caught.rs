//! Signals that a program only notes, to act on them when it comes to it.

use crate::error::{Context, Result};
use crate::syscall::process as call;
use abi::Errno;
use abi::signal::{SIG_BLOCK, SIG_SETMASK, signal_bit};
use alloc::format;
use core::sync::atomic::{AtomicU64, Ordering};

/// The signals that came: bit n - 1 for signal n.
static CAUGHT: AtomicU64 = AtomicU64::new(0);

extern "C" fn note(signal: i32) {
    if let Ok(number @ 1..=64) = u32::try_from(signal) {
        CAUGHT.fetch_or(signal_bit(number), Ordering::Relaxed);
    }
}

/// Has a signal noted from now on; it also interrupts calls that wait.
pub fn catch_signal(signal: u32) -> Result<()> {
    // SAFETY: the function only sets a bit in one atomic word.
    unsafe { call::rt_sigaction_handler(signal, note) }.context(format!("signal {signal}"))
}

/// The signals that came since the last time: bit n - 1 for signal n.
pub fn take_caught() -> u64 {
    CAUGHT.swap(0, Ordering::Relaxed)
}

/// Those of these signals that came since the last time.
pub fn take_caught_of(signals: u64) -> u64 {
    CAUGHT.fetch_and(!signals, Ordering::Relaxed) & signals
}

/// Has signals that were taken count as not taken.
pub fn put_back_caught(signals: u64) {
    CAUGHT.fetch_or(signals, Ordering::Relaxed);
}

/// Whether one of these signals came that nobody has taken yet.
pub fn has_caught(signals: u64) -> bool {
    CAUGHT.load(Ordering::Relaxed) & signals != 0
}

/// The signals that are blocked.
pub fn blocked_signals() -> u64 {
    call::rt_sigprocmask(SIG_BLOCK, 0).unwrap_or(0)
}

/// Runs `body` while signals are blocked, so that none comes between a look and a wait.
pub fn signals_blocked<T>(signals: u64, body: impl FnOnce() -> T) -> T {
    // The sets are words of this program, so neither call can fail.
    let before = call::rt_sigprocmask(SIG_BLOCK, signals).unwrap_or(0);
    let result = body();
    let _ = call::rt_sigprocmask(SIG_SETMASK, before);
    result
}

/// Waits for one of these signals, which are blocked, and takes it.
pub fn wait_signal(signals: u64) -> u32 {
    loop {
        match call::rt_sigtimedwait(signals) {
            Err(Errno::EINTR | Errno::EAGAIN) => {}
            outcome => return outcome.unwrap_or(0),
        }
    }
}
