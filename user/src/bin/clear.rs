//! `clear`: an empty screen.
#![no_std]
#![no_main]

use user::error::Result;
use user::options::{Parsed, plain};
use user::{env, print, println};

const HELP: &str = "usage: clear\nClears the terminal, and what can be scrolled back to.";

user::entry!(main);

fn main() -> Result<()> {
    match plain(env::args().skip(1))? {
        Parsed::Help => println!("{HELP}"),
        Parsed::Run(_) => print!("\x1b[H\x1b[2J\x1b[3J"),
    }
    Ok(())
}
