//! `reboot`: restarts the board.
#![no_std]
#![no_main]

use user::error::Result;
use user::options::{Parsed, plain};
use user::{env, println, system};

const HELP: &str = "usage: reboot\nRestarts the board.";

user::entry!(main);

fn main() -> Result<()> {
    match plain(env::args().skip(1))? {
        Parsed::Help => println!("{HELP}"),
        Parsed::Run(_) => system::restart()?,
    }
    Ok(())
}
