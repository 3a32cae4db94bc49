//! The shell at a terminal: prompt, line, command, and again.

use super::run::{Control, Shell};
use super::terminal::{Console, Terminal};
use super::{SYNTAX_STATUS, guide, launch, wait};
use alloc::string::String;
use alloc::vec::Vec;
use shell::editor::{Line, LineEditor};
use shell::parser::parse;
use shell::prompt;
use user::{eprintln, fs, println, process};

const INTERRUPTED_STATUS: i32 = 130;

/// Runs commands until the input ends or `exit`.
pub fn run(parameters: Vec<String>) -> i32 {
    launch::set_terminal_signals(process::ignore_signal);
    let terminal = Terminal::claim();
    let shell = &mut Shell::new(Control::On(terminal), parameters);
    let mut editor = LineEditor::default();
    guide::greet();
    while shell.exit.is_none() {
        report_jobs(shell);
        match read_line(shell, &terminal, &mut editor) {
            Ok(Line::Text(line)) => run_line(shell, &line),
            Ok(Line::Interrupted) => shell.variables.last_status = INTERRUPTED_STATUS,
            Ok(Line::EndOfInput) => shell.exit = Some(shell.variables.last_status),
            Err(error) => {
                eprintln!("shell: the terminal cannot be read: {error:?}");
                shell.exit = Some(1);
            }
        }
    }
    terminal.read_lines();
    shell.exit.unwrap_or(0)
}

fn run_line(shell: &mut Shell, line: &str) {
    shell.history.add(line);
    match parse(line) {
        Ok(script) => shell.run_script(&script),
        Err(error) => {
            eprintln!("shell: {error}");
            shell.variables.last_status = SYNTAX_STATUS;
        }
    }
}

fn report_jobs(shell: &mut Shell) {
    wait::collect(shell);
    for job in shell.jobs.take_ended() {
        println!("{job}");
    }
}

fn read_line(
    shell: &Shell,
    terminal: &Terminal,
    editor: &mut LineEditor,
) -> Result<Line, embedded_io::ErrorKind> {
    let directory = fs::current_dir().unwrap_or_else(|_| "?".into());
    let columns = LineEditor::usable_columns(terminal.columns());
    let prompt = prompt::text(&directory, process::effective_user(), columns);
    // What a builtin printed without a newline belongs before the prompt.
    let _ = user::io::flush();
    terminal.read_keys()?;
    editor.read_line(&mut Console, &prompt, columns, &shell.history)
}
