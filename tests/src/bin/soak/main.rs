//! Hours of everything at once, on both kernels in turn: `make soak`.
//!
//! A machine is booted, has its share of rounds, and is switched off; each round runs demos, the fuzzer,
//! storms of processes that are killed, and users who want everything. What is wrong ends that machine's
//! share and is told with what its console showed. All is written to a report as soon as it is known.

mod report;
mod round;

use report::{Report, Share};
use round::Round;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};
use tests::failure::{Failure, Outcome};
use tests::guest;
use tests::machine::Machine;
use tests::registry;
use tests::setup::Kernel;

/// How long one machine runs at most before the next is booted, of the other kernel.
const SHARE: Duration = Duration::from_secs(15 * 60);

fn main() -> ExitCode {
    registry::end_machines_on_panic();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let parsed = match arguments.as_slice() {
        [output, hours, seed] => {
            hours.parse::<f64>().ok().zip(seed.parse().ok()).map(|it| (output, it))
        }
        _ => None,
    };
    let Some((output, (hours, seed))) =
        parsed.filter(|(_, (hours, _))| (0.0..10_000.0).contains(hours))
    else {
        eprintln!("usage: soak REPORT HOURS SEED: a part of an hour is 0.25, a seed is a number");
        return ExitCode::from(2);
    };
    match soak(Path::new(output), Duration::from_secs_f64(hours * 3600.0), seed) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(findings) => {
            eprintln!("soak: {findings} findings: {output} has them");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("soak: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Runs machine after machine until the time is over; returns how many went wrong.
fn soak(output: &Path, time: Duration, seed: u64) -> Outcome<usize> {
    let begin = Instant::now();
    let mut report = Report::new(seed);
    let mut number = seed;
    while begin.elapsed() < time {
        for kernel in [Kernel::Release, Kernel::Checked] {
            let rest = time.saturating_sub(begin.elapsed());
            if rest.is_zero() {
                break;
            }
            let share = run_share(kernel, SHARE.min(time / 2).min(rest), &mut number)?;
            println!("{share}");
            report.add(share);
            std::fs::write(output, report.to_string())?;
        }
    }
    print!("{report}");
    Ok(report.findings())
}

/// Boots a machine and has it make rounds for so long, at least one.
fn run_share(kernel: Kernel, time: Duration, number: &mut u64) -> Outcome<Share> {
    let mut machine = Machine::boot(kernel, &[])?;
    // A file that gets longer with each line that is typed would take a page now and then.
    machine.succeed("HISTFILE=")?;
    let mut share = Share::new(kernel);
    let begin = Instant::now();
    let mut settled = None;
    loop {
        *number += 1;
        let outcome = Round::new(*number, &mut share).run(&mut machine);
        share.time = begin.elapsed();
        let outcome = outcome.and_then(|()| {
            let now = guest::holdings(&mut machine)?;
            // After the first round: lists have grown by then to what they need.
            let before = *settled.get_or_insert(now);
            if before.is_same(now) {
                return Ok(());
            }
            Err(Failure::new(format!("{before:?} after the first round, {now:?} now")))
        });
        if let Err(failure) = outcome {
            share.finding = Some(format!("round {}: {}", *number, machine.explain(failure)));
            return Ok(share);
        }
        share.rounds += 1;
        if begin.elapsed() >= time {
            return Ok(share);
        }
    }
}
