//! Signal handlers: that they are called, with what, and what they leave behind.

use crate::os::{Handled, LOG, SECOND, note, set_of};
use crate::{Checks, os, touch};
use abi::process::ExitStatus;
use abi::signal::{
    ActionFlags, AlternateStack, MINIMUM_STACK, SI_QUEUE, SI_TKILL, SI_USER, SIG_DFL, SIG_IGN,
    Signal, SignalAction, SignalInfo, StackFlags, UserContext, signal_bit,
};
use abi::{Errno, Sysno};
use core::arch::asm;
use core::sync::atomic::{AtomicU64, Ordering};

const USR1: u32 = Signal::USR1 as u32;
const USR2: u32 = Signal::USR2 as u32;
const NONE: ActionFlags = ActionFlags::empty();

/// The checks.
pub fn run(checks: &mut Checks) {
    called(checks);
    masks(checks);
    queues(checks);
    flags(checks);
    registers(checks);
    stacks(checks);
    actions(checks);
    inheritance(checks);
}

fn reset(number: u32) {
    let _ = os::set_action(number, &SignalAction::default());
    LOG.clear();
}

fn called(checks: &mut Checks) {
    let own = os::own_id();
    checks.equal("a handler is set", os::handle(USR1, note, NONE, 0), Ok(0));
    let _ = os::kill(own as i64, USR1.into());
    let sent = Handled { number: 10, code: SI_USER, detail: own };
    checks.equal("a signal to oneself arrives before the call returns", LOG.count(), 1);
    checks.equal("with its number, its code and its sender", LOG.get(0), sent);
    LOG.clear();
    let _ = os::raise(Signal::USR1);
    checks.equal("tgkill says so", LOG.get(0), Handled { code: SI_TKILL, ..sent });
    LOG.clear();
    let _ = os::call(Sysno::Tkill, [own, USR1.into()]);
    checks.equal("tkill too", LOG.get(0), Handled { code: SI_TKILL, ..sent });
    LOG.clear();
    let _ = os::queue(own, USR1, 0x1234_5678_9ABC);
    let queued = Handled { number: 10, code: SI_QUEUE, detail: 0x1234_5678_9ABC };
    checks.equal("sigqueue hands its value over", LOG.get(0), queued);
    LOG.clear();
    let child = os::start_child(|| {
        let _ = os::kill(own as i64, USR1.into());
        0
    });
    let child = checks.value("a child", child);
    checks.that("a child's signal comes", os::until(5 * SECOND, || LOG.count() == 1));
    checks.equal("with the child's number", LOG.get(0).detail, child);
    os::wait_for_all();
    reset(USR1);
}

fn masks(checks: &mut Checks) {
    let (first, second) = (signal_bit(USR1), signal_bit(USR2));
    for number in [USR1, USR2] {
        let _ = os::handle(number, note, NONE, 0);
    }
    checks.equal("nothing is blocked", os::set_mask(first | second), Ok(0));
    for signal in [Signal::USR2, Signal::USR1, Signal::USR1] {
        let _ = os::raise(signal);
    }
    checks.equal("blocked signals wait", (LOG.count(), os::pending()), (0, Ok(first | second)));
    checks.equal("one is let through", os::set_mask(second), Ok(first | second));
    checks.equal("and comes once", LOG.numbers(), [10, 0]);
    checks.equal("the other waits", os::pending(), Ok(second));
    let _ = os::set_mask(0);
    checks.equal("and then comes", LOG.numbers(), [10, 12, 0]);
    let all = os::set_mask(u64::MAX).and_then(|_| os::set_mask(0));
    let unblockable = set_of(&[Signal::KILL, Signal::STOP]);
    checks.equal("KILL and STOP are never blocked", all, Ok(!unblockable));
    LOG.clear();
    // While the handler of one runs, the other is blocked.
    let _ = os::handle(USR1, nest, NONE, second);
    let _ = os::raise(Signal::USR1);
    checks.equal("the mask of the action and the signal itself wait", LOG.numbers(), [1, 12, 10]);
    let _ = os::handle(USR1, nest, ActionFlags::NO_DEFER, 0);
    LOG.clear();
    let _ = os::raise(Signal::USR1);
    checks.equal("a handler can be interrupted", LOG.numbers(), [12, 10, 2]);
    reset(USR1);
    reset(USR2);
}

/// Sends two signals, and notes how many calls there were before and, with a number of its own,
/// that it is over.
extern "C" fn nest(_: u64, _: &SignalInfo, _: &mut UserContext) {
    let before = LOG.count();
    if before == 0 {
        let _ = os::raise(Signal::USR2);
    }
    let _ = os::handle(USR1, note, NONE, 0);
    let _ = os::raise(Signal::USR1);
    let waits = LOG.count() == before;
    LOG.note(Handled { number: if waits { 1 } else { 2 }, code: 0, detail: 0 });
}

