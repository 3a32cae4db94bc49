//! Writes what a booted machine did as lines that can be read: `make trace`.
//!
//! The emulator tells each block of instructions that runs and each exception (`-d exec,int`). Here
//! blocks that begin a function become a line with its name, and exceptions one with their kind.

mod event;
mod exception;
mod summary;

use event::{Event, Parser};
use mkimage::symbols::SymbolTable;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;
use summary::Summary;

/// Lines of the summary for each kind.
const SHOWN: usize = 15;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [log, kernel, output, words @ ..] = arguments.as_slice() else {
        eprintln!(
            "usage: trace LOG KERNEL_ELF OUTPUT [WORD…]: only functions with one of these words"
        );
        return ExitCode::from(2);
    };
    match run(Path::new(log), Path::new(kernel), Path::new(output), words) {
        Ok(summary) => {
            print!("{}", summary.table(SHOWN));
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("trace: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(log: &Path, kernel: &Path, output: &Path, words: &[String]) -> io::Result<Summary> {
    let with = |path: &Path, error: &dyn std::fmt::Display| {
        io::Error::other(format!("{}: {error}", path.display()))
    };
    // The log may be a pipe, and the kernel be built only when the emulator begins to write to it.
    let lines = BufReader::new(File::open(log).map_err(|error| with(log, &error))?);
    let elf = std::fs::read(kernel).map_err(|error| with(kernel, &error))?;
    let symbols = SymbolTable::of_file(&elf).map_err(|error| with(kernel, &error))?;
    let file = File::create(output).map_err(|error| with(output, &error))?;
    let mut to = BufWriter::new(file);
    let mut parser = Parser::default();
    let mut summary = Summary::default();
    // A block's line may hold a name that is no text.
    for line in lines.split(b'\n') {
        let line = line?;
        let Some(event) = parser.line(&String::from_utf8_lossy(&line)) else { continue };
        let told = match &event {
            Event::Block { address, .. } => symbols.at(*address).map(str::to_owned),
            Event::Exception(exception) => {
                let place = symbols.around(exception.address);
                Some(exception.text(place))
            }
        };
        let Some(text) = told else { continue };
        let is_wanted = words.is_empty() || words.iter().any(|word| text.contains(word.as_str()));
        if is_wanted {
            summary.count(&event, &text);
            event.write(&mut to, &text)?;
        }
    }
    to.flush()?;
    Ok(summary)
}
