//! Machines that measure, and files that take what came of it.

use ::tests::failure::{Failure, Outcome};
use ::tests::machine::Machine;
use ::tests::setup::{INSTRUCTION_CLOCK, Kernel};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long one program may measure.
pub const PATIENCE: Duration = Duration::from_secs(900);

/// Runs a program on a machine of its own, so that the order of programs makes no difference; its
/// clock counts instructions.
pub fn measure(line: &str) -> Outcome<String> {
    let text = run_on(Kernel::Release, INSTRUCTION_CLOCK, line)?;
    if text.contains("Figures are instructions") {
        Ok(text)
    } else {
        Err(Failure::new(format!("`{line}` did not count instructions: {text}")))
    }
}

/// Runs a program that must succeed on a machine of its own.
pub fn run_on(kernel: Kernel, switches: &[&str], line: &str) -> Outcome<String> {
    let mut machine = Machine::boot(kernel, switches)?;
    let output = machine.run_within(line, PATIENCE).map_err(|failure| machine.explain(failure))?;
    if output.status == 0 {
        Ok(output.text)
    } else {
        Err(Failure::new(format!("`{line}` has failed: {}", output.text)))
    }
}

/// Writes a file.
pub fn write(path: PathBuf, text: &str) -> Outcome {
    let written = std::fs::write(&path, text);
    written.map_err(|error| Failure::new(format!("{}: {error}", path.display())))
}

/// Reads a file of `tests/ipcbench`.
pub fn read_data(name: &str) -> Outcome<String> {
    let path = data_path(name);
    let text = std::fs::read_to_string(&path);
    text.map_err(|error| Failure::new(format!("{}: {error}", path.display())))
}

/// Where the data of the comparison lie.
pub fn data_path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("ipcbench").join(name)
}
