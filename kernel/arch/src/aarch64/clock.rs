//! Time by the generic timer: the virtual counter, and its one-shot interrupt on each core.
//!
//! All cores read the same counter (CNTVOFF_EL2 is 0). Its frequency is what the firmware says.
//! The interrupt is level-triggered and stays until the deadline is moved or switched off.

use super::vdso::ClockData;
use crate::rate::Rate;
use aarch64_cpu::asm::barrier;
use aarch64_cpu::registers::{
    CNTFRQ_EL0, CNTV_CTL_EL0, CNTV_CVAL_EL0, CNTVCT_EL0, Readable, Writeable,
};
use core::sync::atomic::{AtomicU32, AtomicU64, Ordering};

const NANOSECONDS: u64 = 1_000_000_000;
const ENABLE: u64 = 1;
const DISABLE: u64 = 0;
/// Each of the two conversions rounds down by less than one tick.
const ROUNDING_TICKS: u64 = 2;

/// A rate in a static: written once by core 0, before other cores run.
struct SharedRate {
    multiplier: AtomicU64,
    shift: AtomicU32,
}

impl SharedRate {
    const fn new() -> Self {
        Self { multiplier: AtomicU64::new(0), shift: AtomicU32::new(0) }
    }

    fn set(&self, rate: Rate) {
        self.multiplier.store(rate.multiplier(), Ordering::Relaxed);
        self.shift.store(rate.shift(), Ordering::Relaxed);
    }

    #[inline]
    fn convert(&self, value: u64) -> u64 {
        let multiplier = self.multiplier.load(Ordering::Relaxed);
        Rate::from_parts(multiplier, self.shift.load(Ordering::Relaxed)).convert(value)
    }
}

static TO_NANOSECONDS: SharedRate = SharedRate::new();
static TO_TICKS: SharedRate = SharedRate::new();
static BOOT_TICKS: AtomicU64 = AtomicU64::new(0);

/// Reads the counter's frequency and lets time begin.
///
/// # Panics
///
/// If the firmware left the frequency at 0.
pub(super) fn set_up() {
    let frequency = CNTFRQ_EL0.get();
    let rates = Rate::new(frequency, NANOSECONDS).zip(Rate::new(NANOSECONDS, frequency));
    let (to_nanoseconds, to_ticks) =
        rates.expect("the firmware did not set the frequency of the counter");
    TO_NANOSECONDS.set(to_nanoseconds);
    TO_TICKS.set(to_ticks);
    BOOT_TICKS.store(counter(), Ordering::Relaxed);
}

/// Nanoseconds since boot: never goes back, and is the same on all cores.
#[inline]
pub fn now() -> u64 {
    TO_NANOSECONDS.convert(counter().wrapping_sub(BOOT_TICKS.load(Ordering::Relaxed)))
}

/// The counter: what is measured often is measured in its ticks, and converted when somebody asks.
#[inline]
pub fn ticks() -> u64 {
    counter()
}

/// Nanoseconds in that many ticks.
#[inline]
pub fn nanoseconds_in(ticks: u64) -> u64 {
    TO_NANOSECONDS.convert(ticks)
}

/// Ticks in that many nanoseconds.
#[inline]
pub fn ticks_in(nanoseconds: u64) -> u64 {
    TO_TICKS.convert(nanoseconds)
}

/// What the counter is when [`now`] has reached a time, or a little more.
pub fn ticks_at(time: u64) -> u64 {
    let since_boot = TO_TICKS.convert(time).saturating_add(ROUNDING_TICKS);
    since_boot.saturating_add(BOOT_TICKS.load(Ordering::Relaxed))
}

/// What code in user mode needs to tell the same time.
pub fn data_for_programs() -> ClockData {
    let shift = TO_NANOSECONDS.shift.load(Ordering::Relaxed);
    // The code shifts by less than a word; the counter of no board needs more.
    let is_fit = (1..u64::BITS).contains(&shift);
    let multiplier = if is_fit { TO_NANOSECONDS.multiplier.load(Ordering::Relaxed) } else { 0 };
    ClockData {
        boot: BOOT_TICKS.load(Ordering::Relaxed),
        multiplier,
        shift: shift.into(),
        offset: 0,
    }
}

/// Lets the timer interrupt this core when the counter is there, at once if it is; `None` for never.
pub fn set_deadline(ticks: Option<u64>) {
    if let Some(ticks) = ticks {
        CNTV_CVAL_EL0.set(ticks);
        CNTV_CTL_EL0.set(ENABLE);
    } else {
        CNTV_CTL_EL0.set(DISABLE);
    }
    barrier::isb(barrier::SY);
}

/// The counter itself.
#[inline]
pub(super) fn counter() -> u64 {
    // The counter may otherwise be read before what precedes this in the program.
    barrier::isb(barrier::SY);
    CNTVCT_EL0.get()
}
