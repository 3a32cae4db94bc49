//! The program around the library: where commands come from, and everything that is a call.

mod builtin;
mod exec;
mod guide;
mod interactive;
mod launch;
mod lines;
mod pages;
mod programs;
mod redirect;
mod run;
mod terminal;
mod wait;

use alloc::string::String;
use run::{Control, Shell};
use shell::options::{self, Invocation, Source, USAGE};
use shell::reader::Reader;
use user::{eprintln, println};

user::entry!(main);

/// The status for a command line that the shell could not understand.
const SYNTAX_STATUS: i32 = 2;
/// The status for a script that cannot be read.
const NO_SCRIPT_STATUS: i32 = 127;

fn main() -> i32 {
    let Invocation { source, parameters } = match options::parse(user::env::args()) {
        Ok(invocation) => invocation,
        Err(message) => {
            eprintln!("shell: {message}");
            return SYNTAX_STATUS;
        }
    };
    match source {
        Source::Usage => {
            println!("{USAGE}");
            0
        }
        Source::Text(text) => {
            let lines = text.lines().map(String::from);
            run_lines(&mut Shell::new(Control::Off, parameters), "-c", lines)
        }
        Source::File(path) => match user::fs::read_to_string(&path) {
            Ok(text) => {
                let lines = text.lines().map(String::from);
                run_lines(&mut Shell::new(Control::Off, parameters), &path, lines)
            }
            Err(error) => {
                eprintln!("shell: {error}");
                NO_SCRIPT_STATUS
            }
        },
        Source::Input if terminal::is_interactive() => interactive::run(parameters),
        Source::Input => {
            let mut shell = Shell::new(Control::Off, parameters);
            run_lines(&mut shell, "standard input", lines::InputLines)
        }
    }
}

/// Runs commands that nobody types, up to the end, `exit` or the first syntax error.
fn run_lines(shell: &mut Shell, origin: &str, lines: impl Iterator<Item = String>) -> i32 {
    for script in Reader::new(lines) {
        match script {
            Ok(script) => shell.run_script(&script),
            Err(error) => {
                eprintln!("shell: {origin}: {error}");
                return SYNTAX_STATUS;
            }
        }
        if shell.exit.is_some() {
            break;
        }
    }
    shell.exit.unwrap_or(shell.variables.last_status)
}
