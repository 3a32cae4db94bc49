//! `region`: everything that a person may do with regions.
#![no_std]
#![no_main]

extern crate alloc;

mod bytes;
mod change;
mod create;
mod describe;
mod file;
mod holding;
mod list;
mod lock;
mod manual;
mod open;
mod run;
mod stat;
mod watch;

use manual::COMMANDS;
use user::error::Result;
use user::options::{Parsed, usage};
use user::{env, println};

/// The words behind a command's name.
type Words = env::Strings;

/// What a command comes to: its status, or that its help is wanted.
type Outcome = Result<Parsed<i32>>;

user::entry!(main);

fn main() -> Result<i32> {
    let mut words = env::args().skip(1);
    let Some(wanted) = words.next() else {
        return Err(usage("what is to be done? region --help lists the commands"));
    };
    if matches!(wanted, "--help" | "-h" | "help") {
        manual::overview();
        return Ok(0);
    }
    let command = COMMANDS.iter().find(|command| command.is_called(wanted));
    let command = command.ok_or_else(|| usage(alloc::format!("{wanted}: no such command")))?;
    // The program's name and the command's.
    let mut behind = env::args();
    behind.nth(1);
    match (command.run)(behind)? {
        Parsed::Run(status) => Ok(status),
        Parsed::Help => {
            println!("{command}");
            Ok(0)
        }
    }
}