fn queues(checks: &mut Checks) {
    let own = os::own_id();
    let (low, high) = (40, 50);
    let both = signal_bit(low) | signal_bit(high);
    let _ = os::set_mask(both);
    for number in [low, high] {
        let _ = os::handle(number, note, NONE, both);
    }
    for (number, value) in [(high, 1), (low, 2), (high, 3), (low, 4)] {
        let _ = os::queue(own, number, value);
    }
    let _ = os::set_mask(0);
    let values = [0, 1, 2, 3].map(|index| (LOG.get(index).number, LOG.get(index).detail));
    let ordered = [(40, 2), (40, 4), (50, 1), (50, 3)];
    checks.equal("real-time signals queue, the lowest and the oldest first", values, ordered);
    let _ = os::set_mask(both);
    let mut sent = 0;
    let refused = loop {
        match os::queue(own, low, sent) {
            Ok(_) if sent < 100_000 => sent += 1,
            outcome => break outcome,
        }
    };
    checks.equal("the queue has an end", refused, Err(Errno::EAGAIN));
    checks.that("which is not near", sent >= 32);
    let _ = os::set_action(low, &SignalAction { handler: SIG_IGN, ..SignalAction::default() });
    checks.equal("ignoring forgets what waits", os::pending(), Ok(0));
    let _ = os::set_mask(0);
    reset(low);
    reset(high);
}

fn flags(checks: &mut Checks) {
    let _ = os::handle(USR1, note, ActionFlags::RESET, 0);
    let _ = os::raise(Signal::USR1);
    let now = os::set_action(USR1, &SignalAction::default());
    let handler = now.map(|action| action.handler);
    checks.equal("a handler for one time is gone", (LOG.count(), handler), (1, Ok(SIG_DFL)));
    LOG.clear();
    let restorer = touch::trampoline();
    let flags = (ActionFlags::INFO | ActionFlags::RESTORER).bits();
    let handler = note as *const () as u64;
    let _ = os::set_action(USR1, &SignalAction { handler, flags, restorer, mask: 0 });
    let _ = os::raise(Signal::USR1);
    checks.equal("a trampoline of the program's own serves", LOG.numbers(), [10, 0]);
    let asked = SignalAction { handler, flags: u64::MAX, restorer, mask: u64::MAX };
    let _ = os::set_action(USR1, &asked);
    let told = os::set_action(USR1, &SignalAction::default());
    let mask = !set_of(&[Signal::KILL, Signal::STOP]);
    checks.equal("what can't be blocked is not kept", told.map(|told| told.mask), Ok(mask));
    let known = told.map(|told| told.flags & 0xFFFF_FFFF & !0x400);
    checks.equal("flags without a meaning neither", known, Ok(ActionFlags::all().bits()));
    reset(USR1);
}

/// Spins until a handler has come between, with all vector registers and flags in use.
fn registers(checks: &mut Checks) {
    let _ = os::handle(USR1, spoil, NONE, 0);
    let parent = os::own_id();
    let sender = os::start_child(|| {
        for _ in 0..200 {
            let _ = os::kill(parent as i64, USR1.into());
            os::yield_core();
        }
        0
    });
    let mut wrong = 0;
    while LOG.count() < 200 && os::kill(checks.value("a sender", sender) as i64, 0).is_ok() {
        wrong += touch::keep_registers(200_000);
        if os::wait_for(-1, abi::process::WNOHANG).is_ok_and(|(ended, _)| ended != 0) {
            break;
        }
    }
    checks.that("handlers came between", LOG.count() > 0);
    checks.equal("and every register is as it was", wrong, 0);
    os::wait_for_all();
    let control = set_rounding(0x0080_0000);
    LOG.clear();
    let _ = os::raise(Signal::USR1);
    checks.equal("the rounding mode too", set_rounding(control), 0x0080_0000);
    reset(USR1);
}

fn set_rounding(control: u64) -> u64 {
    let before;
    // SAFETY: nothing here computes with floating point.
    unsafe { asm!("mrs {b}, fpcr", "msr fpcr, {c}", b = out(reg) before, c = in(reg) control) };
    before
}

/// A handler that leaves no register as it was.
extern "C" fn spoil(number: u64, _: &SignalInfo, _: &mut UserContext) {
    LOG.note(Handled { number, code: 0, detail: 0 });
    touch::spoil_registers();
    set_rounding(0);
}

static STACK_POINTER: AtomicU64 = AtomicU64::new(0);

/// Notes where it runs, and what the alternate stack is meanwhile.
extern "C" fn locate(number: u64, _: &SignalInfo, _: &mut UserContext) {
    let here = 0_u8;
    STACK_POINTER.store((&raw const here) as u64, Ordering::SeqCst);
    let seen = os::alternate_stack(None).map_or(99, |stack| stack.flags);
    let change = os::alternate_stack(Some(&AlternateStack::none()));
    let detail = u64::from(change == Err(Errno::EPERM));
    LOG.note(Handled { number, code: seen as i32, detail });
    if number == u64::from(USR1) {
        let _ = os::raise(Signal::USR2);
    }
}

