//! `sync`: brings what has changed of all files to the SD card.
#![no_std]
#![no_main]

use user::error::Result;
use user::options::{Parsed, plain};
use user::{env, println, system};

const HELP: &str = "usage: sync\nBrings what has changed of all files to the SD card.";

user::entry!(main);

fn main() -> Result<()> {
    match plain(env::args().skip(1))? {
        Parsed::Help => println!("{HELP}"),
        Parsed::Run(_) => system::sync()?,
    }
    Ok(())
}
