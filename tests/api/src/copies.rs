//! What programs do without a call: copies and fills of all lengths, places and overlaps, and the
//! clock.

use crate::check::Checks;
use abi::time::{CLOCK_MONOTONIC, TimeSpec};
use core::hint::black_box;
use core::time::Duration;
use user::syscall::system::clock_gettime;
use user::{system, time};

const LENGTH: usize = 640;
/// Around every length at which the functions go another way.
const LENGTHS: core::ops::Range<usize> = 0..300;

fn pattern() -> [u8; LENGTH] {
    core::array::from_fn(|index| (index * 7 + index / 256) as u8)
}

/// The checks.
pub fn run(checks: &mut Checks) {
    let wrong = |ok: fn(usize) -> bool| LENGTHS.into_iter().find(|length| !ok(*length));
    checks.equal("a copy of every length, and nothing beside it", wrong(copies), None);
    checks.equal("a fill of every length, and nothing beside it", wrong(fills), None);
    checks.equal("a move by little, up and down, of every length", wrong(moves), None);
    clock(checks);
}

/// Whether the clock goes with that of the kernel, and without calls.
fn clock(checks: &mut Checks) {
    let asked = || clock_gettime(CLOCK_MONOTONIC).ok().and_then(TimeSpec::to_duration);
    let right = (0..1000).all(|_| {
        let (before, now, after) = (asked(), time::now(), asked());
        before.is_some_and(|before| before <= now) && after.is_some_and(|after| now <= after)
    });
    checks.that("the clock shows what the kernel's shows", right);
    let calls = || system::info().map_or(0, |info| info.calls);
    let before = calls();
    let last = (0..10_000).fold(Duration::ZERO, |_, _| time::now());
    // Others make some, too, but not one for each look.
    let made = calls() - before;
    checks.that("and is read without calls", last > Duration::ZERO && made < 5000);
}

fn copies(length: usize) -> bool {
    let from = pattern();
    (0..17).all(|at| {
        let mut to = [0xEE; LENGTH];
        black_box(&mut to[at..at + length]).copy_from_slice(black_box(&from[3..3 + length]));
        let right = |(index, byte): (usize, &u8)| match index.checked_sub(at) {
            Some(inside) if inside < length => *byte == from[3 + inside],
            _ => *byte == 0xEE,
        };
        to.iter().enumerate().all(right)
    })
}

fn fills(length: usize) -> bool {
    (0..17).all(|at| {
        let mut to = pattern();
        black_box(&mut to[at..at + length]).fill(black_box(0xA5));
        let right = |(index, (byte, before)): (usize, (&u8, u8))| {
            *byte == if (at..at + length).contains(&index) { 0xA5 } else { before }
        };
        to.iter().zip(pattern()).enumerate().all(right)
    })
}

fn moves(length: usize) -> bool {
    let before = pattern();
    [1, 2, 3, 7, 8, 15, 16, 17, 31, 33, 63, 64, 65, 130].into_iter().all(|distance| {
        let (low, high) = (20, 20 + distance);
        [(low, high), (high, low)].into_iter().all(|(from, to)| {
            let mut bytes = before;
            black_box(&mut bytes).copy_within(black_box(from..from + length), to);
            let right = |(index, byte): (usize, &u8)| match index.checked_sub(to) {
                Some(inside) if inside < length => *byte == before[from + inside],
                _ => *byte == before[index],
            };
            bytes.iter().enumerate().all(right)
        })
    })
}
