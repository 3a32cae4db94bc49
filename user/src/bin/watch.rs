//! `watch`: runs a command again and again, and shows what it prints.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;
use user::error::Result;
use user::options::{Argument, Arguments, parse_seconds, unknown, usage};
use user::process::{self, Command};
use user::style::{self, Style};
use user::{env, io, print, println, time};

const HELP: &str = "usage: watch [-n SECONDS] [-c ROUNDS] COMMAND...\n\
    Clears the screen and runs the command every 2 seconds, or as often as asked for, until Ctrl-C\n\
    or for so many rounds. One word with blanks in it is a line for the shell.";

user::entry!(main);

fn main() -> Result<()> {
    let mut arguments = Arguments::new(env::args().skip(1));
    let (mut period, mut rounds) = (Duration::from_secs(2), u64::MAX);
    let mut command = Vec::new();
    while let Some(argument) = arguments.next()? {
        match argument {
            Argument::Long("help") | Argument::Short('h') => {
                println!("{HELP}");
                return Ok(());
            }
            Argument::Short('n') => period = parse_seconds(arguments.value()?)?,
            Argument::Short('c') => rounds = arguments.number(1)?,
            Argument::Positional(word) => {
                command.push(word);
                break;
            }
            option => return Err(unknown(option)),
        }
    }
    command.extend(arguments.rest());
    let title = command.join(" ");
    let command = match command[..] {
        [] => return Err(usage("which command?")),
        [line] if line.contains(' ') => Command::new("shell").args(&["-c", line]),
        [program, ref words @ ..] => Command::new(program).args(words),
    };
    let start = time::now();
    for round in 0..rounds {
        if style::colour() == style::Colour::On {
            print!("\x1b[H\x1b[2J");
        }
        let head = heading(&title, period);
        println!("{}\n", Style::Bold.paint(style::colour(), head));
        io::flush()?;
        process::wait_for(command.spawn()?)?;
        if round + 1 < rounds {
            // From the start, so that the rounds do not drift.
            let next = u32::try_from(round + 1).unwrap_or(u32::MAX);
            time::sleep_until((start + period * next).max(time::now()));
        }
    }
    Ok(())
}

fn heading(title: &str, period: Duration) -> String {
    alloc::format!("Every {} s: {title}", period.as_secs_f32())
}
