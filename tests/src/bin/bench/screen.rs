//! The screen: `bench screen`, and what a picture, a commit and the map of the memory cost.

use crate::document;
use crate::run::measure;
use ::tests::failure::Outcome;
use ::tests::report::Table;
use std::path::Path;

/// Measures and writes the tables.
pub fn run(folder: &Path) -> Outcome {
    let path = folder.join("bench.md");
    let report = measure("bench screen")?;
    println!("{report}");
    for (name, title) in [("picture", "PICTURE"), ("commit", "SURFACE"), ("map", "MAP-OF")] {
        document::replace(&path, name, &Table::after(&report, title)?.to_markdown())?;
    }
    Ok(())
}
