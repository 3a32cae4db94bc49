//! `offer`: gives a message to a process, as pages that leave this one.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use user::error::{Error, Result};
use user::fs::{File, OwnedFd};
use user::io::STDIN;
use user::offer::{OfferFlags, Pages};
use user::options::{Argument, Parsed, parse, parse_seconds, usage};
use user::process::Pid;
use user::time::Duration;
use user::{env, println};

const HELP: &str = "usage: offer [--read-only] [--timeout SECONDS] PID [WORD...]\n\
    Gives a message to a process without a copy: the words, or what comes from standard input.\n\
    Waits until it is claimed; if the time is over first, takes it back.\n\
    \n  --read-only        the receiver may only read it\n  --timeout SECONDS  how long to wait";

user::entry!(main);

fn main() -> Result<()> {
    let (mut grants, mut timeout) = (OfferFlags::GRANTALL, None);
    let parsed = parse(env::args().skip(1), |argument, arguments| {
        match argument {
            Argument::Long("read-only") => grants = OfferFlags::GRANT_R,
            Argument::Long("timeout") => timeout = Some(parse_seconds(arguments.value()?)?),
            other => return Err(usage(format!("{other}: no such option"))),
        }
        Ok(())
    })?;
    let Parsed::Run(words) = parsed else {
        println!("{HELP}");
        return Ok(());
    };
    let [pid, message @ ..] = &words[..] else { return Err(usage("to which process?")) };
    let number = pid.parse().map_err(|_| usage(format!("{pid}: not a process number")))?;
    let mut text = message.join(" ").into_bytes();
    if message.is_empty() {
        text = standard_input()?;
    } else {
        text.push(b'\n');
    }
    send(&text, Pid(number), grants, timeout)
}

fn standard_input() -> Result<Vec<u8>> {
    let file = File::from_fd(OwnedFd::from_raw(STDIN).duplicate()?, "standard input");
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn send(text: &[u8], to: Pid, grants: OfferFlags, timeout: Option<Duration>) -> Result<()> {
    let pages = Pages::new(text.len())?;
    let too_long = || Error::message("the message is longer than its pages");
    pages.memory().write(0, text).ok_or_else(too_long)?;
    let bytes = pages.len();
    let given = pages.give(to, grants)?;
    let what: String = format!("{bytes} bytes at {:#x}", given.address());
    if given.wait(timeout)? {
        println!("{what}: they have left this process");
        return Ok(());
    }
    // It may be claimed in this moment: then there is nothing to take back, and all is well.
    match given.cancel() {
        Ok(_) => Err(Error::message(format!("process {to} has not claimed {what}"))),
        Err(_) => Ok(()),
    }
}
