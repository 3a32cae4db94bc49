//! `sleep`: does nothing for a time.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::format;
use user::error::Result;
use user::options::{Parsed, plain, usage};
use user::{env, println, time, units};

const HELP: &str = "usage: sleep SECONDS\nDoes nothing for that time, which may have a fraction.";

user::entry!(main);

fn main() -> Result<()> {
    let Parsed::Run(words) = plain(env::args().skip(1))? else {
        println!("{HELP}");
        return Ok(());
    };
    let [word] = words[..] else {
        return Err(usage("one time in seconds is needed"));
    };
    let duration = units::parse_seconds(word)
        .ok_or_else(|| usage(format!("{word}: not a time in seconds, like 2 or 0.25")))?;
    time::sleep(duration);
    Ok(())
}
