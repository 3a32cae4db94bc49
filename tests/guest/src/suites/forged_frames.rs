//! Frames that no kernel has written, handed to `rt_sigreturn`: they gain nothing.

use crate::os::{Handled, LOG, SECOND};
use crate::random::Random;
use crate::{Checks, os, touch};
use abi::process::ExitStatus;
use abi::signal::{
    ActionFlags, MachineContext, RECORD_FP, RECORDS_AT, Signal, SignalFrame, SignalInfo,
    UserContext,
};
use core::mem::offset_of;
use core::sync::atomic::{AtomicUsize, Ordering};

/// How many bytes of a frame matter.
const BYTES: u64 = size_of::<SignalFrame>() as u64;
const PSTATE: u64 = (offset_of!(SignalFrame, context)
    + offset_of!(UserContext, machine)
    + offset_of!(MachineContext, pstate)) as u64;
/// Where x0 to x30 are.
const REGISTERS: core::ops::Range<u64> = PSTATE - 33 * 8..PSTATE - 16;
const MASK: u64 = (offset_of!(SignalFrame, context) + offset_of!(UserContext, mask)) as u64;
const RECORDS: u64 = RECORDS_AT as u64;

/// A name, what is done to the frame at an address, and whether the program lives on.
type Forgery = (&'static str, fn(u64), bool);

const FORGERIES: &[Forgery] = &[
    ("a frame as it was", |_| {}, true),
    ("the kernel's level", |frame| set(frame + PSTATE, 5), false),
    ("the level of the monitor", |frame| set(frame + PSTATE, 13), false),
    ("32-bit code", |frame| set(frame + PSTATE, 16), false),
    ("masked interrupts", |frame| set(frame + PSTATE, 1 << 7), false),
    ("masked debug exceptions", |frame| set(frame + PSTATE, 1 << 9), false),
    ("single steps and odd bits", |frame| set(frame + PSTATE, 0xFFFF_FFFF_0030_0000), true),
    ("everything blocked", |frame| touch::store(frame + MASK, u64::MAX), true),
    ("no floating-point registers", |frame| touch::store(frame + RECORDS, 0), false),
    ("their record cut short", |frame| record(frame, RECORD_FP, 512), false),
    ("of no size", |frame| record(frame, RECORD_FP, 0), false),
    ("of any size", |frame| record(frame, RECORD_FP, u32::MAX), false),
    ("too long to end", |frame| record(frame, RECORD_FP, 4096), false),
    ("at an odd place", |frame| record(frame, RECORD_FP, 536), false),
    ("an unknown record", |frame| record(frame, 0x1234, 528), false),
    (
        "a second one of them",
        |frame| {
            touch::store(frame + RECORDS + 528, u64::from(RECORD_FP) | 528 << 32);
        },
        false,
    ),
];

fn set(place: u64, bits: u64) {
    touch::store(place, touch::load(place) | bits);
}

fn record(frame: u64, magic: u32, size: u32) {
    touch::store(frame + RECORDS, u64::from(magic) | u64::from(size) << 32);
}

/// What a child exits with, and more, that has gained something: nothing that one would exit with by
/// accident.
const GAINED: i32 = 0xB0;

static CHOSEN: AtomicUsize = AtomicUsize::new(0);

/// A handler that changes its own frame.
extern "C" fn forge(_: u64, info: &SignalInfo, _: &mut UserContext) {
    let frame = (&raw const *info) as u64;
    match FORGERIES.get(CHOSEN.load(Ordering::SeqCst)) {
        Some((_, forgery, _)) => forgery(frame),
        None => spoil(frame),
    }
}

/// Changes a few words of the frame to what may hurt most.
fn spoil(frame: u64) {
    let mut random = Random::new(CHOSEN.load(Ordering::SeqCst) as u64);
    for _ in 0..=random.below(4) {
        let offset = random.below(BYTES / 8) * 8;
        if REGISTERS.contains(&offset) {
            // With other values in them the program only does something else.
            continue;
        }
        let place = frame + offset;
        let word = random.number();
        let values = [word, u64::MAX, 0, 1 << (word % 64), word as u32 as u64, frame, BYTES];
        touch::store(place, random.pick(&values));
    }
}

/// Notes that an instruction was refused, and goes on behind it.
extern "C" fn skip(number: u64, _: &SignalInfo, context: &mut UserContext) {
    LOG.note(Handled { number, code: 0, detail: 0 });
    context.machine.pc += 4;
}

/// Returns from a handler that forges its frame; tells what is wrong afterwards.
fn try_forgery(index: usize) -> i32 {
    os::silence();
    CHOSEN.store(index, Ordering::SeqCst);
    let _ = os::handle(Signal::USR1 as u32, forge, ActionFlags::empty(), 0);
    let _ = os::raise(Signal::USR1);
    LOG.clear();
    let mask = os::set_mask(0).unwrap_or(0);
    let unblockable = os::set_of(&[Signal::KILL, Signal::STOP]);
    let _ = os::handle(Signal::ILL as u32, skip, ActionFlags::empty(), 0);
    touch::ask_level();
    let wrong = i32::from(LOG.count() != 1) + 2 * i32::from(mask & unblockable != 0);
    if wrong == 0 { 0 } else { GAINED + wrong }
}

/// The checks.
pub fn run(checks: &mut Checks) {
    let segv = ExitStatus::Signalled(Signal::SEGV as u8);
    for (index, (name, _, lives)) in FORGERIES.iter().enumerate() {
        let status = os::in_child(|| try_forgery(index));
        let expected = if *lives { ExitStatus::Exited(0) } else { segv };
        checks.equal(name, status, Ok(expected));
    }
    let page = os::map(os::PAGE, os::ANONYMOUS);
    for place in [0, 0x10, page, page + os::PAGE - 16, !15, 1 << 63] {
        let status = os::in_child(|| {
            os::silence();
            touch::return_by_frame(place)
        });
        checks.equal("a stack pointer to no frame", status, Ok(segv));
    }
    let mut survived = 0;
    for seed in 0..300 {
        // Where it goes on it may do anything, for ever too.
        let child = os::start_child(|| try_forgery(FORGERIES.len() + seed));
        let status = child.and_then(|child| os::wait_or_kill(child, SECOND / 2));
        survived += u32::from(status == Ok(ExitStatus::Exited(0)));
        let exited = |wrong: i32| Ok(ExitStatus::Exited((GAINED + wrong) as u8));
        if (1..=3).map(exited).any(|gained| gained == status) {
            checks.equal("a random frame gains nothing", seed, usize::MAX);
        }
    }
    checks.that("random changes end some programs and not all", survived > 0 && survived < 300);
    let _ = os::unmap(page, os::PAGE);
}
