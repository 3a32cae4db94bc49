//! Faults that a handler hears of: with which signal, why and where; and those that it can't mend.

use crate::{Checks, os, start, touch};
use abi::memory::{MapFlags, Protection};
use abi::process::ExitStatus;
use abi::signal::{
    ActionFlags, AlternateStack, BUS_ADRALN, BUS_ADRERR, ILL_ILLOPC, SEGV_ACCERR, SEGV_MAPERR,
    SIG_IGN, Signal, SignalAction, SignalInfo, StackFlags, TRAP_BRKPT, UserContext, signal_bit,
};
use core::arch::asm;
use core::sync::atomic::{AtomicU64, Ordering};

const SIGNALS: [Signal; 4] = [Signal::SEGV, Signal::BUS, Signal::ILL, Signal::TRAP];
const NONE: ActionFlags = ActionFlags::empty();

/// What the last fault was: its signal, code and address.
static SEEN: [AtomicU64; 3] = [const { AtomicU64::new(0) }; 3];
/// Where the program goes on; 0 for the next instruction.
static GO_ON: AtomicU64 = AtomicU64::new(0);

/// Notes the fault, and goes on behind it or where it is told to.
extern "C" fn catch(number: u64, info: &SignalInfo, context: &mut UserContext) {
    let words = [number, info.code as u64, info.address()];
    SEEN.iter().zip(words).for_each(|(place, word)| place.store(word, Ordering::SeqCst));
    match GO_ON.load(Ordering::SeqCst) {
        0 => context.machine.pc += 4,
        place => context.machine.pc = place,
    }
}

fn seen() -> (u64, i32, u64) {
    let [number, code, address] = SEEN.each_ref().map(|word| word.swap(0, Ordering::SeqCst));
    (number, code as i32, address)
}

/// The checks.
pub fn run(checks: &mut Checks) {
    for signal in SIGNALS {
        let _ = os::handle(signal as u32, catch, NONE, 0);
    }
    accesses(checks);
    instructions(checks);
    for signal in SIGNALS {
        let _ = os::set_action(signal as u32, &SignalAction::default());
    }
    hopeless(checks);
    overflow(checks);
}

fn accesses(checks: &mut Checks) {
    let segv = Signal::SEGV as u64;
    touch::probe(0x18);
    checks.equal("a load from nothing", seen(), (segv, SEGV_MAPERR, 0x18));
    let page = os::map(os::PAGE, os::ANONYMOUS);
    let _ = os::protect(page, os::PAGE, Protection::READ);
    touch::store(page + 0x123, 1);
    checks.equal("a store to what only reads", seen(), (segv, SEGV_ACCERR, page + 0x123));
    let _ = os::protect(page, os::PAGE, Protection::empty());
    touch::probe(page + 8);
    checks.equal("a load from what forbids all", seen(), (segv, SEGV_ACCERR, page + 8));
    let _ = os::unmap(page, os::PAGE);
    touch::probe(page);
    checks.equal("a load from what is gone", seen(), (segv, SEGV_MAPERR, page));
    let file = checks.value("a file", os::create(c"/dev/shm/short", 0o600));
    let _ = os::set_length(file, os::PAGE);
    let view = os::map_file(file, 4 * os::PAGE, os::READ_WRITE, MapFlags::SHARED);
    let view = checks.value("a view", view);
    let beyond = view + 2 * os::PAGE + 16;
    touch::store(beyond, 1);
    checks.equal("behind a file's end", seen(), (Signal::BUS as u64, BUS_ADRERR, beyond));
    let _ = os::unmap(view, 4 * os::PAGE);
    let _ = (os::close(file), os::unlink(c"/dev/shm/short"));
}

/// Makes an instruction fault that its handler leaves by the label behind it; gives its address.
macro_rules! fault_at {
    ($instruction:literal) => {{
        let (place, behind): (u64, u64);
        // SAFETY: only the addresses are taken.
        unsafe {
            asm!(
                "adr {p}, 22f", "add {b}, {p}, #4", "b 33f",
                concat!("22: ", $instruction), "ret", "33:",
                p = out(reg) place, b = out(reg) behind, options(nomem, nostack)
            );
        }
        let _ = behind;
        touch::jump(place);
        place
    }};
}

