//! `consume`: takes messages from the ring in a region, and verifies them.
#![no_std]
#![no_main]

extern crate alloc;

mod group;
mod report;
mod sink;

use alloc::format;
use user::error::Result;
use user::options::{self, Argument, Parsed, only, unknown, usage};
use user::ring::{self, MEMBERS};
use user::{env, println};

const HELP: &str = "usage: consume REGION [--count N] [--consumers C]

Takes N messages from the ring in the region, as C processes (1) that share the
count; without --count all messages until the producers have finished. Sleeps
while there is none. Each message's checksum and order are verified, and that
each one came exactly once. Fails if a producer died before all have come, or if
the producers finished before.";

user::entry!(main);

/// What is to be done.
struct Task {
    region: &'static str,
    count: Option<u64>,
    consumers: u64,
}

fn main() -> Result<i32> {
    let Parsed::Run(task) = parse()? else {
        println!("{HELP}");
        return Ok(0);
    };
    let memory = ring::map(task.region)?;
    let total = if task.consumers == 1 {
        sink::run(memory, task.region, task.count)?
    } else {
        group::run(memory, &task)?
    };
    Ok(total.print(task.count, task.consumers))
}

fn parse() -> Result<Parsed<Task>> {
    let mut task = Task { region: "", count: None, consumers: 1 };
    let parsed = options::parse(env::args().skip(1), |option, arguments| {
        match option {
            Argument::Long("count") | Argument::Short('n') => {
                task.count = Some(arguments.number(1)?);
            }
            Argument::Long("consumers") | Argument::Short('c') => {
                task.consumers = arguments.number(1)?;
            }
            option => return Err(unknown(option)),
        }
        Ok(())
    })?;
    let Parsed::Run(words) = parsed else { return Ok(Parsed::Help) };
    task.region = only(&words, "region")?;
    if task.consumers > MEMBERS as u64 {
        return Err(usage(format!("--consumers: a ring has at most {MEMBERS}")));
    }
    Ok(Parsed::Run(task))
}
