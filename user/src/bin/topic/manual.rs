//! The commands: how each is used, what it does, and who does it.

use super::{Outcome, Words, bandwidth, echo, info, list, publish, rate};
use core::fmt;
use user::println;

/// A command of `topic`.
pub struct Command {
    name: &'static str,
    /// What is typed behind the name.
    usage: &'static str,
    /// What it does: the first line stands in the overview.
    help: &'static str,
    /// Does it.
    pub run: fn(Words) -> Outcome,
}

impl Command {
    /// Whether this is the command of that name.
    pub fn is_called(&self, name: &str) -> bool {
        self.name == name || (self.name == "ls" && name == "list")
    }
}

impl fmt::Display for Command {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "usage: topic {} {}\n\n{}", self.name, self.usage, self.help)
    }
}

const fn command(
    name: &'static str,
    usage: &'static str,
    help: &'static str,
    run: fn(Words) -> Outcome,
) -> Command {
    Command { name, usage, help, run }
}

/// All commands, in the order of the overview.
pub const COMMANDS: &[Command] = &[
    command("ls", "", list::HELP, list::run),
    command("info", "NAME", info::HELP, info::run),
    command("echo", echo::USAGE, echo::HELP, echo::run),
    command("hz", rate::USAGE, rate::HELP, rate::run),
    command("bw", bandwidth::USAGE, bandwidth::HELP, bandwidth::run),
    command("pub", publish::USAGE, publish::HELP, publish::run),
];

/// Prints what commands there are.
pub fn overview() {
    println!("usage: topic COMMAND [ARGUMENT...]\n");
    println!("A topic is a name that begins with /, under which many publish and many read.");
    println!("Messages are read where they lie: none is copied.\n");
    for Command { name, help, .. } in COMMANDS {
        println!("  topic {name:<5} {}", help.lines().next().unwrap_or_default());
    }
    println!("\nCtrl-C ends what goes on for ever. topic COMMAND --help tells more.");
}
