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

/// What somebody does who types to its shell.
type Session = fn(&mut Machine) -> Outcome;

/// Sessions, with what each shows as a sentence.
const SESSIONS: [(&str, Session); 4] = [
    ("ctrl_c_ends_a_job_and_not_the_shell", ctrl_c),
    ("ctrl_z_stops_a_job_and_fg_and_bg_let_it_go_on", ctrl_z),
    ("a_background_job_that_reads_the_terminal_is_stopped", background_read),
    ("vi_edits_a_file_on_the_raw_terminal", vi),
];

/// The cases of this subject, where BusyBox could be had.
pub fn cases() -> Vec<Case> {
    if !setup::has_c_example("busybox") {
        return Vec::new();
    }
    let scripts = SCRIPTS.iter().map(|(script, sentence)| {
        Case::booted(format!("busybox::{sentence}"), |machine| run(machine, script))
    });
    let session =
        |(sentence, check): (&str, Session)| Case::booted(format!("busybox::{sentence}"), check);
    scripts.chain(SESSIONS.iter().copied().map(session)).collect()
}

fn run(machine: &mut Machine, script: &str) -> Outcome {
    let path = folder().join(script).with_extension("expected");
    let expected = std::fs::read_to_string(&path)
        .map_err(|error| Failure::new(format!("{}: {error}", path.display())))?;
    // Through a pipe, so that what it prints is not for a terminal.
    let line = format!("/extra/busybox sh /extra/scripts/{script}.sh 2>/dev/null | cat");
    let output = machine.run(&line)?;
    ensure!(output.text == expected, "it printed:\n{}\nand not:\n{expected}", output.text);
    Ok(())
}

/// What the shell prompts with, which no command prints: the words are apart where they are typed.
const PROMPT: &str = "ready>";

/// Starts the shell on the serial line, as one that somebody types to.
fn start_shell(machine: &mut Machine) -> Outcome {
    machine.type_line("/extra/busybox sh -i")?;
    machine.wait_for("# ")?;
    machine.type_line("PS1=rea''dy'> '")?;
    machine.wait_for(PROMPT)?;
    Ok(())
}

/// Types a line and gives what comes before the next prompt.
fn type_to_shell(machine: &mut Machine, line: &str) -> Outcome<String> {
    machine.type_line(line)?;
    machine.wait_for(PROMPT)
}

/// Starts a job in the foreground; it says itself that it has begun, as the shell would be too early.
fn start_sleep(machine: &mut Machine) -> Outcome {
    machine.type_line("/extra/busybox sh -c \"echo beg''un; exec sleep 1000\"")?;
    machine.wait_for("begun")?;
    Ok(())
}

fn ctrl_c(machine: &mut Machine) -> Outcome {
    start_shell(machine)?;
    start_sleep(machine)?;
    machine.press_ctrl('c')?;
    machine.wait_for(PROMPT)?;
    let text = type_to_shell(machine, "echo status $?")?;
    ensure!(text.contains("status 130"), "it printed {text:?}");
    Ok(())
}

fn ctrl_z(machine: &mut Machine) -> Outcome {
    start_shell(machine)?;
    start_sleep(machine)?;
    machine.press_ctrl('z')?;
    machine.wait_for(PROMPT)?;
    let text = type_to_shell(machine, "jobs")?;
    ensure!(text.contains("Stopped") && text.contains("sleep 1000"), "`jobs` printed {text:?}");
    type_to_shell(machine, "bg")?;
    let text = type_to_shell(machine, "jobs")?;
    ensure!(text.contains("Running"), "after `bg`, `jobs` printed {text:?}");
    machine.type_line("fg")?;
    machine.wait_for("sleep 1000")?;
    machine.press_ctrl('c')?;
    machine.wait_for(PROMPT)?;
    let text = type_to_shell(machine, "jobs; echo no''ne")?;
    ensure!(!text.contains("sleep 1000"), "after Ctrl-C, `jobs` printed {text:?}");
    Ok(())
}

fn background_read(machine: &mut Machine) -> Outcome {
    start_shell(machine)?;
    type_to_shell(machine, "cat &")?;
    type_to_shell(machine, "while ! jobs | grep -q Stopped; do :; done")?;
    let text = type_to_shell(machine, "jobs")?;
    ensure!(text.contains("Stopped (tty input)"), "`jobs` printed {text:?}");
    machine.type_line("kill -9 %1; wait %1")?;
    machine.wait_for("Killed")?;
    machine.wait_for(PROMPT)?;
    Ok(())
}

fn vi(machine: &mut Machine) -> Outcome {
    start_shell(machine)?;
    machine.type_line("/extra/busybox vi /tmp/letter")?;
    machine.wait_for("/tmp/letter")?;
    machine.type_keys("ione\rtwo")?;
    machine.wait_for(r"\[Modified\] 2/2")?;
    // Escape: what comes at once after it would be a part of a key's sequence.
    machine.type_keys("\x1b")?;
    machine.wait_for(r"- /tmp/letter \[Modified\]")?;
    machine.type_keys(":wq\r")?;
    machine.wait_for(PROMPT)?;
    let text = type_to_shell(machine, "cat /tmp/letter; rm /tmp/letter")?;
    ensure!(text.contains("one\ntwo\n"), "the file holds {text:?}");
    Ok(())
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("busybox")
}
