//! The runtime's own copying, filling, comparing, and its clock.

use crate::check::Checks;
use abi::time::CLOCK_MONOTONIC;
use core::cmp::Ordering;
use core::hint::black_box;
use user::syscall::system::clock_gettime;
use user::time;

const ROOM: usize = 700;

/// The checks.
pub fn run(checks: &mut Checks) {
    checks.equal("copies of all lengths", wrong(copy_is_right), 0);
    checks.equal("copies that overlap", wrong(move_is_right), 0);
    checks.equal("fills of all lengths", wrong(fill_is_right), 0);
    checks.equal("comparisons of all lengths", wrong(comparison_is_right), 0);
    clock(checks);
}

/// How many lengths and places give something wrong.
fn wrong(is_right: impl Fn(usize, usize) -> bool) -> usize {
    let places = (0..=400).flat_map(|length| [0, 1, 7, 15].map(|shift| (length, shift)));
    places.filter(|(length, shift)| !is_right(black_box(*length), black_box(*shift))).count()
}

fn pattern() -> [u8; ROOM] {
    core::array::from_fn(|index| (index % 251) as u8)
}

fn copy_is_right(length: usize, shift: usize) -> bool {
    let (from, mut to) = (pattern(), [0xEE; ROOM]);
    to[20..20 + length].copy_from_slice(&from[shift..shift + length]);
    (0..ROOM).all(|index| {
        let is_inside = (20..20 + length).contains(&index);
        to[index] == if is_inside { from[index - 20 + shift] } else { 0xEE }
    })
}

fn move_is_right(length: usize, shift: usize) -> bool {
    let before = pattern();
    [(100, 100 + shift), (100 + shift, 100), (30, 60 + shift), (60 + shift, 30)].iter().all(
        |(from, to)| {
            let mut bytes = pattern();
            bytes.copy_within(*from..*from + length, *to);
            (0..ROOM).all(|index| {
                let is_inside = (*to..*to + length).contains(&index);
                bytes[index] == before[if is_inside { index - to + from } else { index }]
            })
        },
    )
}

fn fill_is_right(length: usize, shift: usize) -> bool {
    let mut bytes = [0xEE; ROOM];
    bytes[shift..shift + length].fill(black_box(0x5A));
    (0..ROOM).all(|index| {
        bytes[index] == if (shift..shift + length).contains(&index) { 0x5A } else { 0xEE }
    })
}

fn comparison_is_right(length: usize, shift: usize) -> bool {
    let one = pattern();
    let mut other = [0; ROOM];
    other[20..20 + length].copy_from_slice(&one[shift..shift + length]);
    let compare = |other: &[u8; ROOM]| one[shift..shift + length].cmp(&other[20..20 + length]);
    let is_same = compare(&other) == Ordering::Equal;
    is_same
        && (0..length).step_by(1 + length / 32).all(|index| {
            let mut changed = other;
            changed[20 + index] ^= 0x80;
            let expected = one[shift + index].cmp(&changed[20 + index]);
            // What lies behind the first difference does not count.
            changed[20 + index + 1..].fill(0xFF);
            compare(&changed) == expected
        })
}

/// The clock that is read without a call goes on between two calls.
fn clock(checks: &mut Checks) {
    let called = || clock_gettime(CLOCK_MONOTONIC).ok().and_then(|time| time.to_duration());
    let is_between = (0..100).all(|_| {
        let (before, now, after) = (called(), time::now(), called());
        before.is_some_and(|before| before <= now) && after.is_some_and(|after| now <= after)
    });
    checks.that("the clock shows what the call shows", is_between);
}
