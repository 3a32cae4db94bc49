//! All other cores at rest for a moment, so that one can look at everything as it is in one instant.
//!
//! A core comes to stand where it takes interrupts: out of a program, while it idles, or where long work
//! rests. There it holds no lock, so whoever looks finds every lock free, and what locks guard whole.
//! What a thread has in hand in the middle of a call that waits or rests may still be under way.

use super::core_state::ONLINE;
use crate::board::board;
use crate::sync::assert_nothing_held;
use arch::cpu;
use core::hint::spin_loop;
use core::sync::atomic::{AtomicU8, AtomicU32, Ordering};

/// Everybody goes on.
const NOBODY: u8 = 0;
/// A core wants the others to stand.
const WANTED: u8 = 1;
/// It has looked, and waits until all have gone on.
const OVER: u8 = 2;

/// Nobody else does anything while this is there.
pub struct Standstill(());

#[cfg(test)]
impl Standstill {
    /// For a test whose threads are nobody else's.
    pub const fn of_test() -> Self {
        Self(())
    }
}

static STAGE: AtomicU8 = AtomicU8::new(NOBODY);
/// A bit for each core that stands.
static STANDING: AtomicU32 = AtomicU32::new(0);

/// Calls `look` while no other core does anything; called without locks.
pub fn while_all_stand_still<T>(look: impl FnOnce(&Standstill) -> T) -> T {
    assert_nothing_held();
    while STAGE.compare_exchange(NOBODY, WANTED, Ordering::Acquire, Ordering::Relaxed).is_err() {
        // Another core has asked first, and waits for this one.
        stand_if_wanted();
        spin_loop();
    }
    let others = ONLINE.load(Ordering::Relaxed) & !(1 << cpu::core_id());
    board().send_ipi(others);
    while STANDING.load(Ordering::Acquire) != others {
        spin_loop();
    }
    let outcome = look(&Standstill(()));
    STAGE.store(OVER, Ordering::Release);
    while STANDING.load(Ordering::Acquire) != 0 {
        spin_loop();
    }
    STAGE.store(NOBODY, Ordering::Release);
    outcome
}

/// Stands still for as long as another core wants that.
pub fn stand_if_wanted() {
    if STAGE.load(Ordering::Acquire) != WANTED {
        return;
    }
    let bit = 1 << cpu::core_id();
    STANDING.fetch_or(bit, Ordering::Release);
    while STAGE.load(Ordering::Acquire) == WANTED {
        spin_loop();
    }
    STANDING.fetch_and(!bit, Ordering::Release);
}
