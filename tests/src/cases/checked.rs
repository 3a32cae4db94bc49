//! The storms once more, on the kernel that checks its arithmetic and the order of its locks.

use super::main_job;
use crate::case::Case;
use crate::ensure;
use crate::failure::{Failure, Outcome};
use crate::guest;
use crate::machine::Machine;
use crate::report::Table;

/// Suites that make the cores meet at the same locks.
const SUITES: &[&str] = &[
    "fork",
    "wait",
    "signals",
    "handlers",
    "interruptions",
    "stopping",
    "forged-frames",
    "signal-storm",
    "timers",
    "memory",
    "regions",
    "region-storm",
    "region-thousand",
    "native",
    "inheritance",
    "holdings",
    "offers",
    "offer-pages",
    "offer-parties",
    "offer-storms",
    "offer-kills",
    "offer-waits",
    "kernel-log",
    "posix-mmap",
    "exactness",
    "pipes",
    "copies",
    "fifos",
    "poll",
    "topic-pools",
    "topic-queues",
    "topics",
    "descriptors",
    "files",
    "file-calls",
    "file-locks",
    "copy-range",
    "host",
    "day",
    "events",
    "sockets",
    "processes",
    "futex",
    "futex-moves",
    "robust",
    "threads",
    "thread-exec",
    "thread-storms",
    "thread-calls",
    "killing",
    "crowd",
    "exploits",
    "exhaustion",
    "refused-memory",
    "traces",
    "deaths",
    "hostile-calls",
];

/// The cases of this subject.
pub fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = SUITES
        .iter()
        .map(|suite| {
            Case::booted(format!("checked::{suite}"), |machine| {
                guest::run_suite(machine, guest::PROGRAM, suite)
            })
        })
        .collect();
    cases.push(Case::booted("checked::locks_are_counted", locks_are_counted));
    cases.extend(super::conformance::cases_of(&["queues", "system_v", "linux"], "checked::"));
    cases.push(Case::booted("checked::the_session_of_the_readme", main_job::session));
    cases.into_iter().map(Case::checked).collect()
}

fn locks_are_counted(machine: &mut Machine) -> Outcome {
    let taken = |machine: &mut Machine| -> Outcome<f64> {
        let printed = machine.succeed("debug locks")?;
        let table = Table::after(&printed, "CLASS")?;
        let (taken, contended) = (table.numbers("TAKEN")?, table.numbers("CONTENDED")?);
        let spins = table.numbers("SPINS")?;
        ensure!(spins.is_sorted_by(|one, next| one >= next), "not in order: {printed}");
        for ((taken, contended), spins) in taken.iter().zip(contended).zip(spins) {
            ensure!(*taken > 0.0 && contended <= *taken && contended <= spins, "{printed}");
        }
        let space = table.column("CLASS")?.iter().position(|class| *class == "Space");
        let space = space.ok_or_else(|| Failure::new(format!("no address space: {printed}")))?;
        Ok(taken[space])
    };
    let before = taken(machine)?;
    let after = taken(machine)?;
    ensure!(after > before, "a program has run, and the count stays at {before}");
    Ok(())
}
