//! More busy processes than cores: all progress, and sleepers still wake.

use crate::os::{MILLISECOND, PAGE, SECOND};
use crate::{Checks, os, touch};

const BUSY: u64 = 12;

/// The checks.
pub fn run(checks: &mut Checks) {
    let counters = os::map(PAGE, os::COMMON);
    let children: [u64; BUSY as usize] = core::array::from_fn(|index| {
        let counter = counters + index as u64 * 64;
        os::start_child(|| {
            loop {
                touch::store(counter, touch::load(counter) + 1);
            }
        })
        .unwrap_or(0)
    });
    let count = |index: u64| touch::load(counters + index * 64);
    let all = os::until(20 * SECOND, || (0..BUSY).all(|index| count(index) > 0));
    checks.that("every busy process begins", all);
    let before = os::now();
    let slept = os::sleep(10 * MILLISECOND);
    checks.that("a sleeper wakes among them", slept.is_ok() && os::now() - before < 5 * SECOND);
    let marks: [u64; BUSY as usize] = core::array::from_fn(|index| count(index as u64));
    let times = times_of(&children);
    let _ = os::sleep(2 * SECOND);
    let goes_on = marks.iter().zip(0..).all(|(mark, index)| count(index) > *mark);
    checks.that("every busy process goes on", goes_on);
    // In time on a core, not in work done: the host may give the emulated cores different speeds.
    let gains = times_of(&children).into_iter().zip(times).map(|(after, before)| after - before);
    let (least, most) =
        gains.fold((u64::MAX, 0), |(least, most), gain| (least.min(gain), most.max(gain)));
    checks.that("none gets five times of another", most < 5 * least);
    let quick = os::in_child(|| 0);
    checks.that("a new process runs among them", quick.is_ok());
    for child in children {
        let _ = os::end(child);
    }
    checks.equal("all are ended", os::wait_for_all(), BUSY);
    let _ = os::unmap(counters, PAGE);
}

/// The time that each of the processes has run.
fn times_of(processes: &[u64; BUSY as usize]) -> [u64; BUSY as usize] {
    let mut times = [0; BUSY as usize];
    os::for_each_process(|process| {
        let index = processes.iter().position(|pid| *pid == u64::from(process.pid));
        if let Some(index) = index {
            times[index] = process.cpu_time;
        }
    });
    times
}
