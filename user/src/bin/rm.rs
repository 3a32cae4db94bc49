//! `rm`: removes names.
#![no_std]
#![no_main]

extern crate alloc;

use abi::Errno;
use alloc::format;
use user::error::{Error, Result};
use user::fs::{self, Kind, within};
use user::options::{self, Argument, Parsed, unknown, usage};
use user::{env, println};

const HELP: &str = "usage: rm [-d] [-f] [-r] PATH...\n\
    Removes files; with -d empty directories too, with -r directories with all that is in them.\n\
    With -f a file that is not there is no failure.";

user::entry!(main);

/// Whether directories may be removed.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Directories {
    Keep,
    Remove,
    RemoveAll,
}

fn main() -> Result<i32> {
    let mut directories = Directories::Keep;
    let mut is_forced = false;
    let parsed = options::parse(env::args().skip(1), |option, _| {
        match option {
            Argument::Short('d') if directories == Directories::Keep => {
                directories = Directories::Remove;
            }
            Argument::Short('d') => {}
            Argument::Short('r' | 'R') => directories = Directories::RemoveAll,
            Argument::Short('f') => is_forced = true,
            option => return Err(unknown(option)),
        }
        Ok(())
    })?;
    let Parsed::Run(paths) = parsed else {
        println!("{HELP}");
        return Ok(0);
    };
    if paths.is_empty() && !is_forced {
        return Err(usage("which file?"));
    }
    Ok(user::each(paths, |path| match remove(path, directories) {
        Err(error) if is_forced && error.errno() == Some(Errno::ENOENT) => Ok(()),
        outcome => outcome,
    }))
}

fn remove(path: &str, directories: Directories) -> Result<()> {
    let is_directory = fs::link_metadata(path)?.kind() == Kind::Directory;
    match directories {
        _ if !is_directory => fs::unlink(path),
        Directories::Keep => fs::unlink(path)
            .map_err(|error| error.advice("rm -d removes it if empty, rm -r with what is in it")),
        Directories::Remove => fs::remove_dir(path),
        Directories::RemoveAll => remove_all(path),
    }
}

fn remove_all(path: &str) -> Result<()> {
    let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or(path);
    if matches!(name, "" | "." | "..") {
        return Err(
            Error::message(format!("{path}: not removed as a whole")).advice("name what is in it")
        );
    }
    for entry in fs::read_dir(path)? {
        remove(&within(path, &entry?.name), Directories::RemoveAll)?;
    }
    fs::remove_dir(path)
}
