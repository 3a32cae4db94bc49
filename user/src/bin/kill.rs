//! `kill`: sends signals to processes.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::format;
use user::error::{Context, Error, Result};
use user::options::usage;
use user::process::{self, Signal};
use user::{env, println};

const HELP: &str = "usage: kill [-SIGNAL] PID...\n       kill -l\n\
    Sends a signal, by name or number (TERM if none is given); a negative PID is a process group.";

user::entry!(main);

fn main() -> Result<i32> {
    let mut words = env::args().skip(1).peekable();
    let mut signal = Signal::TERM as u32;
    // getargs would take `-9` for an option, and `kill -9 -5` has a negative number behind it.
    match words.peek().copied() {
        Some("--help" | "-h") => {
            println!("{HELP}");
            return Ok(0);
        }
        Some("-l") => {
            Signal::ALL.iter().for_each(|signal| {
                println!("{:2} {:5} {}", *signal as u32, signal.name(), signal.text());
            });
            return Ok(0);
        }
        Some("-s") => {
            words.next();
            signal = parse_signal(words.next().ok_or_else(|| usage("-s: a signal is needed"))?)?;
        }
        Some(word) if word.len() > 2 && word.starts_with("--") => {
            return Err(usage(format!("{word}: no such option")));
        }
        Some(word) if word.len() > 1 && word.starts_with('-') && word != "--" => {
            signal = parse_signal(&word[1..])?;
            words.next();
        }
        _ => {}
    }
    words.next_if_eq(&"--");
    if words.peek().is_none() {
        return Err(usage("which process?"));
    }
    Ok(user::each(words, |word| send(word, signal)))
}

fn parse_signal(word: &str) -> Result<u32> {
    let name = word.strip_prefix("SIG").unwrap_or(word);
    let by_name = Signal::ALL.iter().find(|signal| signal.name().eq_ignore_ascii_case(name));
    let by_number = word.parse().ok().filter(|number| *number <= abi::signal::SIGNAL_MAX);
    by_name.map(|signal| *signal as u32).or(by_number).ok_or_else(|| {
        Error::message(format!("{word}: no such signal")).advice("kill -l lists them")
    })
}

fn send(word: &str, signal: u32) -> Result<()> {
    let pid: i32 = word.parse().map_err(|_| usage(format!("{word}: not a process number")))?;
    process::send(pid, signal).context(word)
}
