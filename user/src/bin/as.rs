//! `as`: runs a command as another user.
#![no_std]
#![no_main]

extern crate alloc;

use abi::Errno;
use user::error::Result;
use user::options::{Argument, Arguments, parse_owner, unknown, usage};
use user::process;
use user::{env, println};

const HELP: &str = "usage: as UID[:GID] COMMAND...
Runs a command as another user, for good; only root can. Without a GID the group
has the user's number.";

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
    if command.is_empty() {
        return Err(usage("which command?"));
    }
    process::become_user(uid, gid.unwrap_or(uid)).map_err(|error| match error.errno() {
        Some(Errno::EPERM) => error.problem("only root can run commands as others"),
        _ => error,
    })?;
    // Only now: what that user may run counts.
    Ok(process::become_command(&command, None))
}
