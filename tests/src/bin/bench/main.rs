//! Measures Commons in the emulator, instruction by instruction, and writes what comes of it into
//! the documents: `make bench`.
//!
//! The emulator's clock goes up by a nanosecond with each instruction that any core runs, so the
//! figures do not depend on the machine that it runs on. A part is a file: `linux` compares,
//! `growth` and `messages` draw curves, `memory` tells what the kernel holds, `cores` has several
//! at work. `comparison` makes the table, `fit` finds exponents, `plot` draws, `document` puts
//! tables between markers.

mod comparison;
mod cores;
mod document;
mod figures;
mod fit;
mod growth;
mod linux;
mod memory;
mod messages;
mod plot;
mod run;
mod screen;
mod targets;

use linux::Record;
use std::path::Path;
use std::process::ExitCode;
use tests::failure::{Failure, Outcome};
use tests::registry;

const USAGE: &str = "usage: bench FOLDER [--record] [PART...]   measure and write into FOLDER
       bench --compare                     print the comparison with Linux
PARTS: linux growth memory cores messages screen, and in-time for several cores in the host's time";

/// All that is measured when nothing is named.
const PARTS: &[&str] = &["linux", "growth", "memory", "cores", "messages", "screen"];

fn main() -> ExitCode {
    registry::end_machines_on_panic();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let measured = match words[..] {
        ["--compare"] => linux::print(),
        [folder, "--record", ref parts @ ..] => all(Path::new(folder), Record::Renew, parts),
        [folder, ref parts @ ..] if !folder.starts_with('-') => {
            all(Path::new(folder), Record::Compare, parts)
        }
        _ => Err(Failure::new(USAGE)),
    };
    if let Err(failure) = measured {
        eprintln!("{failure}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn all(folder: &Path, record: Record, parts: &[&str]) -> Outcome {
    for part in if parts.is_empty() { PARTS } else { parts } {
        println!("== {part}");
        match *part {
            "linux" => linux::run(folder, record)?,
            "growth" => growth::run(folder)?,
            "memory" => memory::run(folder)?,
            "cores" => cores::run(folder)?,
            "in-time" => cores::run_in_time(folder)?,
            "messages" => messages::run(folder)?,
            "screen" => screen::run(folder)?,
            other => return Err(Failure::new(format!("there is no part {other}\n{USAGE}"))),
        }
    }
    Ok(())
}
