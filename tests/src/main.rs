//! Boots the image in QEMU and checks every promise of the README through the serial shell.
//!
//! `cargo run --release -p tests [-- FILTER]`. A case is a function below `cases`; it gets a machine
//! of its own, so cases run in parallel and none sees what another left behind. Cases that measure
//! time run first and alone. The last line printed is `N passed, N failed`.

mod case;
mod cases;
mod sd_card;

use tests::{
    console, device_tree, ensure, failure, guest, machine, monitor, picture, processor_time,
    registry, report, setup,
};

use libtest_mimic::{Arguments, Conclusion, Trial};
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    registry::end_machines_on_panic();
    let (alone, together): (Vec<_>, Vec<_>) =
        cases::all().into_iter().partition(|case| case.company == case::Company::Alone);
    let outcomes = [
        libtest_mimic::run(&one_at_a_time(&arguments), trials(alone)),
        libtest_mimic::run(&arguments, trials(together)),
    ];
    if arguments.list {
        return ExitCode::SUCCESS;
    }
    let sum = |of: fn(&Conclusion) -> u64| outcomes.iter().map(of).sum::<u64>();
    let (passed, failed) = (sum(|run| run.num_passed), sum(|run| run.num_failed));
    println!("{passed} passed, {failed} failed");
    // A filter that matches nothing tests nothing, which must not look like success.
    if failed == 0 && passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn trials(cases: Vec<case::Case>) -> Vec<Trial> {
    cases.into_iter().map(case::Case::into_trial).collect()
}

fn one_at_a_time(arguments: &Arguments) -> Arguments {
    Arguments { test_threads: Some(1), ..arguments.clone() }
}
