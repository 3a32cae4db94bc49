//! All 64 combinations of grants and drops give exactly the rights that they say, on both sides.

use crate::os::{ANONYMOUS, COMMON, PAGE, READ_WRITE, SECOND};
use crate::{Checks, os, touch};
use abi::memory::{MapFlags, Protection};
use abi::process::ExitStatus;

const RETURN: u64 = 0xD65F_03C0;
const READ_EXECUTE: Protection = Protection::READ.union(Protection::EXECUTE);
/// What a receiver says that got nothing.
const REFUSED: u32 = 8;

/// The checks.
pub fn run(checks: &mut Checks) {
    let kinds = [("private", ANONYMOUS), ("shared", COMMON)];
    for (kind, flags) in kinds {
        for own in [READ_WRITE, READ_EXECUTE] {
            let wrong = (0..64).filter(|bits| !holds(flags, own, *bits)).count();
            let name = if own == READ_WRITE { "memory to write" } else { "memory to execute" };
            crate::say!("{kind} {name}");
            checks.equal("all combinations give what they say", wrong, 0);
        }
    }
}

/// What a process can do with the page at an address, by trying it in children.
fn rights(at: u64) -> u32 {
    let works = |attempt: &dyn Fn()| {
        let child = os::in_child(|| {
            attempt();
            0
        });
        u32::from(child == Ok(ExitStatus::Exited(0)))
    };
    let read = works(&|| touch::probe(at));
    let write = works(&|| touch::store(at + 8, 1));
    let execute = works(&|| touch::jump(at));
    read | write << 1 | execute << 2
}

/// What the receiver is to get; `REFUSED` for what can't be granted.
fn granted(bits: u32, own: Protection) -> u32 {
    match bits & 7 {
        7 => own.bits(),
        6 => REFUSED,
        0 => 0,
        grants => grants | 1,
    }
}

/// What the offerer is to keep.
fn kept(bits: u32, own: Protection) -> u32 {
    let drops = bits >> 3;
    if drops & 1 != 0 { 0 } else { own.bits() & !drops }
}

fn holds(flags: MapFlags, own: Protection, bits: u32) -> bool {
    let at = os::map(PAGE, flags);
    touch::store(at, RETURN);
    os::ignore(os::protect(at, PAGE, own));
    let receiver = os::start_child(|| match os::take_offer(20 * SECOND) {
        Ok((here, _)) => rights(here) as i32,
        Err(_) => -1,
    });
    let Ok(receiver) = receiver else { return false };
    let wanted = granted(bits, own);
    let offered = os::offer(receiver, at, PAGE, bits.into());
    let outcome = if offered.is_ok() {
        match os::wait(receiver) {
            Ok(ExitStatus::Exited(found)) => (u32::from(found), rights(at)),
            _ => return false,
        }
    } else {
        os::ignore(os::end(receiver));
        os::ignore(os::wait(receiver));
        (REFUSED, rights(at))
    };
    let mine = if wanted == REFUSED { own.bits() } else { kept(bits, own) };
    os::ignore(os::unmap(at, PAGE));
    if outcome != (wanted, mine) {
        crate::say!("flags {bits}: {outcome:?} and not {:?}", (wanted, mine));
    }
    outcome == (wanted, mine)
}
