//! `cp`: copies files, and tells how far it is where that takes long.
#![no_std]
#![no_main]

extern crate alloc;

use abi::Errno;
use alloc::format;
use user::error::{Error, Result};
use user::fs::{self, Kind, within};
use user::options::{self, Argument, Parsed, unknown, usage};
use user::{env, println};

const HELP: &str = "usage: cp [-r] FILE TARGET\n       cp [-r] FILE... DIRECTORY\n\
    Copies files with their permissions, with -r directories with all that is in them. A copy that\n\
    takes long tells on a terminal how far it is.";

/// Whether directories are copied.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Directories {
    Refused,
    Copied,
}

user::entry!(main);

fn main() -> Result<i32> {
    let mut directories = Directories::Refused;
    let parsed = options::parse(env::args().skip(1), |option, _| match option {
        Argument::Short('r' | 'R') => {
            directories = Directories::Copied;
            Ok(())
        }
        option => Err(unknown(option)),
    })?;
    let Parsed::Run(mut paths) = parsed else {
        println!("{HELP}");
        return Ok(0);
    };
    let target = paths.pop().ok_or_else(|| usage("which file?"))?;
    let is_directory = fs::metadata(target).is_ok_and(|found| found.kind() == Kind::Directory);
    match paths.as_slice() {
        [] => Err(usage("copied to where?")),
        [_, ..] if is_directory => {
            Ok(user::each(paths, |path| copy(path, &within(target, path), directories)))
        }
        [path] => copy(path, target, directories).map(|()| 0),
        _ => Err(usage(format!("{target} is no directory, so only one file can be copied there"))),
    }
}

fn copy(path: &str, target: &str, directories: Directories) -> Result<()> {
    let found = fs::metadata(path)?;
    if directories == Directories::Refused || found.kind() != Kind::Directory {
        return fs::copy(path, target);
    }
    if leads_into(path, target)? {
        return Err(Error::message(format!("{path}: cannot be copied into itself")));
    }
    match fs::mkdir(target) {
        Err(error) if error.errno() != Some(Errno::EEXIST) => return Err(error),
        _ => {}
    }
    for entry in fs::read_dir(path)? {
        let name = entry?.name;
        copy(&within(path, &name), &within(target, &name), directories)?;
    }
    fs::set_mode(target, found.permissions() & 0o777)
}

/// Whether a path, which need not exist, is in a directory or is it.
fn leads_into(directory: &str, path: &str) -> Result<bool> {
    let directory = fs::metadata(directory)?;
    let mut path = alloc::string::String::from(path.trim_end_matches('/'));
    loop {
        if fs::is_same(&directory, if path.is_empty() { "/" } else { &path }) {
            return Ok(true);
        }
        match path.rfind('/') {
            Some(slash) => path.truncate(slash),
            None => return Ok(fs::is_same(&directory, ".")),
        }
        if path.is_empty() {
            return Ok(fs::is_same(&directory, "/"));
        }
    }
}
