//! `echo`: prints its arguments.
#![no_std]
#![no_main]

use user::error::{Context, Result};
use user::{env, io, println};

const HELP: &str = "usage: echo [-n] [WORD]...\nPrints the words; -n leaves the line open.";

user::entry!(main);

fn main() -> Result<()> {
    // Only what stands first is an option: everything else is to be printed as it is.
    let mut words = env::args().skip(1).peekable();
    if words.peek() == Some(&"--help") {
        println!("{HELP}");
        return Ok(());
    }
    let end = if words.next_if_eq(&"-n").is_some() { "" } else { "\n" };
    let mut separator = "";
    for word in words {
        user::print!("{separator}{word}");
        separator = " ";
    }
    io::write(end.as_bytes()).and_then(|()| io::flush()).context("standard output")
}
