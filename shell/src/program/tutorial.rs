//! `tutorial`: reads its lines, and keeps where somebody was.

use super::interactive::{read_whole, report_jobs};
use super::lines::InputLines;
use super::remembered::{Kept, paths};
use super::system::CommonsShell;
use shell::editor::{Line, LineEditor};
use shell::interpreter::{Run, Unwind};
use shell::tutorial::{Next, Tutorial};
use user::fs::{self, File};
use user::process;

/// Leads through the steps until the end, or until somebody leaves.
pub fn run(shell: &mut CommonsShell) -> Run {
    let places = paths(shell, Kept::Tutorial);
    let saved = places.iter().find_map(|path| fs::read_to_string(path).ok()).unwrap_or_default();
    let mut tutorial = Tutorial::resumed(&saved);
    let outcome = lead(shell, &mut tutorial);
    let options = File::options().write().create().truncate().mode(0o600);
    // Where nothing can be kept it begins anew another time.
    let text = tutorial.saved();
    let _ = places
        .iter()
        .any(|path| options.open(path).and_then(|file| file.write_all(text.as_bytes())).is_ok());
    match outcome {
        // A Ctrl-C while a step was made ready.
        Err(Unwind::Abort(status)) => Ok(status),
        other => other,
    }
}

fn lead(shell: &mut CommonsShell, tutorial: &mut Tutorial) -> Run {
    tutorial.begin(shell)?;
    let mut editor = LineEditor::default();
    loop {
        report_jobs(shell);
        let next = match read(shell, tutorial, &mut editor) {
            Line::Text(line) => tutorial.take(shell, &line)?,
            Line::Interrupted => Next::Line,
            Line::EndOfInput => tutorial.leave(shell),
        };
        if next != Next::Line {
            return Ok(0);
        }
    }
}

/// A whole command, from the terminal or from what stands for it.
fn read(shell: &mut CommonsShell, tutorial: &Tutorial, editor: &mut LineEditor) -> Line {
    let Some(terminal) = shell.system.terminal else {
        return InputLines.next().map_or(Line::EndOfInput, Line::Text);
    };
    let directory = fs::current_dir().unwrap_or_else(|_| "?".into());
    let prompt = tutorial.prompt(&directory);
    // A Ctrl-C before this was for what has ended meanwhile.
    process::take_caught();
    read_whole(shell, terminal, editor, &prompt).unwrap_or(Line::EndOfInput)
}
