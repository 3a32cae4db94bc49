//! `top`: what uses the cores and the memory, again and again.
#![no_std]
#![no_main]

extern crate alloc;

mod measure;
mod show;

use core::time::Duration;
use measure::Sample;
use user::error::{Context, Result};
use user::io::{self, STDIN, STDOUT};
use user::options::{self, Argument, Parsed, parse_seconds, unknown};
use user::poll::{self, PollEvents};
use user::terminal::{self, RawMode};
use user::{env, print, println, time};

const HELP: &str = "usage: top [-d SECONDS] [-n ROUNDS]\n\
    Shows every 2 seconds how busy each core is, how the memory is used, and the processes, the\n\
    busiest first. CPU is the part of one core since the last round; SHARED is memory that a process\n\
    has in common with others through regions and files, PRIVATE its own. q ends it, space does the\n\
    next round at once. Without a terminal it prints one round after the other.";

user::entry!(main);

fn main() -> Result<()> {
    let (mut period, mut rounds) = (Duration::from_secs(2), None);
    let parsed = options::parse(env::args().skip(1), |option, arguments| {
        match option {
            Argument::Short('d') => period = parse_seconds(arguments.value()?)?,
            Argument::Short('n') => rounds = Some(arguments.number(1)?),
            option => return Err(unknown(option)),
        }
        Ok(())
    })?;
    let Parsed::Run(_) = parsed else {
        println!("{HELP}");
        return Ok(());
    };
    let is_seen = terminal::is_terminal(STDIN) && terminal::is_terminal(STDOUT);
    let _raw = if is_seen { Some(RawMode::enter(STDIN)?) } else { None };
    if is_seen {
        print!("\x1b[?1049h");
    }
    let outcome = repeat(period, rounds, is_seen);
    if is_seen {
        print!("\x1b[?1049l");
    }
    io::flush().context("standard output")?;
    outcome
}

fn repeat(period: Duration, rounds: Option<u64>, is_seen: bool) -> Result<()> {
    let mut before = Sample::take()?;
    let mut round = 0;
    // The first figures after a moment: they tell of a time.
    let mut wait = period.min(Duration::from_millis(500));
    while rounds.is_none_or(|rounds| round < rounds) {
        if is_seen {
            if pressed(wait)? == Some(b'q') {
                return Ok(());
            }
        } else {
            time::sleep(wait);
        }
        let now = Sample::take()?;
        show::show(&before, &now, is_seen)?;
        before = now;
        wait = period;
        round += 1;
    }
    Ok(())
}

/// The key that is pressed within a time; Ctrl-C and the end of the terminal are `q`.
fn pressed(wait: Duration) -> Result<Option<u8>> {
    let [ready] = poll::wait([(STDIN, PollEvents::READABLE)], Some(wait))?;
    if ready.is_empty() {
        return Ok(None);
    }
    let mut byte = [b'q'];
    let count = user::syscall::file::read(STDIN, &mut byte).unwrap_or(0);
    Ok(Some(if count == 0 || byte[0] == 3 { b'q' } else { byte[0] }))
}
