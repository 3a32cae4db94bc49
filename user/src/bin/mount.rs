//! `mount`: lists the file systems, and mounts the SD card.
#![no_std]
#![no_main]

extern crate alloc;

use abi::Errno;
use abi::file_system::{MS_RDONLY, MS_REMOUNT};
use alloc::format;
use user::error::{Error, Result};
use user::options::{self, Argument, Parsed, unknown, usage};
use user::style;
use user::table::Align;
use user::{env, fs, print, println};

const HELP: &str = "usage: mount [-r] [-o ro|rw|remount[,...]] [[DEVICE] DIRECTORY]\n\
    Lists what is mounted, or mounts the SD card (/dev/mmcblk0) at its directory /sd.\n  \
    -r, -o ro        nothing can be changed\n  \
    -o remount,ro    change how it is mounted; also remount,rw";
const CARD: &str = "/dev/mmcblk0";

user::entry!(main);

fn main() -> Result<()> {
    let mut flags = 0;
    let parsed = options::parse(env::args().skip(1), |option, arguments| match option {
        Argument::Short('r') => {
            flags |= MS_RDONLY;
            Ok(())
        }
        Argument::Short('o') => change(&mut flags, arguments.value()?),
        option => Err(unknown(option)),
    })?;
    let Parsed::Run(words) = parsed else {
        println!("{HELP}");
        return Ok(());
    };
    match words[..] {
        [] if flags == 0 => list(),
        [directory] => mount(CARD, directory, flags),
        [device, directory] => mount(device, directory, flags),
        _ => Err(usage("which directory?")),
    }
}

/// Takes a list of options.
fn change(flags: &mut u64, list: &str) -> Result<()> {
    for option in list.split(',') {
        match option {
            "ro" => *flags |= MS_RDONLY,
            "rw" => *flags &= !MS_RDONLY,
            "remount" => *flags |= MS_REMOUNT,
            _ => return Err(usage(format!("{option}: no such option"))),
        }
    }
    Ok(())
}

fn list() -> Result<()> {
    let left = |name| (name, Align::Left);
    let mut table = style::table(&[left("WHERE"), left("WHAT"), left("TYPE"), left("ACCESS")]);
    for line in fs::read_to_string("/proc/mounts")?.lines() {
        let mut words = line.split(' ').map(Into::into);
        let mut next = || words.next().unwrap_or_default();
        let (what, at, kind, access) = (next(), next(), next(), next());
        table.row([at, what, kind, access]);
    }
    print!("{table}");
    Ok(())
}

fn mount(device: &str, directory: &str, flags: u64) -> Result<()> {
    fs::mount(device, directory, flags).map_err(|error| explain(error, flags))
}

fn explain(error: Error, flags: u64) -> Error {
    match error.errno() {
        Some(Errno::EBUSY) if flags & MS_REMOUNT != 0 => {
            error.problem("files are open for writing")
        }
        Some(Errno::EBUSY) => {
            error.problem("mounted already, or somebody writes to the device").advice("see mount")
        }
        Some(Errno::EINVAL) if flags & MS_REMOUNT != 0 => error.problem("not mounted"),
        Some(Errno::EINVAL) => error.problem("no place for a card").advice("its place is /sd"),
        Some(Errno::ENODEV) => error.problem("the card has no FAT partition"),
        _ => error,
    }
}
