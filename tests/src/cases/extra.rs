//! `make EXTRA=DIR`: files of one's own below `/extra`, with their modes.
//!
//! The test image is built with `tests/extra` and the guest programs.

use crate::case::Case;
use crate::failure::Outcome;
use crate::machine::Machine;
use crate::{booted, ensure, guest};

/// The cases of this subject.
pub fn cases() -> Vec<Case> {
    booted!("extra":
        files_and_directories_are_there,
        a_program_of_ones_own_runs,
        a_static_pie_program_runs,
        a_script_of_ones_own_runs,
        a_file_without_x_mode_does_not_run,
    )
}

fn files_and_directories_are_there(machine: &mut Machine) -> Outcome {
    let text = machine.succeed("cat /extra/hello.txt")?;
    ensure!(text == "Hello from the extra files.\n", "the file holds {text:?}");
    let text = machine.succeed("cat /extra/deep/er/note.txt")?;
    ensure!(text == "found\n", "the deep file holds {text:?}");
    let text = machine.succeed("cat /extra/deep/empty")?;
    ensure!(text.is_empty(), "the empty file holds {text:?}");
    Ok(())
}

fn a_program_of_ones_own_runs(machine: &mut Machine) -> Outcome {
    let text = machine.succeed(&format!("{} words a 'b c'", guest::PROGRAM))?;
    ensure!(text == "words\na\nb c\n", "its words were {text:?}");
    Ok(())
}

fn a_static_pie_program_runs(machine: &mut Machine) -> Outcome {
    guest::run_suite(machine, guest::PIE_PROGRAM, "startup")?;
    guest::run_suite(machine, guest::PIE_PROGRAM, "layout")
}

fn a_script_of_ones_own_runs(machine: &mut Machine) -> Outcome {
    for line in ["shell /extra/script", "/extra/script"] {
        let text = machine.succeed(line)?;
        ensure!(text == "one\ntwo\n", "`{line}` printed {text:?}");
    }
    Ok(())
}

fn a_file_without_x_mode_does_not_run(machine: &mut Machine) -> Outcome {
    let output = machine.run("/extra/hello.txt")?;
    ensure!(output.status == 126, "its status is {} and not 126", output.status);
    ensure!(output.text.contains("permission"), "the shell printed: {}", output.text);
    Ok(())
}
