//! `claim`: takes the pages that are offered to it, and prints the message in them.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::format;
use alloc::vec;
use user::error::{Context, Error, Result};
use user::offer::{self, Pages};
use user::options::{Argument, Parsed, parse, parse_seconds, usage};
use user::{env, io, println, process};

const HELP: &str = "usage: claim [--timeout SECONDS]\n\
    Waits for an offer to this process, takes its pages, and prints them up to the last byte that is\n\
    not 0. Start it in the background, and give it something with: offer PID TEXT";

user::entry!(main);

fn main() -> Result<()> {
    let mut timeout = None;
    let parsed = parse(env::args().skip(1), |argument, arguments| {
        match argument {
            Argument::Long("timeout") => timeout = Some(parse_seconds(arguments.value()?)?),
            other => return Err(usage(format!("{other}: no such option"))),
        }
        Ok(())
    })?;
    match parsed {
        Parsed::Help => {
            println!("{HELP}");
            return Ok(());
        }
        Parsed::Run(words) if !words.is_empty() => {
            return Err(usage("it takes what is offered to it, whoever offers it"));
        }
        Parsed::Run(_) => {}
    }
    println!("process {} waits for an offer", process::id());
    let _ = io::flush();
    let Some(offer) = offer::wait(timeout)? else {
        return Err(Error::message("nothing was offered in that time"));
    };
    let pages = offer.claim()?;
    println!("{} bytes from process {}, now at {:#x}", pages.len(), offer.pid, pages.address());
    print(&pages)
}

/// Prints the bytes, without the zeroes that fill the last page.
fn print(pages: &Pages) -> Result<()> {
    let mut bytes = vec![0; pages.len()];
    let all = pages.memory().read(0, &mut bytes);
    all.ok_or_else(|| Error::message(format!("{} bytes are not there", pages.len())))?;
    let end = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    io::write(&bytes[..end]).context("standard output")
}
