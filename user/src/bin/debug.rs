//! `debug`: what a kernel that checks itself has counted.
#![no_std]
#![no_main]

extern crate alloc;

use abi::Errno;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use user::error::{Error, Result};
use user::options::{Parsed, plain, usage};
use user::table::Align;
use user::{env, fs, print, println, style};

const HELP: &str = "usage: debug locks\n\
    Tells how often the locks of each class were taken since start, how often another core\n\
    held one, and how often cores have looked at it in vain. Classes that were waited for\n\
    stand first. Only a kernel that checks itself counts: make run PROFILE=checked";

/// Where such a kernel tells it.
const LOCKS: &str = "/proc/lock_stat";

user::entry!(main);

fn main() -> Result<()> {
    let Parsed::Run(words) = plain(env::args().skip(1))? else {
        println!("{HELP}");
        return Ok(());
    };
    match words[..] {
        ["locks"] => locks(),
        _ => Err(usage("what is to be told? locks")),
    }
}

fn locks() -> Result<()> {
    let text = fs::read_to_string(LOCKS).map_err(|error| match error.errno() {
        Some(Errno::ENOENT) => Error::message("this kernel does not count its locks")
            .advice("start one that does: make run PROFILE=checked"),
        _ => error,
    })?;
    let mut classes: Vec<(&str, [u64; 3])> = text.lines().skip(1).filter_map(class).collect();
    classes.sort_by_key(|(_, [taken, _, spins])| core::cmp::Reverse((*spins, *taken)));
    let mut table = style::table(&[
        ("CLASS", Align::Left),
        ("TAKEN", Align::Right),
        ("CONTENDED", Align::Right),
        ("SPINS", Align::Right),
    ]);
    for (name, counts) in classes {
        let cells = counts.iter().map(u64::to_string);
        table.row([String::from(name)].into_iter().chain(cells));
    }
    print!("{table}");
    Ok(())
}

/// A class with what was counted.
fn class(line: &str) -> Option<(&str, [u64; 3])> {
    let mut words = line.split(' ');
    let name = words.next()?;
    let mut number = || words.next()?.parse().ok();
    Some((name, [number()?, number()?, number()?]))
}
