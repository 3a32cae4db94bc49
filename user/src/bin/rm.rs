//! `rm`: removes names.
#![no_std]
#![no_main]

use user::error::Result;
use user::fs::{self, Kind};
use user::options::{self, Argument, Parsed, unknown, usage};
use user::{env, println};

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
    let parsed = options::parse(env::args().skip(1), |option, _| match option {
        Argument::Short('d') => {
            directories = Directories::Remove;
            Ok(())
        }
        option => Err(unknown(option)),
    })?;
    let Parsed::Run(paths) = parsed else {
        println!("{HELP}");
        return Ok(0);
    };
    if paths.is_empty() {
        return Err(usage("which file?"));
    }
    Ok(user::each(paths, |path| remove(path, directories)))
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
