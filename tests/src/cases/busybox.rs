//! Debian's BusyBox, unchanged: its shell and its applets do as they do on Linux.
//!
//! `tests/busybox` has scripts, and beside each what it prints; the test image has the scripts.

use crate::case::Case;
use crate::failure::{Failure, Outcome};
use crate::machine::Machine;
use crate::{ensure, setup};
use std::path::PathBuf;

/// Scripts, and what each shows as a sentence.
const SCRIPTS: &[(&str, &str)] = &[
    ("pipes", "pipelines_carry_what_goes_through_them"),
    ("language", "loops_functions_and_expansions_work"),
    ("subshells", "a_subshell_has_its_own_variables"),
    ("jobs", "background_jobs_tell_their_end"),
    ("traps", "a_script_catches_signals"),
    ("redirections", "files_descriptors_and_here_documents"),
    ("errors", "what_fails_is_told_by_its_status"),
    ("applets", "applets_work_on_files"),
];

/// The cases of this subject, where BusyBox could be had.
pub fn cases() -> Vec<Case> {
    if !setup::has_c_example("busybox") {
        return Vec::new();
    }
    SCRIPTS
        .iter()
        .map(|(script, sentence)| {
            Case::booted(format!("busybox::{sentence}"), |machine| run(machine, script))
        })
        .collect()
}

fn run(machine: &mut Machine, script: &str) -> Outcome {
    let path = folder().join(script).with_extension("expected");
    let expected = std::fs::read_to_string(&path)
        .map_err(|error| Failure::new(format!("{}: {error}", path.display())))?;
    let output = machine.run(&format!("/extra/busybox sh /extra/scripts/{script}.sh"))?;
    ensure!(output.text == expected, "it printed:\n{}\nand not:\n{expected}", output.text);
    Ok(())
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("busybox")
}
