//! `umount`: brings all changes to the SD card, which may then be taken out.
#![no_std]
#![no_main]

use abi::Errno;
use user::error::{Error, Result};
use user::options::{Parsed, plain, usage};
use user::{env, fs, println};

const HELP: &str = "usage: umount DIRECTORY...\n\
    Brings all changes to the SD card, and has its directory /sd lead nowhere until the next mount.";

user::entry!(main);

fn main() -> Result<i32> {
    match plain(env::args().skip(1))? {
        Parsed::Help => {
            println!("{HELP}");
            Ok(0)
        }
        Parsed::Run(directories) if directories.is_empty() => Err(usage("which directory?")),
        Parsed::Run(directories) => Ok(user::each(directories, unmount)),
    }
}

fn unmount(directory: &str) -> Result<()> {
    fs::unmount(directory).map_err(explain)
}

fn explain(error: Error) -> Error {
    match error.errno() {
        Some(Errno::EBUSY) => error
            .problem("somebody has a file open there, runs a program from it, or is in a directory")
            .advice("ps shows who there is"),
        Some(Errno::EINVAL) => error.problem("nothing is mounted there"),
        _ => error,
    }
}
