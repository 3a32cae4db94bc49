//! `cat`: copies files to standard output.
#![no_std]
#![no_main]

extern crate alloc;

use user::error::{Context, Result};
use user::fs::File;
use user::io::{self, STDOUT};
use user::options::{Parsed, plain};
use user::{env, println};

const HELP: &str = "usage: cat [FILE]...\n\
    Copies the files to standard output; - or no file is standard input.";

user::entry!(main);

fn main() -> Result<i32> {
    let Parsed::Run(mut paths) = plain(env::args().skip(1))? else {
        println!("{HELP}");
        return Ok(0);
    };
    if paths.is_empty() {
        paths.push("-");
    }
    Ok(user::each(paths, copy))
}

fn copy(path: &str) -> Result<()> {
    let file = File::input(path)?;
    let mut buffer = alloc::vec![0; 16 * 1024];
    loop {
        let count = file.read(&mut buffer)?;
        if count == 0 {
            return Ok(());
        }
        io::write_all(STDOUT, &buffer[..count]).context("standard output")?;
    }
}
