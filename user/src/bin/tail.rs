//! `tail`: the end of files.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::collections::VecDeque;
use alloc::format;
use alloc::vec::Vec;
use core::time::Duration;
use user::error::{Context, Result};
use user::fs::{File, Kind};
use user::io;
use user::options::{self, Argument, Parsed, unknown, usage};
use user::text::lines::Lines;
use user::{env, println, time};

const HELP: &str = "usage: tail [-f] [-n [+]LINES | -LINES] [FILE]...\n\
    Prints the last 10 lines of each file, or as many as asked for; with + from that line on.\n\
    - or no file is standard input. -f goes on with what is added to the (last) file; Ctrl-C ends it.";

/// How often a file is looked at that may have grown: files do not tell.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// What is printed of each file.
#[derive(Clone, Copy)]
enum Part {
    Last(usize),
    From(u64),
}

user::entry!(main);

fn main() -> Result<i32> {
    let mut part = Part::Last(10);
    let mut follows = false;
    let mut digits = 0_usize;
    let parsed = options::parse(env::args().skip(1), |option, arguments| {
        match option {
            Argument::Short('n') => part = parse(arguments.value()?)?,
            Argument::Short(digit @ '0'..='9') => {
                digits = digits.saturating_mul(10).saturating_add(digit as usize - '0' as usize);
                part = Part::Last(digits);
            }
            Argument::Short('f') => follows = true,
            option => return Err(unknown(option)),
        }
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
    let mut last = None;
    let status = user::each(paths.iter().enumerate(), |(index, path)| {
        let file = File::input(path)?;
        if several {
            println!("{}==> {path} <==", if index == 0 { "" } else { "\n" });
        }
        match part {
            Part::Last(count) => print_last(&file, count)?,
            Part::From(line) => print_from(&file, line)?,
        }
        last = Some(file);
        Ok(())
    });
    if let Some(file) = last.filter(|_| follows) {
        follow(&file)?;
    }
    Ok(status)
}

fn parse(text: &str) -> Result<Part> {
    let refused =
        || usage(format!("{text}: a number of lines is needed, or + and a line's number"));
    match text.strip_prefix('+') {
        Some(line) => line.parse().map(Part::From).map_err(|_| refused()),
        None => text.trim_start_matches('-').parse().map(Part::Last).map_err(|_| refused()),
    }
}

fn print_last(file: &File, count: usize) -> Result<()> {
    let mut kept: VecDeque<Vec<u8>> = VecDeque::new();
    let mut lines = Lines::new(|buffer: &mut [u8]| file.read(buffer));
    while let Some(line) = lines.next_line()? {
        kept.push_back(line.to_vec());
        if kept.len() > count {
            kept.pop_front();
        }
    }
    kept.iter().try_for_each(|line| io::write(line)).context("standard output")
}

fn print_from(file: &File, first: u64) -> Result<()> {
    let mut lines = Lines::new(|buffer: &mut [u8]| file.read(buffer));
    let mut number = 1;
    while let Some(line) = lines.next_line()? {
        if number >= first {
            io::write(line).context("standard output")?;
        }
        number += 1;
    }
    Ok(())
}

/// Prints what is added to a file, for ever.
fn follow(file: &File) -> Result<()> {
    let mut buffer = alloc::vec![0; 4096];
    loop {
        let count = file.read(&mut buffer)?;
        io::write(&buffer[..count]).context("standard output")?;
        if count > 0 {
            continue;
        }
        io::flush().context("standard output")?;
        let metadata = file.metadata()?;
        if metadata.kind() != Kind::File {
            // The end of a pipe is the end.
            return Ok(());
        }
        if metadata.length() < file.position()? {
            // It was cut, to be written anew.
            file.seek(0)?;
        }
        time::sleep(LOOK_EVERY);
    }
}
