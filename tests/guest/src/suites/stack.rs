//! The stack grows to its limit of 8 MiB and no further.

use crate::{Checks, frames, os};
use abi::process::ExitStatus;
use abi::signal::Signal;
use core::hint::black_box;

const MIB: u64 = 1024 * 1024;

/// Recurses until some bytes of stack are in use, and checks them on the way back.
fn descend(bytes: u64) -> u64 {
    let mut frame = [bytes; 500];
    black_box(&mut frame);
    let below = if bytes > 4096 { descend(bytes - 4096) } else { 0 };
    let intact = black_box(&frame).iter().all(|word| *word == bytes);
    below + u64::from(intact)
}

/// The checks.
pub fn run(checks: &mut Checks) {
    let good = Ok(ExitStatus::Exited(0));
    let overflow = Ok(ExitStatus::Signalled(Signal::SEGV as u8));
    for megabytes in [1, 4, 7] {
        let deep = os::in_child(|| i32::from(descend(megabytes * MIB) != megabytes * 256));
        checks.equal("a deep recursion comes back intact", deep, good);
    }
    for megabytes in [9, 64] {
        let endless = os::in_child(|| {
            os::silence();
            i32::from(descend(megabytes * MIB) == 0)
        });
        checks.equal("a deeper one ends with SIGSEGV", endless, overflow);
    }
    let grown = os::in_child(|| {
        let before = descend(2 * MIB);
        let child = os::in_child(|| i32::from(descend(4 * MIB) != 4 * 256));
        i32::from(before != 512 || child != good || descend(6 * MIB) != 6 * 256)
    });
    checks.equal("a grown stack is copied by fork", grown, good);
    frames::unchanged(checks, "deep stacks leak nothing", || {
        let _ = os::in_child(|| (descend(6 * MIB) & 1) as i32);
    });
}
