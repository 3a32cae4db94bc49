//! `as`: runs a command as another user.
#![no_std]
#![no_main]

extern crate alloc;

use abi::Errno;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use user::error::Result;
use user::options::{Argument, Arguments, parse_owner, unknown, usage};
use user::process::{self, find_program};
use user::{env, eprintln, println};

const HELP: &str = "usage: as UID[:GID] COMMAND...
Runs a command as another user, for good; only root can. Without a GID the group
has the user's number.";

/// The status of a command that cannot be run, as shells have it.
const CANNOT_RUN: i32 = 126;
/// The status of a command that is not there, as shells have it.
const NOT_FOUND: i32 = 127;

user::entry!(main);

fn main() -> Result<i32> {
    let mut arguments = Arguments::new(env::args().skip(1));
    let owner = match arguments.next()? {
        Some(Argument::Positional(word)) => word,
        Some(Argument::Long("help") | Argument::Short('h')) => {
            println!("{HELP}");
            return Ok(0);
        }
        Some(option) => return Err(unknown(option)),
        None => return Err(usage("as whom?")),
    };
    let (uid, gid) = parse_owner(owner)?;
    let command = arguments.rest();
    let Some(program) = command.first() else {
        return Err(usage("which command?"));
    };
    process::become_user(uid, gid.unwrap_or(uid)).map_err(|error| match error.errno() {
        Some(Errno::EPERM) => error.problem("only root can run commands as others"),
        _ => error,
    })?;
    // Only now: what that user may run counts.
    let Some(path) = find_program(program) else {
        eprintln!("as: {program}: no such program (help lists what there is)");
        return Ok(NOT_FOUND);
    };
    let environment: Vec<String> =
        env::vars().map(|(name, value)| format!("{name}={value}")).collect();
    let environment: Vec<&str> = environment.iter().map(String::as_str).collect();
    let errno = process::exec(&path, &command, &environment);
    eprintln!("as: {program}: {}", errno.text());
    Ok(CANNOT_RUN)
}
