//! `tee`: standard input to standard output, and to files as well.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::vec::Vec;
use user::error::{Context, Result};
use user::fs::File;
use user::io::{self, STDOUT};
use user::options::{self, Argument, Parsed, unknown};
use user::{env, println};

const HELP: &str = "usage: tee [-a] [FILE]...\n\
    Copies standard input to standard output and to the files, with -a behind what they have.";

user::entry!(main);

fn main() -> Result<i32> {
    let mut appends = false;
    let parsed = options::parse(env::args().skip(1), |option, _| match option {
        Argument::Short('a') => {
            appends = true;
            Ok(())
        }
        option => Err(unknown(option)),
    })?;
    let Parsed::Run(paths) = parsed else {
        println!("{HELP}");
        return Ok(0);
    };
    let mut files = Vec::new();
    let status = user::each(paths, |path| {
        let options = File::options().create();
        let options = if appends { options.append() } else { options.write().truncate() };
        files.push(options.open(path)?);
        Ok(())
    });
    let input = File::input("-")?;
    let mut buffer = alloc::vec![0; 16 * 1024];
    loop {
        let count = input.read(&mut buffer)?;
        if count == 0 {
            return Ok(status);
        }
        files.iter().try_for_each(|file| file.write_all(&buffer[..count]))?;
        io::write_all(STDOUT, &buffer[..count]).context("standard output")?;
    }
}
