//! Finding a name costs nearly the same among ten and among ten thousand.
//!
//! Time is what tells, so this runs where the clock counts instructions (`-icount` of QEMU).

use crate::{Checks, os, say};
use abi::region::RegionFlags;

const FEW: u64 = 10;
const MANY: u64 = 10_000;
const ROUNDS: u64 = 20;
const OPENS: u64 = 100;

/// The checks.
pub fn run(checks: &mut Checks) {
    checks.that("ten names", (0..FEW).all(make));
    let few = cost(FEW);
    checks.that("ten thousand names", (FEW..MANY).all(make));
    let many = cost(MANY);
    say!("opened and closed {OPENS} times: {few} ns among {FEW}, {many} ns among {MANY}");
    checks.that("time passes", few > 0);
    checks.that("less than half more for a thousand times as many", many * 2 < few * 3);
    let gone = (0..MANY).all(|number| os::region_unlink(&name(number)).is_ok());
    checks.that("all go", gone);
}

fn name(number: u64) -> [u8; 11] {
    let mut name = *b"/cost-00000";
    let mut rest = number;
    for digit in name[6..].iter_mut().rev() {
        *digit += (rest % 10) as u8;
        rest /= 10;
    }
    name
}

fn make(number: u64) -> bool {
    let made = os::region_create(&name(number), &os::request(0, RegionFlags::SPARSE));
    made.and_then(os::close).is_ok()
}

/// The least that it takes to open and close names from all over the table: what else runs adds to
/// other rounds.
fn cost(names: u64) -> u64 {
    let round = || {
        let begin = os::now();
        for index in 0..OPENS {
            let name = name(index * 7919 % names);
            os::ignore(os::region_open(&name, RegionFlags::READ_ONLY).and_then(os::close));
        }
        os::now() - begin
    };
    (0..ROUNDS).map(|_| round()).min().unwrap_or(0)
}