fn instructions(checks: &mut Checks) {
    let place = fault_at!("udf #0");
    checks.equal("no instruction", seen(), (Signal::ILL as u64, ILL_ILLOPC, place));
    let place = fault_at!("msr ttbr0_el1, x0");
    checks.equal("one that is not for programs", seen(), (Signal::ILL as u64, ILL_ILLOPC, place));
    let place = fault_at!("brk #7");
    checks.equal("a breakpoint", seen(), (Signal::TRAP as u64, TRAP_BRKPT, place));
    let entry = start::start().entry + 2;
    GO_ON.store(touch::return_code(), Ordering::SeqCst);
    touch::jump(entry);
    checks.equal("a jump between instructions", seen(), (Signal::BUS as u64, BUS_ADRALN, entry));
    touch::jump(0x1238);
    checks.equal("a jump to nothing", seen(), (Signal::SEGV as u64, SEGV_MAPERR, 0x1238));
    let data = (&raw const SEEN) as u64;
    touch::jump(data);
    checks.equal("a jump to data", seen(), (Signal::SEGV as u64, SEGV_ACCERR, data));
    GO_ON.store(0, Ordering::SeqCst);
}

/// A handler that faults itself.
extern "C" fn fault_again(_: u64, _: &SignalInfo, _: &mut UserContext) {
    touch::probe(0x10);
}

fn hopeless(checks: &mut Checks) {
    let killed = Ok(ExitStatus::Signalled(Signal::SEGV as u8));
    let status = os::in_child(|| {
        os::silence();
        let _ = os::handle(Signal::SEGV as u32, catch, NONE, 0);
        let _ = os::set_mask(signal_bit(Signal::SEGV as u32));
        touch::probe(0x10);
        0
    });
    checks.equal("a fault that is blocked ends the process", status, killed);
    let status = os::in_child(|| {
        os::silence();
        let ignore = SignalAction { handler: SIG_IGN, ..SignalAction::default() };
        let _ = os::set_action(Signal::SEGV as u32, &ignore);
        touch::probe(0x10);
        0
    });
    checks.equal("one that is ignored too", status, killed);
    let status = os::in_child(|| {
        os::silence();
        let _ = os::handle(Signal::SEGV as u32, fault_again, NONE, 0);
        touch::probe(0x10);
        0
    });
    checks.equal("one in its own handler too", status, killed);
    let status = os::in_child(|| {
        let ignore = SignalAction { handler: SIG_IGN, ..SignalAction::default() };
        let _ = os::set_action(Signal::SEGV as u32, &ignore);
        let _ = os::raise(Signal::SEGV);
        0
    });
    checks.equal("one that is only sent is ignored", status, Ok(ExitStatus::Exited(0)));
}

/// A handler that ends the program well.
extern "C" fn leave(_: u64, info: &SignalInfo, _: &mut UserContext) {
    let here = 0_u8;
    let on_alternate = os::alternate_stack(None).is_ok_and(|stack| stack.flags == 1);
    let away = info.address().abs_diff((&raw const here) as u64) > os::PAGE;
    os::exit(i32::from(!(on_alternate && away)))
}

fn overflow(checks: &mut Checks) {
    let status = os::in_child(|| {
        let base = os::map(4 * os::PAGE, os::ANONYMOUS);
        let stack = AlternateStack::new(base, 4 * os::PAGE, StackFlags::empty());
        let _ = os::alternate_stack(Some(&stack));
        let _ = os::handle(Signal::SEGV as u32, leave, ActionFlags::ON_STACK, 0);
        super::faults::overflow_stack();
        2
    });
    checks.equal("an overflow is handled elsewhere", status, Ok(ExitStatus::Exited(0)));
    let status = os::in_child(|| {
        os::silence();
        let _ = os::handle(Signal::SEGV as u32, leave, NONE, 0);
        super::faults::overflow_stack();
        2
    });
    let killed = Ok(ExitStatus::Signalled(Signal::SEGV as u8));
    checks.equal("and without another stack not at all", status, killed);
}
