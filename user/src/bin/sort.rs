//! `sort`: lines in order.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::format;
use alloc::vec::Vec;
use user::error::{Context, Result};
use user::fs::File;
use user::options::{self, Argument, Parsed, unknown, usage};
use user::text::lines::{Lines, content};
use user::text::order::Order;
use user::{env, io, println};

const HELP: &str = "usage: sort [-nrfu] [-k FIRST[,LAST]] [-t SEPARATOR] [FILE]...\n\
    Prints the lines of all files in order: by their bytes, or with -n by the number they begin with,\n\
    with -f without regard to capital letters. -r the greatest first; -u each once; -k only fields\n\
    FIRST to LAST count, which blanks or SEPARATOR separate. - or no file is standard input.";

user::entry!(main);

fn main() -> Result<i32> {
    let mut order = Order::default();
    let mut is_unique = false;
    let parsed = options::parse(env::args().skip(1), |option, arguments| {
        match option {
            Argument::Short('n') => order.is_numeric = true,
            Argument::Short('r') => order.is_reversed = true,
            Argument::Short('f') => order.folds_case = true,
            Argument::Short('u') => is_unique = true,
            Argument::Short('k') => order.fields = Some(fields(arguments.value()?)?),
            Argument::Short('t') => order.separator = Some(separator(arguments.value()?)?),
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
    let mut lines: Vec<Vec<u8>> = Vec::new();
    let status = user::each(paths, |path| {
        let file = File::input(path)?;
        let mut source = Lines::new(|buffer: &mut [u8]| file.read(buffer));
        while let Some(line) = source.next_line()? {
            lines.push(content(line).to_vec());
        }
        Ok(())
    });
    lines.sort_by(|one, other| order.compare(one, other));
    if is_unique {
        lines.dedup_by(|one, other| order.is_same(one, other));
    }
    for mut line in lines {
        line.push(b'\n');
        io::write(&line).context("standard output")?;
    }
    Ok(status)
}

/// The first and the last field, from 1.
fn fields(text: &str) -> Result<(usize, Option<usize>)> {
    let number = |text: &str| text.parse().ok().filter(|number| *number > 0);
    let range = match text.split_once(',') {
        Some((first, last)) => number(first).zip(number(last).map(Some)),
        None => number(text).zip(Some(None)),
    };
    range.ok_or_else(|| usage(format!("{text}: fields are 2, or 2,3 (the first one is 1)")))
}

fn separator(text: &str) -> Result<u8> {
    match text.as_bytes() {
        [byte] => Ok(*byte),
        _ => Err(usage(format!("{text}: a separator is one character"))),
    }
}
