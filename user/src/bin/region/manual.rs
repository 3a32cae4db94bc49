//! The commands: how each is used, what it does, and who does it.

use super::{Outcome, Words, bytes, change, create, file, holding, list, lock, open, stat, watch};
use core::fmt;
use user::println;

/// A command of `region`.
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
        write!(formatter, "usage: region {} {}\n\n{}", self.name, self.usage, self.help)
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
    command("create", create::USAGE, create::HELP, create::run),
    command("open", open::USAGE, open::HELP, open::run),
    command("wait", open::WAIT_USAGE, open::WAIT_HELP, open::wait),
    command("ls", "[--json]", "Lists the regions with a name; --json is for programs.", list::run),
    command("stat", "NAME", "Tells all that is known of a region.", stat::run),
    command("rm", "NAME...", change::REMOVE_HELP, change::remove),
    command("grow", "NAME SIZE", change::GROW_HELP, change::grow),
    command("resize", "NAME SIZE", change::RESIZE_HELP, change::resize),
    command("seal", "NAME [SEAL...]", change::SEAL_HELP, change::seal),
    command("chmod", "NAME MODE", "Sets who may open a region, in octal.", change::mode),
    command("chown", "NAME UID[:GID]", "Gives a region another owner; root can.", change::owner),
    command("read", "NAME [OFFSET [LENGTH]]", bytes::READ_HELP, bytes::read),
    command("write", "NAME OFFSET TEXT...|-", bytes::WRITE_HELP, bytes::write),
    command("dump", "NAME [OFFSET [LENGTH]]", bytes::DUMP_HELP, bytes::dump),
    command("fill", "NAME BYTE [OFFSET [LENGTH]]", bytes::FILL_HELP, bytes::fill),
    command("save", "NAME FILE", file::SAVE_HELP, file::save),
    command("load", "FILE NAME", file::LOAD_HELP, file::load),
    command("notify", "NAME [OFFSET [LENGTH]]", watch::NOTIFY_HELP, watch::notify),
    command("watch", watch::USAGE, watch::HELP, watch::run),
    command("lock", lock::USAGE, lock::HELP, lock::run),
    command("of", "PID", holding::HANDLES_HELP, holding::handles),
    command("maps", "PID", holding::VIEWS_HELP, holding::views),
];

/// Prints what commands there are.
pub fn overview() {
    println!("usage: region COMMAND [ARGUMENT...]\n");
    println!("A region is memory that processes hold in common, by a name that begins with /.\n");
    for Command { name, help, .. } in COMMANDS {
        println!("  region {name:<7} {}", help.lines().next().unwrap_or_default());
    }
    println!(
        "\nSizes and offsets look like 4096, 0x1000, 64K or 2M. region COMMAND --help tells more."
    );
}
