//! `dmesg`: what the kernel has printed since boot, read where the kernel writes it.
#![no_std]
#![no_main]

extern crate alloc;

use user::error::{Context, Result};
use user::kernel_log::{KernelLog, Lines};
use user::options::{Argument, Parsed, parse, unknown, usage};
use user::{env, io, println};

const HELP: &str = "usage: dmesg [--follow]\n\
    Prints the kernel's messages since boot, the last 64 KiB of them. It claims the very pages that\n\
    the kernel writes to, which process 0 offers to root's processes.\n\
    --follow  go on with what comes, until Ctrl-C";

user::entry!(main);

fn main() -> Result<()> {
    let mut follows = false;
    let parsed = parse(env::args().skip(1), |argument, _| {
        match argument {
            Argument::Long("follow") | Argument::Short('f') => follows = true,
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
        Parsed::Run(_) => {}
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

/// Prints lines; returns where to go on.
fn print(lines: &Lines) -> Result<u64> {
    if lines.lost > 0 {
        println!("({} bytes are lost: the log keeps the last 64 KiB)", lines.lost);
    }
    io::write(&lines.bytes).and_then(|()| io::flush()).context("standard output")?;
    Ok(lines.end)
}
