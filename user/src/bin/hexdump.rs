//! `hexdump`: bytes of files in hexadecimal, with their characters.
#![no_std]
#![no_main]

extern crate alloc;

use user::error::{Error, Result};
use user::fs::File;
use user::hexdump::{Dump, LINE_BYTES};
use user::io::Stdout;
use user::options::{self, Argument, Parsed, only, unknown};
use user::{env, println};

const HELP: &str = "usage: hexdump [-C] [-s SKIP] [-n BYTES] [FILE]\n\
    Prints bytes in hexadecimal with their characters, which -C asks for elsewhere. -s leaves out\n\
    the first ones, -n stops after so many. - or no file is standard input.";

user::entry!(main);

fn main() -> Result<()> {
    let (mut skipped, mut limit) = (0, u64::MAX);
    let parsed = options::parse(env::args().skip(1), |option, arguments| {
        match option {
            Argument::Short('C') => {}
            Argument::Short('s') => skipped = arguments.size()?,
            Argument::Short('n') => limit = arguments.size()?,
            option => return Err(unknown(option)),
        }
        Ok(())
    })?;
    let Parsed::Run(paths) = parsed else {
        println!("{HELP}");
        return Ok(());
    };
    let path = if paths.is_empty() { "-" } else { only(&paths, "file")? };
    let file = File::input(path)?;
    if skipped > 0 && file.seek(skipped).is_err() {
        skip(&file, skipped)?;
    }
    let gone = |_| Error::message("standard output: cannot be written");
    let mut dump = Dump::new(skipped);
    let mut buffer = alloc::vec![0; 1024 * LINE_BYTES];
    let mut left = limit;
    while left > 0 {
        let wanted = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let count = fill(&file, &mut buffer[..wanted])?;
        dump.add(&buffer[..count], &mut Stdout).map_err(gone)?;
        left -= count as u64;
        if count < wanted {
            break;
        }
    }
    dump.end(&mut Stdout).map_err(gone)
}

/// Reads as much as fits, which only the end keeps from being all.
fn fill(file: &File, buffer: &mut [u8]) -> Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read(&mut buffer[filled..])? {
            0 => break,
            count => filled += count,
        }
    }
    Ok(filled)
}

/// Reads what is to be left out of a file that has no offsets.
fn skip(file: &File, bytes: u64) -> Result<()> {
    let mut buffer = [0; 4096];
    let mut left = bytes;
    while left > 0 {
        let wanted = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        match file.read(&mut buffer[..wanted])? {
            0 => break,
            count => left -= count as u64,
        }
    }
    Ok(())
}
