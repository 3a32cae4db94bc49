//! `yes`: says the same again and again.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::string::String;
use alloc::vec::Vec;
use user::error::{Context, Result};
use user::io::{self, STDOUT};
use user::{env, println};

const HELP: &str =
    "usage: yes [WORD]...\nPrints the words, or y, until nobody reads or it is ended.";

/// What is written at once.
const PIECE: usize = 8 * 1024;

user::entry!(main);

fn main() -> Result<()> {
    let words: Vec<&str> = env::args().skip(1).collect();
    if matches!(words[..], ["--help" | "-h"]) {
        println!("{HELP}");
        return Ok(());
    }
    let mut line = if words.is_empty() { String::from("y") } else { words.join(" ") };
    line.push('\n');
    let lines = line.repeat((PIECE / line.len()).max(1));
    loop {
        io::write_all(STDOUT, lines.as_bytes()).context("standard output")?;
    }
}
