//! The program break.

use crate::os::PAGE;
use crate::{Checks, frames, os, touch};

/// The checks.
pub fn run(checks: &mut Checks) {
    let start = os::program_break(0);
    checks.that("there is a break", start != 0);
    let end = start + 100 * PAGE;
    checks.equal("it moves up", os::program_break(end), end);
    let base = start.next_multiple_of(8);
    checks.equal("new memory is zero", touch::load(base), 0);
    (0..99).for_each(|page| touch::store(base + page * PAGE, page + 1));
    let kept = (0..99).all(|page| touch::load(base + page * PAGE) == page + 1);
    checks.that("it holds what is stored", kept);
    checks.equal("it moves down", os::program_break(start), start);
    let above = start.next_multiple_of(PAGE);
    let gone = super::memory::faults(|| touch::probe(above + PAGE));
    checks.that("what lies above is gone", gone);
    checks.equal("it moves up again", os::program_break(end), end);
    let zero = (1..98).all(|page| touch::load(above + page * PAGE) == 0);
    checks.that("what comes back is zero", zero);
    checks.equal("an odd break is kept", os::program_break(start + 12_345), start + 12_345);
    checks.equal("below its beginning it stays", os::program_break(8), start + 12_345);
    checks.equal("in the kernel it stays", os::program_break(u64::MAX - 7), start + 12_345);
    checks.equal("back at the start", os::program_break(start), start);
    frames::unchanged(checks, "the break leaks nothing", || {
        os::program_break(end);
        (0..99).for_each(|page| touch::store(base + page * PAGE, 1));
        os::program_break(start);
    });
}
