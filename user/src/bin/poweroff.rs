//! `poweroff`: switches the board off.
#![no_std]
#![no_main]

use user::error::Result;
use user::options::{Parsed, plain};
use user::{env, println, system};

const HELP: &str = "usage: poweroff\nSwitches the board off (and ends QEMU).";

user::entry!(main);

fn main() -> Result<()> {
    match plain(env::args().skip(1))? {
        Parsed::Help => println!("{HELP}"),
        Parsed::Run(_) => system::power_off()?,
    }
    Ok(())
}
