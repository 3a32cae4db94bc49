//! `mv`: gives files other names, or another place.
#![no_std]
#![no_main]

extern crate alloc;

use abi::Errno;
use alloc::format;
use user::error::{Error, Result};
use user::fs::{self, Kind, within};
use user::options::{Parsed, plain, usage};
use user::{env, println};

const HELP: &str = "usage: mv FILE TARGET\n       mv FILE... DIRECTORY\n\
    Renames files and directories. A file that goes to another file system is copied and removed.";

user::entry!(main);

fn main() -> Result<i32> {
    let Parsed::Run(mut paths) = plain(env::args().skip(1))? else {
        println!("{HELP}");
        return Ok(0);
    };
    let target = paths.pop().ok_or_else(|| usage("which file?"))?;
    let is_directory = fs::metadata(target).is_ok_and(|found| found.kind() == Kind::Directory);
    match paths.as_slice() {
        [] => Err(usage("moved to where?")),
        [_, ..] if is_directory => {
            Ok(user::each(paths, |path| rename(path, &within(target, path))))
        }
        [path] => rename(path, target).map(|()| 0),
        _ => Err(usage(format!("{target} is no directory, so only one file can be moved there"))),
    }
}

fn rename(path: &str, target: &str) -> Result<()> {
    let error = match fs::rename(path, target) {
        Err(error) if error.errno() == Some(Errno::EXDEV) => error,
        outcome => return outcome,
    };
    if fs::link_metadata(path)?.kind() != Kind::File {
        return Err(error.advice("only plain files are moved to another file system; cp -r copies"));
    }
    fs::copy(path, target)?;
    fs::unlink(path)
        .map_err(|error| Error::message(format!("{error}; {target} has been made all the same")))
}
