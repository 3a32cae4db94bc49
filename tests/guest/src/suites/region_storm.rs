//! Random calls on regions, by several processes on four cores.
//!
//! Each process has regions of its own, which it holds against a plain model after every call, with
//! the faults that the model foretells; of the regions that all share only what always holds is
//! checked. Some processes are killed on the way. What each does follows from a seed, which is
//! printed where something differs and can be given: `guest region-storm SEED`.

mod model;
mod shared;
mod steps;

use crate::names::Holdings;
use crate::random::Random;
use crate::{Checks, frames, os, say, start, touch};
use abi::process::ExitStatus;
use abi::signal::Signal;
use model::{Model, SLOTS};
use shared::{Life, Shared};
use steps::{Mismatch, Name, Process};

const SEED: u64 = 0x5EED;
/// Processes that come to their end, and all.
const WHOLE: usize = 5;
const PROCESSES: usize = 7;
const STEPS: u64 = 400;
/// A user who takes no part.
const NOBODY: u64 = 4999;

/// The checks.
pub fn run(checks: &mut Checks) {
    let mut seed = start::number(2).unwrap_or(SEED);
    say!("seed {seed:#x}");
    let before = Holdings::now(NOBODY);
    let mut bad = 0;
    frames::unchanged(checks, "no frame is lost", || {
        bad += storm(seed);
        seed += 1;
    });
    checks.equal("model and kernel agree in every process", bad, 0);
    checks.equal("names, charges and promises are as before", Holdings::now(NOBODY), before);
}

/// One storm; gives how many processes did not end as they should.
fn storm(seed: u64) -> u32 {
    let shared = Shared::new();
    let children: [_; PROCESSES] =
        core::array::from_fn(|number| os::start_child(|| take_part(number, seed, &shared)));
    let mut random = Random::new(seed);
    for child in children[WHOLE..].iter().flatten() {
        os::ignore(os::sleep(random.below(300) * os::MILLISECOND));
        os::ignore(os::end(*child));
    }
    let mut bad = 0;
    for (number, child) in children.into_iter().enumerate() {
        let status = child.and_then(os::wait);
        let is_right = match number {
            2 => status == Ok(ExitStatus::Signalled(Signal::SEGV as u8)),
            ..WHOLE => status == Ok(ExitStatus::Exited(0)),
            _ => matches!(status, Ok(ExitStatus::Exited(0) | ExitStatus::Signalled(9))),
        };
        if !is_right {
            say!("seed {seed:#x}: process {number} ended with {status:?}");
            bad += 1;
        }
        // Not all processes have taken their names away.
        (0..SLOTS).for_each(|slot| os::ignore(os::region_unlink(Name::of(number, slot).native())));
    }
    if shared.end((PROCESSES - WHOLE) as u64).is_err() {
        say!("seed {seed:#x}: what all share");
        bad += 1;
    }
    bad
}

/// What one process does; the first ones clean up, others leave that to the kernel.
fn take_part(number: usize, seed: u64, shared: &Shared) -> i32 {
    let life = if number < WHOLE { Life::Whole } else { Life::Cut };
    let mut model = Model::new();
    let random = Random::new(seed.wrapping_mul(31).wrapping_add(number as u64));
    let mut process = Process { number, model: &mut model, random };
    for step in 0..STEPS {
        let outcome = if process.random.below(5) == 0 {
            shared.step(&mut process.random, life)
        } else {
            process.step()
        };
        if let Err(Mismatch(what)) = outcome {
            say!("seed {seed:#x}: process {number}, step {step}: {what}");
            return 1;
        }
    }
    match number {
        0 | 1 => {
            let left = (0..SLOTS).try_for_each(|slot| process.leave(slot));
            i32::from(left.is_err())
        }
        2 => {
            os::silence();
            touch::probe(8);
            3
        }
        _ => 0,
    }
}