fn stacks(checks: &mut Checks) {
    const BYTES: u64 = 4 * os::PAGE;
    let base = os::map(BYTES, os::ANONYMOUS);
    let stack = AlternateStack::new(base, BYTES, StackFlags::empty());
    let none = os::alternate_stack(Some(&stack)).map(|stack| stack.flags);
    checks.equal("at first there is none", none, Ok(StackFlags::DISABLE.bits()));
    let _ = os::handle(USR1, locate, ActionFlags::ON_STACK, 0);
    let _ = os::handle(USR2, locate, ActionFlags::ON_STACK, 0);
    let _ = os::raise(Signal::USR1);
    let used = Handled { number: 10, code: 1, detail: 1 };
    let both = [used, Handled { number: 12, ..used }];
    checks.equal("it is in use and can't be changed", [LOG.get(0), LOG.get(1)], both);
    let pointer = STACK_POINTER.load(Ordering::SeqCst);
    checks.that("the handlers ran on it", (base..base + BYTES).contains(&pointer));
    checks.equal("then it is free", os::alternate_stack(None), Ok(stack));
    LOG.clear();
    let _ = os::handle(USR2, locate, NONE, 0);
    let _ = os::raise(Signal::USR2);
    let pointer = STACK_POINTER.load(Ordering::SeqCst);
    checks.that("others run on their own", !(base..base + BYTES).contains(&pointer));
    let small = AlternateStack::new(base, MINIMUM_STACK - 1, StackFlags::empty());
    checks.equal("one too small", os::alternate_stack(Some(&small)), Err(Errno::ENOMEM));
    let odd = AlternateStack::new(base, BYTES, StackFlags::from_bits_retain(4));
    checks.equal("an unknown flag", os::alternate_stack(Some(&odd)), Err(Errno::EINVAL));
    let _ = os::alternate_stack(Some(&AlternateStack::none()));
    // Without any stack there is no way to call a handler.
    let status = os::in_child(|| {
        let _ = os::handle(Signal::SEGV as u32, note, NONE, 0);
        touch::raise_without_stack(USR1.into())
    });
    let ended = Ok(ExitStatus::Signalled(Signal::SEGV as u8));
    checks.equal("a stack that can't take the frame is a fault", status, ended);
    let _ = os::unmap(base, BYTES);
    reset(USR1);
    reset(USR2);
}

fn actions(checks: &mut Checks) {
    let action = SignalAction { handler: 0x1000, ..SignalAction::default() };
    for number in [0, 9, 19, 65] {
        let answer = os::set_action(number, &action);
        checks.equal("some signals have no handler", answer, Err(Errno::EINVAL));
    }
    let only_asked = os::call(Sysno::RtSigaction, [9, 0, 0, 8]);
    checks.equal("but can be asked about", only_asked, Ok(0));
    let bad = os::call(Sysno::RtSigprocmask, [3, (&raw const action) as u64, 0, 8]);
    checks.equal("an unknown way to block", bad, Err(Errno::EINVAL));
    checks.equal("is no matter without a set", os::call(Sysno::RtSigprocmask, [3, 0, 0, 8]), Ok(0));
    let own = os::own_id();
    for (call, arguments, error) in [
        (Sysno::Tgkill, [own, 0, 10], Errno::EINVAL),
        (Sysno::Tgkill, [own, own + 1_000_000, 10], Errno::ESRCH),
        (Sysno::Tgkill, [own, own, 65], Errno::EINVAL),
        (Sysno::Tkill, [0, 10, 0], Errno::EINVAL),
        (Sysno::Tkill, [own + 1_000_000, 10, 0], Errno::ESRCH),
        (Sysno::RtSigqueueinfo, [own, 10, 8], Errno::EFAULT),
    ] {
        checks.equal("bad arguments", os::call(call, arguments), Err(error));
    }
    let forged = os::in_child(|| {
        let info = SignalInfo::from_process(USR1, SI_USER, 1, 0);
        let parent = os::parent_id();
        let answer =
            os::call(Sysno::RtSigqueueinfo, [parent, USR1.into(), (&raw const info) as u64]);
        i32::from(answer != Err(Errno::EPERM))
    });
    checks.equal("nobody claims to be kill", forged, Ok(ExitStatus::Exited(0)));
}

fn inheritance(checks: &mut Checks) {
    let _ = os::handle(USR1, note, NONE, 0);
    let _ = os::set_mask(signal_bit(USR1));
    let _ = os::raise(Signal::USR1);
    let status = os::in_child(|| {
        let is_clean = os::pending() == Ok(0);
        let _ = os::raise(Signal::USR1);
        let _ = os::set_mask(0);
        i32::from(!is_clean) + 2 * i32::from(LOG.count() != 1)
    });
    let good = Ok(ExitStatus::Exited(0));
    checks.equal("a child has handlers and masks, and nothing pending", status, good);
    let _ = os::set_mask(0);
    checks.equal("the parent's stayed", LOG.count(), 1);
    reset(USR1);
}
