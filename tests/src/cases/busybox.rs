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
const SESSIONS: [(&str, Session); 6] = [
    ("ctrl_c_ends_a_job_and_not_the_shell", ctrl_c),
    ("ctrl_z_stops_a_job_and_fg_and_bg_let_it_go_on", ctrl_z),
    ("a_background_job_that_reads_the_terminal_is_stopped", background_read),
    ("vi_edits_a_file_on_the_raw_terminal", vi),
    ("less_shows_a_file_page_by_page", less),
    ("top_shows_processes_until_a_key", top),
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

/// Starts the shell on the serial line, as one that somebody types to.
fn start_shell(machine: &mut Machine) -> Outcome {
    machine.type_line("/extra/busybox sh -i")?;
    machine.wait_for("# $")?;
    Ok(())
}

/// Types a line and Enter. The shell's editor draws it anew while it is typed, so nobody waits for it.
fn type_line(machine: &Machine, line: &str) -> Outcome {
    machine.type_keys(&format!("{line}\r"))
}

/// Has the shell run a line, and gives what is printed until it is done.
fn ask(machine: &mut Machine, line: &str) -> Outcome<String> {
    // The word is in two parts where it is typed.
    type_line(machine, &format!("{line}; echo fini''shed"))?;
    machine.wait_for("finished")
}

/// Starts a job in the foreground that says when it has begun and when it goes on.
fn start_job(machine: &mut Machine) -> Outcome {
    let job = "trap 'echo go''es on' CONT; echo beg''un; while :; do sleep 1; done";
    type_line(machine, &format!("/extra/busybox sh -c \"{job}\""))?;
    machine.wait_for("begun")?;
    Ok(())
}

fn ctrl_c(machine: &mut Machine) -> Outcome {
    start_shell(machine)?;
    start_job(machine)?;
    machine.press_ctrl('c')?;
    let text = ask(machine, "echo status $?")?;
    ensure!(text.contains("status 130"), "it printed {text:?}");
    Ok(())
}

fn ctrl_z(machine: &mut Machine) -> Outcome {
    start_shell(machine)?;
    start_job(machine)?;
    machine.press_ctrl('z')?;
    machine.wait_for("Stopped")?;
    let text = ask(machine, "jobs")?;
    ensure!(text.contains("Stopped"), "`jobs` printed {text:?}");
    type_line(machine, "bg")?;
    machine.wait_for("goes on")?;
    let text = ask(machine, "jobs")?;
    ensure!(!text.contains("Stopped"), "after `bg`, `jobs` printed {text:?}");
    type_line(machine, "fg")?;
    machine.wait_for("goes on")?;
    machine.press_ctrl('c')?;
    let text = ask(machine, "jobs | wc -l")?;
    ensure!(text.contains("0\n"), "after Ctrl-C, `jobs` printed {text:?}");
    Ok(())
}

fn background_read(machine: &mut Machine) -> Outcome {
    start_shell(machine)?;
    type_line(machine, "cat & p=$!")?;
    ask(machine, "while ! jobs | grep -q Stopped; do :; done")?;
    let text = ask(machine, "jobs")?;
    ensure!(text.contains("Stopped (tty input)"), "`jobs` printed {text:?}");
    // The shell learns of its end when it waits for another.
    ask(machine, "kill -9 $p; while [ -e /proc/$p ]; do sleep 0; done")?;
    Ok(())
}

fn vi(machine: &mut Machine) -> Outcome {
    start_shell(machine)?;
    type_line(machine, "/extra/busybox vi /tmp/letter")?;
    machine.wait_for("- /tmp/letter")?;
    machine.type_keys("ione\rtwo")?;
    machine.wait_for(r"\[Modified\] 2/2")?;
    // Escape: what comes at once after it would be a part of a key's sequence.
    machine.type_keys("\x1b")?;
    machine.wait_for(r"- /tmp/letter \[Modified\]")?;
    machine.type_keys(":wq\r")?;
    let text = ask(machine, "cat /tmp/letter; rm /tmp/letter")?;
    ensure!(text.contains("one\ntwo\n"), "the file holds {text:?}");
    Ok(())
}

fn less(machine: &mut Machine) -> Outcome {
    start_shell(machine)?;
    ask(machine, "seq 1001 1100 > /tmp/numbers")?;
    type_line(machine, "/extra/busybox less /tmp/numbers")?;
    machine.wait_for("1020")?;
    machine.type_keys(" ")?;
    machine.wait_for("1040")?;
    machine.type_keys("q")?;
    ask(machine, "rm /tmp/numbers")?;
    Ok(())
}

fn top(machine: &mut Machine) -> Outcome {
    start_shell(machine)?;
    type_line(machine, "/extra/busybox top -d 1")?;
    machine.wait_for("Mem: [0-9]+K used")?;
    machine.wait_for("PID +PPID USER")?;
    machine.wait_for("busybox top")?;
    machine.type_keys("q")?;
    ask(machine, "true")?;
    Ok(())
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("busybox")
}
