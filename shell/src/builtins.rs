//! The commands that the shell does itself: because they change it, or to save a process.

mod control;
mod directory;
mod fc;
mod getopts;
mod jobs;
mod names;
mod printf;
mod read;
mod set;
mod test;
mod text;
mod traps;
mod ulimit;
mod variables;

use crate::interpreter::{MISUSE, Run, Shell};
use crate::system::{Builtin, System};
use alloc::format;
use alloc::string::String;

/// POSIX's special builtins: assignments before them stay, an error ends a script.
const SPECIAL: [&str; 15] = [
    ":", ".", "break", "continue", "eval", "exec", "exit", "export", "readonly", "return", "set",
    "shift", "times", "trap", "unset",
];

/// Whether a name is one of POSIX's special builtins.
pub fn is_special(name: &str) -> bool {
    SPECIAL.contains(&name)
}

/// The builtin with this name; each has its line in [`crate::help::BUILTINS`].
pub fn find<S: System>(name: &str) -> Option<Builtin<S>> {
    Some(match name {
        ":" | "true" => |_, _| Ok(0),
        "false" => |_, _| Ok(1),
        "." => control::source,
        "[" | "test" => test::test,
        "alias" => names::alias,
        "bg" => jobs::background,
        "break" => control::break_loops,
        "cd" => directory::change,
        "command" => names::command,
        "continue" => control::continue_loops,
        "echo" => text::echo,
        "eval" => control::eval,
        "exec" => control::exec,
        "exit" => control::exit,
        "export" => variables::export,
        "fc" => fc::fc,
        "fg" => jobs::foreground,
        "getopts" => getopts::getopts,
        "hash" => names::hash,
        "history" => text::history,
        "jobs" => jobs::list,
        "kill" => jobs::kill,
        "local" => variables::local,
        "printf" => printf::printf,
        "pwd" => directory::print,
        "read" => read::read,
        "readonly" => variables::read_only,
        "return" => control::return_,
        "set" => set::set,
        "shift" => variables::shift,
        "times" => text::times,
        "trap" => traps::trap,
        "type" => names::type_of,
        "ulimit" => ulimit::ulimit,
        "umask" => directory::umask,
        "unalias" => names::unalias,
        "unset" => variables::unset,
        "wait" => jobs::wait,
        _ => return S::builtin(name),
    })
}

/// Says how a builtin was used wrongly. In a special one this ends a script.
fn misuse<S: System>(shell: &mut Shell<S>, arguments: &[String], problem: &str) -> Run {
    let name = arguments.first().map_or("", String::as_str);
    let usage = crate::help::find(name).map_or(name, |entry| entry.usage);
    shell.error_text(&format!("{name}: {problem} (usage: {usage})\n"));
    if is_special(name) { shell.fail(MISUSE) } else { Ok(MISUSE) }
}
