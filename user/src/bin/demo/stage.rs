//! What stories are told with: commentary, and commands that are shown as they are run.

use alloc::format;
use user::error::{Error, Result};
use user::println;
use user::process::{self, Command, ExitStatus, Pid};
use user::style::{self, Style};

/// Says something about what follows.
pub fn say(text: &str) {
    println!("{}", Style::Cyan.paint(style::colour(), text));
}

/// Shows a command and starts it.
pub fn start(line: &str) -> Result<Pid> {
    println!("{} {line} &", prompt());
    command(line).spawn()
}

/// Shows a command and runs it; it must succeed.
pub fn must(line: &str) -> Result<()> {
    println!("{} {line}", prompt());
    match process::wait_for(command(line).spawn()?)? {
        ExitStatus::Exited(0) => Ok(()),
        status => Err(Error::message(format!(
            "{line}: it ended with status {}, and the story with it",
            status.shell_status()
        ))),
    }
}

/// What shown commands begin with.
pub fn prompt() -> style::Painted<&'static str> {
    Style::Bold.paint(style::colour(), "$")
}

fn command(line: &str) -> Command {
    let mut words = line.split_whitespace();
    let program = Command::new(words.next().unwrap_or_default());
    words.fold(program, |command, word| command.arg(word))
}
