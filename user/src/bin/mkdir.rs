//! `mkdir`: makes directories.
#![no_std]
#![no_main]

use user::error::Result;
use user::options::{Parsed, plain, usage};
use user::{env, fs, println};

const HELP: &str = "usage: mkdir PATH...\nMakes the directories.";

user::entry!(main);

fn main() -> Result<i32> {
    let Parsed::Run(paths) = plain(env::args().skip(1))? else {
        println!("{HELP}");
        return Ok(0);
    };
    if paths.is_empty() {
        return Err(usage("which directory?"));
    }
    Ok(user::each(paths, fs::mkdir))
}
