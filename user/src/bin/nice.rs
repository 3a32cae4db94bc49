//! `nice`: runs a command that leaves the cores to others, or takes more of them.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::format;
use alloc::vec::Vec;
use user::error::Result;
use user::options::{Argument, Arguments, unknown, usage};
use user::process;
use user::{env, println};

const HELP: &str = "usage: nice [-n NUMBER] COMMAND...\n\
    Runs a command with its niceness raised by NUMBER (10): 19 leaves most to others, -20, which only\n\
    root may ask for, takes most. Without a command it prints the niceness.";

user::entry!(main);

fn main() -> Result<i32> {
    let mut arguments = Arguments::new(env::args().skip(1));
    let mut raise: i32 = 10;
    let mut command = Vec::new();
    while let Some(argument) = arguments.next()? {
        match argument {
            Argument::Long("help") | Argument::Short('h') => {
                println!("{HELP}");
                return Ok(0);
            }
            Argument::Short('n') => {
                let text = arguments.value()?;
                raise = text.parse().map_err(|_| usage(format!("{text}: not a number")))?;
            }
            Argument::Positional(word) => {
                command.push(word);
                break;
            }
            option => return Err(unknown(option)),
        }
    }
    command.extend(arguments.rest());
    let before = process::niceness()?;
    if command.is_empty() {
        println!("{before}");
        return Ok(0);
    }
    process::set_niceness(before.saturating_add(raise))?;
    Ok(process::become_command(&command, None))
}
