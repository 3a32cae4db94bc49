//! `rm`: removes names.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::vec::Vec;
use user::error::Result;
use user::fs::{self, Kind};
use user::options::{Argument, Arguments, unknown, usage};
use user::{env, eprintln, println};

const HELP: &str = "usage: rm [-d] PATH...\nRemoves files; with -d empty directories too.";

user::entry!(main);

/// Whether directories may be removed.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Directories {
    Keep,
    Remove,
}

fn main() -> Result<i32> {
    let mut directories = Directories::Keep;
    let mut paths = Vec::new();
    let mut arguments = Arguments::new(env::args().skip(1));
    while let Some(argument) = arguments.next()? {
        match argument {
            Argument::Short('d') => directories = Directories::Remove,
            Argument::Long("help") | Argument::Short('h') => {
                println!("{HELP}");
                return Ok(0);
            }
            Argument::Positional(path) => paths.push(path),
            option => return Err(unknown(option)),
        }
    }
    if paths.is_empty() {
        return Err(usage("which file?"));
    }
    let mut status = 0;
    for path in paths {
        if let Err(error) = remove(path, directories) {
            eprintln!("rm: {error}");
            status = 1;
        }
    }
    Ok(status)
}

fn remove(path: &str, directories: Directories) -> Result<()> {
    match fs::metadata(path)?.kind() {
        Kind::Directory if directories == Directories::Remove => fs::remove_dir(path),
        Kind::Directory => {
            fs::unlink(path).map_err(|error| error.advice("rm -d removes it if empty"))
        }
        _ => fs::unlink(path),
    }
}
