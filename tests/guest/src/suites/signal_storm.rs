//! Signals at any instant, nested in each other, over a program that uses all its registers.

use crate::os::{MILLISECOND, SECOND};
use crate::random::Random;
use crate::{Checks, os, touch};
use abi::process::{ExitStatus, WNOHANG};
use abi::signal::{
    ActionFlags, AlternateStack, SI_QUEUE, Signal, SignalInfo, StackFlags, UserContext,
};
use abi::time::ITIMER_REAL;
use core::sync::atomic::{AtomicU64, Ordering};

const SENDERS: u64 = 3;
const EACH: u64 = 400;
const NUMBERS: [u32; 4] = [40, 41, 42, Signal::USR1 as u32];
const GOOD: Result<ExitStatus, abi::Errno> = Ok(ExitStatus::Exited(0));

static HANDLED: AtomicU64 = AtomicU64::new(0);
static SUM: AtomicU64 = AtomicU64::new(0);
static WRONG: AtomicU64 = AtomicU64::new(0);

/// Adds the value up, and changes all registers.
extern "C" fn add(_: u64, info: &SignalInfo, _: &mut UserContext) {
    if info.code == SI_QUEUE {
        SUM.fetch_add(info.value(), Ordering::SeqCst);
        HANDLED.fetch_add(1, Ordering::SeqCst);
    }
    WRONG.fetch_or(touch::keep_registers(20), Ordering::SeqCst);
    touch::spoil_registers();
}

/// The checks.
pub fn run(checks: &mut Checks) {
    let status = os::in_child(storm);
    checks.equal("every queued signal is handled once, and no register changes", status, GOOD);
    let status = os::in_child(beat);
    checks.equal("an interval timer beats over a program that computes", status, GOOD);
    crate::frames::unchanged(checks, "a storm leaks nothing", || {
        let _ = os::in_child(storm);
    });
}

fn storm() -> i32 {
    const STACK: u64 = 64 * os::PAGE;
    let base = os::map(STACK, os::ANONYMOUS);
    let _ = os::alternate_stack(Some(&AlternateStack::new(base, STACK, StackFlags::empty())));
    for (index, number) in NUMBERS.into_iter().enumerate() {
        let on_stack = if index % 2 == 0 { ActionFlags::ON_STACK } else { ActionFlags::empty() };
        let _ = os::handle(number, add, on_stack | ActionFlags::RESTART, 0);
    }
    let target = os::own_id();
    for seed in 0..SENDERS {
        let _ = os::start_child(|| send(target, seed));
    }
    let mut wrong = 0;
    while os::wait_for(-1, WNOHANG).is_ok() {
        wrong |= touch::keep_registers(3000);
    }
    let expected = SENDERS * EACH * (EACH + 1) / 2;
    let is_complete =
        SUM.load(Ordering::SeqCst) == expected && HANDLED.load(Ordering::SeqCst) == SENDERS * EACH;
    let wrong = wrong | WRONG.load(Ordering::SeqCst);
    i32::from(!is_complete) + 2 * i32::from(wrong != 0)
}

/// Sends the numbers from 1 on as values of real-time signals, with others between them.
fn send(target: u64, seed: u64) -> i32 {
    let mut random = Random::new(seed);
    for value in 1..=EACH {
        let number = random.pick(&NUMBERS[..3]);
        while os::queue(target, number, value) == Err(abi::Errno::EAGAIN) {
            os::yield_core();
        }
        match random.below(8) {
            0 => os::ignore(os::kill(target as i64, Signal::USR1 as u64)),
            1 => os::ignore(os::kill(target as i64, Signal::STOP as u64)),
            2 => os::yield_core(),
            _ => {}
        }
        let _ = os::kill(target as i64, Signal::CONT as u64);
    }
    0
}

fn beat() -> i32 {
    let _ = os::handle(Signal::ALRM as u32, count, ActionFlags::empty(), 0);
    let _ = os::set_timer(ITIMER_REAL, 2000, 2000);
    let begin = os::now();
    let mut wrong = 0;
    while HANDLED.load(Ordering::SeqCst) < 50 && os::now() < begin + 20 * SECOND {
        wrong |= touch::keep_registers(5000);
    }
    let left = os::set_timer(ITIMER_REAL, 0, 0);
    let took = os::now() - begin;
    let is_kept = left.is_ok_and(|left| left.interval.microseconds == 2000);
    let beats = HANDLED.load(Ordering::SeqCst);
    let in_time = beats >= 50 && took >= 98 * MILLISECOND;
    i32::from(wrong != 0) + 2 * i32::from(!is_kept) + 4 * i32::from(!in_time)
}

extern "C" fn count(_: u64, _: &SignalInfo, _: &mut UserContext) {
    HANDLED.fetch_add(1, Ordering::SeqCst);
    touch::spoil_registers();
}
