//! Several cores at once: `bench cores`, in instructions and in time, and the locks that they met at.

use crate::document;
use crate::run::{PATIENCE, measure, run_on};
use ::tests::failure::Outcome;
use ::tests::machine::Machine;
use ::tests::report::Table;
use ::tests::setup::{INSTRUCTION_CLOCK, Kernel};
use std::path::Path;

/// Four cores, each on a thread of the host's own.
const IN_TIME: &[&str] = &["-accel", "tcg,thread=multi", "-smp", "4"];

/// Counts instructions, on the kernel that boards run and on the one that counts its locks.
pub fn run(folder: &Path) -> Outcome {
    let path = folder.join("bench.md");
    let report = measure("bench cores")?;
    println!("{report}");
    document::replace(&path, "cores", &Table::after(&report, "WORK")?.to_markdown())?;
    let locks = locks()?;
    println!("{locks}");
    document::replace(&path, "locks", &Table::after(&locks, "CLASS")?.to_markdown())
}

/// What the checked kernel has counted when four cores have been busy.
fn locks() -> Outcome<String> {
    let mut machine = Machine::boot(Kernel::Checked, INSTRUCTION_CLOCK)?;
    let told =
        machine.run_within("bench cores", PATIENCE).and_then(|_| machine.succeed("debug locks"));
    told.map_err(|failure| machine.explain(failure))
}

/// Measures in the host's time: how the work scales, and nothing else.
pub fn run_in_time(folder: &Path) -> Outcome {
    let report = run_on(Kernel::Release, IN_TIME, "bench cores")?;
    println!("{report}");
    let table = Table::after(&report, "WORK")?.to_markdown();
    document::replace(&folder.join("bench.md"), "mttcg", &table)
}
