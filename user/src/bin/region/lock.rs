//! `region lock`.

use super::{Outcome, Words, describe, run};
use abi::Errno;
use alloc::format;
use user::eprintln;
use user::error::{Error, Result};
use user::options::{Argument, Arguments, Parsed, parse_seconds, unknown, usage};
use user::region::{Locked, Region, RegionFlags};
use user::time::Duration;

/// How it is called.
pub const USAGE: &str = "[--timeout SECONDS] [--repair] NAME COMMAND...";

/// What it does.
pub const HELP: &str = "\
Runs a command while it holds the region's lock.
Says if the one who held it before died, so that the bytes may be half changed.
With --repair, a command that succeeds has put them right again, and others are
not told any more.";

/// Whether the command is to have put the bytes right.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Repair {
    Yes,
    No,
}

/// Takes the lock and runs the command.
pub fn run(words: Words) -> Outcome {
    let (mut timeout, mut repair) = (None, Repair::No);
    let mut arguments = Arguments::new(words);
    let name = loop {
        match arguments.next()? {
            Some(Argument::Long("help") | Argument::Short('h')) => return Ok(Parsed::Help),
            Some(Argument::Long("repair")) => repair = Repair::Yes,
            Some(Argument::Long("timeout") | Argument::Short('t')) => {
                timeout = Some(parse_seconds(arguments.value()?)?);
            }
            Some(Argument::Positional(name)) => break name,
            Some(option) => return Err(unknown(option)),
            None => return Err(usage("which region?")),
        }
    };
    let command = arguments.rest();
    if command.is_empty() {
        return Err(usage("which command is to be run with the lock held?"));
    }
    let flags = RegionFlags::READ_ONLY | RegionFlags::CLOSE_ON_EXEC;
    let region = Region::open_with(name, flags)?;
    let locked = take(&region, name, timeout)?;
    if locked.owner_died() {
        eprintln!("region: {name}: the process that held the lock died: bytes may be half changed");
    }
    let guard = locked.into_guard();
    let status = run::command(&command)?;
    if repair == Repair::Yes && status == 0 {
        guard.unlock_consistent()?;
    }
    Ok(Parsed::Run(status))
}

fn take<'a>(region: &'a Region, name: &str, timeout: Option<Duration>) -> Result<Locked<'a>> {
    let locked = match timeout {
        None => region.lock().map(Some),
        Some(timeout) => region.lock_within(timeout),
    };
    let locked = locked.map_err(|error| match error.errno() {
        Some(Errno::EDEADLK) => {
            error.problem("the one who has the lock waits for a lock that this process has")
        }
        _ => error,
    })?;
    locked.ok_or_else(|| {
        let owner = describe::find(name).map_or(0, |record| record.lock_owner);
        let holder = describe::process(owner);
        Error::message(format!("{name}: process {holder} holds the lock for longer than that"))
    })
}
