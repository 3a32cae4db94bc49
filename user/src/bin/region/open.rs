//! `region open` and `region wait`.

use super::{Outcome, Words, describe, run};
use abi::Errno;
use alloc::format;
use user::error::{Error, Result};
use user::options::{Argument, Arguments, Parsed, only, parse, parse_seconds, unknown, usage};
use user::println;
use user::region::{self, Protection, Region, RegionFlags, View};
use user::style::Size;

/// How `open` is called.
pub const USAGE: &str = "[--read-only] NAME [COMMAND...]";

/// What `open` does.
pub const HELP: &str = "\
Opens a region, maps it, and tells what was got: rights, address, length.
Asks for reading and writing, and for less where that is refused. A command is
run while the region is open and mapped.";

/// How `wait` is called.
pub const WAIT_USAGE: &str = "NAME [--timeout SECONDS]";

/// What `wait` does.
pub const WAIT_HELP: &str = "Waits until a region of that name exists.";

/// Opens and maps a region, tells what that gave, and runs the command.
pub fn run(words: Words) -> Outcome {
    let mut flags = RegionFlags::CLOSE_ON_EXEC;
    let mut arguments = Arguments::new(words);
    let name = loop {
        match arguments.next()? {
            Some(Argument::Long("help") | Argument::Short('h')) => return Ok(Parsed::Help),
            Some(Argument::Long("read-only") | Argument::Short('r')) => {
                flags |= RegionFlags::READ_ONLY;
            }
            Some(Argument::Positional(name)) => break name,
            Some(option) => return Err(unknown(option)),
            None => return Err(usage("which region?")),
        }
    };
    let (region, rights) = open(name, flags)?;
    let record = region.stat()?;
    println!("{name}: descriptor {} to {}", region.as_raw(), describe::rights(rights));
    let (view, rights) = map(&region, rights)?;
    println!(
        "view at {:#x}: {} bytes to {}, room for {}",
        view.address(),
        view.len(),
        describe::rights(rights),
        Size(record.maximum),
    );
    run::command(&arguments.rest()).map(Parsed::Run)
}

/// Opens it for as much as is allowed.
fn open(name: &str, flags: RegionFlags) -> Result<(Region, Protection)> {
    let read_only = flags | RegionFlags::READ_ONLY;
    if flags.contains(RegionFlags::READ_ONLY) {
        return Ok((Region::open_with(name, flags)?, Protection::READ));
    }
    match Region::open_with(name, flags) {
        Ok(region) => Ok((region, Protection::READ | Protection::WRITE)),
        Err(error) if matches!(error.errno(), Some(Errno::EACCES | Errno::EBUSY)) => {
            // The first refusal says more, if even reading is refused.
            let region = Region::open_with(name, read_only).map_err(|_| refused(error.clone()))?;
            println!("{error}: only to read, then");
            Ok((region, Protection::READ))
        }
        Err(error) => Err(error),
    }
}

fn refused(error: Error) -> Error {
    error.advice("region ls shows its mode and owner, who may change that with: region chmod")
}

/// Maps it for as much as is allowed.
fn map(region: &Region, rights: Protection) -> Result<(View, Protection)> {
    match region.map(rights) {
        Ok(view) => Ok((view, rights)),
        Err(error)
            if rights.contains(Protection::WRITE)
                && matches!(error.errno(), Some(Errno::EACCES | Errno::EPERM)) =>
        {
            Ok((region.map(Protection::READ)?, Protection::READ))
        }
        Err(error) => Err(error),
    }
}

/// Waits for a name.
pub fn wait(words: Words) -> Outcome {
    let mut timeout = None;
    let parsed = parse(words, |option, values| match option {
        Argument::Long("timeout") | Argument::Short('t') => {
            timeout = Some(parse_seconds(values.value()?)?);
            Ok(())
        }
        option => Err(unknown(option)),
    })?;
    let Parsed::Run(plain) = parsed else { return Ok(Parsed::Help) };
    let name = only(&plain, "region")?;
    match region::wait_for_name(name, timeout)? {
        true => Ok(Parsed::Run(0)),
        false => Err(Error::message(format!("{name}: no such region in that time"))),
    }
}
