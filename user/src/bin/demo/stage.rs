//! What stories are told with: commentary, commands that are shown as they are run, and claims that
//! are checked.

use abi::Errno;
use alloc::format;
use alloc::string::String;
use user::error::{Error, Result};
use user::println;
use user::process::{self, Command, ExitStatus, Pid};
use user::region;
use user::style::{self, Style};

/// Says something about what follows.
pub fn say(text: &str) {
    println!("{}", Style::Cyan.paint(style::colour(), text));
}

/// Says something that must be true; the story ends if it is not.
pub fn claim(text: &str, holds: bool) -> Result<()> {
    if !holds {
        return Err(Error::message(format!("the story goes wrong; this does not hold: {text}")));
    }
    println!("{} {text}", Style::Green.paint(style::colour(), "ok"));
    Ok(())
}

/// Says that something is refused for the right reason, and shows how it is told.
pub fn refused<T>(what: &str, reason: Errno, outcome: Result<T>) -> Result<()> {
    match outcome {
        Err(error) => claim(&format!("{what}: {error}"), error.errno() == Some(reason)),
        Ok(_) => claim(&format!("{what}: refused"), false),
    }
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

/// A region's name for this telling, which goes with it, however it ends.
pub struct Name(String);

impl Name {
    /// A name that no other telling has.
    pub fn new(story: &str) -> Self {
        Self(format!("/{story}-{}", process::id()))
    }
}

impl core::ops::Deref for Name {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Drop for Name {
    fn drop(&mut self) {
        // A story that has gone well may have removed it already.
        let _ = region::unlink(&self.0);
    }
}
