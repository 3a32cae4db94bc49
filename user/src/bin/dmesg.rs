//! `dmesg`: what the kernel has printed since boot, read where the kernel writes it.
#![no_std]
#![no_main]

extern crate alloc;

use abi::Errno;
use user::error::{Context, Error, Result};
use user::kernel_log::{KernelLog, Lines};
use user::options::{Argument, Parsed, parse, unknown, usage};
use user::{env, fs, io, println};

const HELP: &str = "usage: dmesg [--follow | --last]\n\
    Prints the kernel's messages since boot, the last 64 KiB of them. It claims the very pages that\n\
    the kernel writes to, which process 0 offers to root's processes.\n\
    --follow  go on with what comes, until Ctrl-C\n\
    --last    those of the run before this one, with its panic if it ended in one: memory keeps\n\
              them while the machine restarts, until it is without power";

/// Where the kernel tells what is left of the run before.
const LAST: &str = "/proc/last_kmsg";

user::entry!(main);

fn main() -> Result<()> {
    let (mut follows, mut is_last) = (false, false);
    let parsed = parse(env::args().skip(1), |argument, _| {
        match argument {
            Argument::Long("follow") | Argument::Short('f') => follows = true,
            Argument::Long("last") => is_last = true,
            other => return Err(unknown(other)),
        }
        Ok(())
    })?;
    match parsed {
        Parsed::Help => {
            println!("{HELP}");
            return Ok(());
        }
        Parsed::Run(words) if !words.is_empty() => return Err(usage("there is one log")),
        Parsed::Run(_) if follows && is_last => {
            return Err(usage("nothing comes to the log of the run before: --follow or --last"));
        }
        Parsed::Run(_) => {}
    }
    if is_last {
        return print_last();
    }
    let log = KernelLog::open()?;
    let mut end = print(&log.read(0))?;
    if !follows {
        return Ok(());
    }
    loop {
        log.wait(end, None);
        end = print(&log.read(end))?;
    }
}

fn print_last() -> Result<()> {
    let text = fs::read(LAST).map_err(|error| match error.errno() {
        Some(Errno::EACCES) => error.problem("only root may read the kernel's messages"),
        _ => error,
    })?;
    if text.is_empty() {
        return Err(Error::message(
            "nothing is left of the run before: the machine was without power",
        )
        .advice("reboot, and a restart after a panic, keep it"));
    }
    io::write(&text).and_then(|()| io::flush()).context("standard output")
}

/// Prints lines; returns where to go on.
fn print(lines: &Lines) -> Result<u64> {
    if lines.lost > 0 {
        println!("({} bytes are lost: the log keeps the last 64 KiB)", lines.lost);
    }
    io::write(&lines.bytes).and_then(|()| io::flush()).context("standard output")?;
    Ok(lines.end)
}
