//! The comparison with Linux: the same program, Commons' own ways, and boot.

use crate::comparison::Comparison;
use crate::document;
use crate::figures::Figures;
use crate::run::{PATIENCE, data_path, measure, read_data, write};
use crate::targets::{LinuxRow, Target};
use ::tests::failure::{Failure, Outcome};
use ::tests::machine::Machine;
use ::tests::setup::{INSTRUCTION_CLOCK, Kernel};
use std::path::Path;

/// What stands above the recorded figures.
const RECORDED: &str = "# What Commons took in the last recorded run, in instructions: ROW FIGURE\n\
    # `make bench RECORD=1` writes this file; every other run tells its changes against it.\n\n";

/// What becomes of the figures.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Record {
    /// They are compared with those that were recorded.
    Compare,
    /// They are recorded.
    Renew,
}

/// Measures, prints the table, and writes it into the document.
pub fn run(folder: &Path, record: Record) -> Outcome {
    let figures = all_figures()?;
    let comparison = compare(&figures)?;
    print!("{}", comparison.to_text());
    let path = folder.join("bench.md");
    document::replace(&path, "linux", &comparison.to_markdown())?;
    document::replace(&path, "means", &comparison.summary())?;
    document::replace(&path, "rows", &comparison.explanations())?;
    if record == Record::Renew {
        write(data_path("recorded.txt"), &figures.to_file(RECORDED))?;
    }
    Ok(())
}

/// Measures and prints the table, without writing anything.
pub fn print() -> Outcome {
    print!("{}", compare(&all_figures()?)?.to_text());
    Ok(())
}

fn compare(figures: &Figures) -> Outcome<Comparison> {
    let linux = LinuxRow::parse(&read_data("linux.txt")?)?;
    let targets = Target::parse(&read_data("targets.txt")?)?;
    let recorded = Figures::of_file(&data_path("recorded.txt"))?;
    Ok(Comparison::new(figures, &linux, &targets, &recorded))
}

fn all_figures() -> Outcome<Figures> {
    let mut figures = Figures::default();
    figures.add("boot", boot()?);
    figures.extend(same_program()?);
    figures.extend(Figures::of_table(&measure("bench calls")?, "ROW", "COST")?);
    Ok(figures)
}

/// The program that measures Linux, on one core as there.
fn same_program() -> Outcome<Figures> {
    let mut machine = Machine::boot(Kernel::Release, INSTRUCTION_CLOCK)?;
    let text = machine
        .command_within("/extra/ipcbench -1", PATIENCE)
        .map_err(|failure| machine.explain(failure))?;
    Figures::of_ipcbench(&text).map_err(|failure| machine.explain(failure))
}

/// Instructions from reset to the first program's first, which stands where init usually does.
fn boot() -> Outcome<f64> {
    let mut switches = INSTRUCTION_CLOCK.to_vec();
    switches.extend(["-append", "init=/extra/ipcbench"]);
    let mut machine = Machine::start(Kernel::Release, &switches)?;
    let text = machine.wait_for_within(r"cntvct_at_start [0-9.]+ ns", PATIENCE);
    let text = text.map_err(|failure| machine.explain(failure))?;
    let number = text.split_whitespace().rev().nth(1).and_then(|word| word.parse().ok());
    number.ok_or_else(|| Failure::new(format!("no time of the start: {text}")))
}
