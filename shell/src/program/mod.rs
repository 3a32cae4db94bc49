//! The program around the library: where commands come from, and everything that is a call.

mod guide;
mod interactive;
mod knowledge;
mod lines;
mod names;
mod pages;
mod plain;
mod remembered;
mod system;
mod terminal;
mod tutorial;

use alloc::string::String;
use shell::interpreter::{MISUSE, Shell};
use shell::options::{self, Invocation, Source, USAGE};
use system::{Commons, CommonsShell};
use user::{eprintln, println, process};

user::entry!(main);

/// The status for a script that cannot be read.
const NO_SCRIPT_STATUS: i32 = 127;

fn main() -> i32 {
    let invocation = match options::parse(user::env::args()) {
        Ok(invocation) => invocation,
        Err(message) => {
            eprintln!("shell: {message}");
            return MISUSE;
        }
    };
    match &invocation.source {
        Source::Usage => {
            println!("{USAGE}");
            0
        }
        Source::Text(text) => run_text(&invocation, "-c", text),
        Source::File(path) => match user::fs::read(path) {
            Ok(bytes) => run_text(&invocation, path, &String::from_utf8_lossy(&bytes)),
            Err(error) => {
                eprintln!("shell: {error}");
                NO_SCRIPT_STATUS
            }
        },
        Source::Input if terminal::is_interactive() => interactive::run(&invocation),
        Source::Input => {
            let mut shell = new_shell(&invocation);
            shell.to_the_end(|shell| shell.run_lines("standard input", lines::InputLines))
        }
    }
}

/// A shell with the environment that it was started with.
fn new_shell(invocation: &Invocation) -> CommonsShell {
    let mut shell = Shell::new(Commons { terminal: None });
    shell.begin(user::env::vars(), process::id().0, invocation);
    shell
}

fn run_text(invocation: &Invocation, origin: &str, text: &str) -> i32 {
    let lines = text.lines().map(String::from);
    new_shell(invocation).to_the_end(|shell| shell.run_lines(origin, lines))
}
