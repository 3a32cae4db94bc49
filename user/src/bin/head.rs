//! `head`: the beginning of files.
#![no_std]
#![no_main]

extern crate alloc;

use user::error::{Context, Result};
use user::fs::File;
use user::io;
use user::options::{self, Argument, Parsed, unknown};
use user::text::lines::Lines;
use user::{env, println};

const HELP: &str = "usage: head [-n LINES | -LINES | -c BYTES] [FILE]...\n\
    Prints the first 10 lines of each file, or as many as asked for; - or no file is standard input.";

/// What is printed of each file.
#[derive(Clone, Copy)]
enum Amount {
    Lines(u64),
    Bytes(u64),
}

user::entry!(main);

fn main() -> Result<i32> {
    let mut amount = Amount::Lines(10);
    let mut digits = 0_u64;
    let parsed = options::parse(env::args().skip(1), |option, arguments| {
        amount = match option {
            Argument::Short('n') => Amount::Lines(arguments.number(0)?),
            Argument::Short(digit @ '0'..='9') => {
                digits =
                    digits.saturating_mul(10).saturating_add(u64::from(digit as u32 - '0' as u32));
                Amount::Lines(digits)
            }
            Argument::Short('c') => Amount::Bytes(arguments.size()?),
            option => return Err(unknown(option)),
        };
        Ok(())
    })?;
    let Parsed::Run(mut paths) = parsed else {
        println!("{HELP}");
        return Ok(0);
    };
    if paths.is_empty() {
        paths.push("-");
    }
    let several = paths.len() > 1;
    let mut is_first = true;
    Ok(user::each(paths, |path| {
        let file = File::input(path)?;
        if several {
            println!("{}==> {path} <==", if is_first { "" } else { "\n" });
        }
        is_first = false;
        match amount {
            Amount::Lines(count) => print_lines(&file, count),
            Amount::Bytes(count) => print_bytes(&file, count),
        }
    }))
}

fn print_lines(file: &File, count: u64) -> Result<()> {
    let mut lines = Lines::new(|buffer: &mut [u8]| file.read(buffer));
    for _ in 0..count {
        let Some(line) = lines.next_line()? else { break };
        io::write(line).context("standard output")?;
    }
    Ok(())
}

fn print_bytes(file: &File, count: u64) -> Result<()> {
    let mut buffer = alloc::vec![0; 16 * 1024];
    let mut left = count;
    while left > 0 {
        let part = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let count = file.read(&mut buffer[..part])?;
        if count == 0 {
            break;
        }
        left -= count as u64;
        io::write(&buffer[..count]).context("standard output")?;
    }
    Ok(())
}
