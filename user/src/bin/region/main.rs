//! `region`: creates, lists, resizes and removes regions.
#![no_std]
#![no_main]

extern crate alloc;

mod create;
mod show;

use user::error::{Error, Result};
use user::options::{parse_size, usage};
use user::region::{self, Region};
use user::{env, println};

const HELP: &str = "usage: region create NAME SIZE [--exclusive] [--mode MODE]
       region ls
       region stat NAME
       region resize NAME SIZE
       region rm NAME...

A region is memory that processes hold in common, by a name that begins with /.
Sizes look like 4096, 64K or 2M. --exclusive fails if the region exists; --mode
gives the permissions in octal (600 if none are given).";

user::entry!(main);

fn main() -> Result<()> {
    let mut words = env::args().skip(1);
    let Some(command) = words.next() else {
        return Err(usage("what is to be done? create, ls, stat, resize or rm"));
    };
    if words.clone().any(|word| word == "--help" || word == "-h") {
        println!("{HELP}");
        return Ok(());
    }
    match command {
        "create" => create::run(words),
        "ls" | "list" => show::list(words),
        "stat" => show::stat(words),
        "resize" => resize(words),
        "rm" => remove(words),
        "--help" | "-h" | "help" => {
            println!("{HELP}");
            Ok(())
        }
        other => Err(usage(alloc::format!("{other}: no such command"))),
    }
}

fn resize(mut words: impl Iterator<Item = &'static str>) -> Result<()> {
    let (Some(name), Some(size), None) = (words.next(), words.next(), words.next()) else {
        return Err(usage("resize needs a name and a size"));
    };
    Region::open(name)?.set_length(parse_size(size)?)
}

fn remove(words: impl Iterator<Item = &'static str>) -> Result<()> {
    let mut words = words.peekable();
    if words.peek().is_none() {
        return Err(usage("rm needs a name"));
    }
    let mut outcome: core::result::Result<(), Error> = Ok(());
    for name in words {
        // The others go even if one can't; the first failure is told.
        outcome = outcome.and(region::unlink(name));
    }
    outcome
}
