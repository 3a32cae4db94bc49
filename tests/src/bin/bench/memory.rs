//! The memory that the kernel holds: `free --kernel` at the prompt, `bench memory`, and the image.

use crate::document;
use crate::run::measure;
use ::tests::failure::{Failure, Outcome};
use ::tests::machine::Machine;
use ::tests::report::Table;
use ::tests::setup::{self, INSTRUCTION_CLOCK, Kernel};
use std::path::Path;

/// Measures and writes the tables.
pub fn run(folder: &Path) -> Outcome {
    let path = folder.join("bench.md");
    let mut machine = Machine::boot(Kernel::Release, INSTRUCTION_CLOCK)?;
    let idle = machine.succeed("free --kernel").map_err(|failure| machine.explain(failure))?;
    println!("{idle}");
    let image = setup::image(Kernel::Release)?;
    let size = std::fs::metadata(&image).map(|file| file.len());
    let size = size.map_err(|error| Failure::new(format!("{}: {error}", image.display())))?;
    let words = format!("\nThe image file has {size} bytes.\n");
    let table = Table::after(&idle, "MEMORY")?.to_markdown();
    document::replace(&path, "idle", &(table + &words))?;
    let report = measure("bench memory")?;
    println!("{report}");
    document::replace(&path, "memory", &Table::after(&report, "WHAT")?.to_markdown())
}
