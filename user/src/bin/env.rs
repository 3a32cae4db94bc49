//! `env`: the environment, and commands in another one.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::string::String;
use alloc::vec::Vec;
use user::error::Result;
use user::options::{Argument, Arguments, unknown};
use user::process;
use user::{env, println};

const HELP: &str = "usage: env [-i] [-u NAME]... [NAME=VALUE]... [COMMAND...]\n\
    Runs a command with these variables changed, or prints the variables. -i begins with none,\n\
    -u takes one out.";

user::entry!(main);

fn main() -> Result<i32> {
    let mut variables = process::own_environment();
    let mut arguments = Arguments::new(env::args().skip(1));
    let mut words = Vec::new();
    while let Some(argument) = arguments.next()? {
        match argument {
            Argument::Long("help") | Argument::Short('h') => {
                println!("{HELP}");
                return Ok(0);
            }
            Argument::Short('i') => variables.clear(),
            Argument::Short('u') => take_out(&mut variables, arguments.value()?),
            Argument::Positional(word) => {
                // From the command on, options are the command's.
                words.push(word);
                if !word.contains('=') {
                    break;
                }
            }
            option => return Err(unknown(option)),
        }
    }
    words.extend(arguments.rest());
    let count = words.iter().take_while(|word| word.contains('=')).count();
    let command = words.split_off(count);
    for word in words {
        take_out(&mut variables, word.split('=').next().unwrap_or(word));
        variables.push(word.into());
    }
    if command.is_empty() {
        variables.iter().for_each(|variable| println!("{variable}"));
        return Ok(0);
    }
    Ok(process::become_command(&command, Some(&variables)))
}

fn take_out(variables: &mut Vec<String>, name: &str) {
    variables.retain(|variable| variable.split('=').next() != Some(name));
}
