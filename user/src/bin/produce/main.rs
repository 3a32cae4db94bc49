//! `produce`: sends messages through the ring in a region.
#![no_std]
#![no_main]

extern crate alloc;

mod source;

use alloc::format;
use alloc::vec::Vec;
use user::error::Result;
use user::fs::{self, File, OwnedFd};
use user::options::{self, Argument, Parsed, only, unknown, usage};
use user::process::{self, ExitStatus, Fork, Pid};
use user::ring::{self, MEMBERS};
use user::shared::SharedMemory;
use user::{env, eprintln, println};

const HELP: &str = "usage: produce REGION [--count N] [--size BYTES] [--producers P]

Sends N messages (100000) of so many BYTES (64) through the ring in the region,
as P processes (1) that share the count. Sleeps while the ring is full, and
fails if all consumers have died.";

user::entry!(main);

/// What is to be done.
struct Task {
    region: &'static str,
    count: u64,
    bytes: usize,
    producers: u64,
}

fn main() -> Result<i32> {
    let Parsed::Run(task) = parse()? else {
        println!("{HELP}");
        return Ok(0);
    };
    let memory = ring::map(task.region)?;
    if task.producers == 1 {
        return source::run(memory, task.region, task.bytes, task.count, || Ok(())).map(|()| 0);
    }
    // Nobody begins before all have joined: consumers would be done when the first has left.
    let (all_joined, joining) = fs::pipe()?;
    let mut children = Vec::new();
    for index in 0..task.producers {
        let share = task.count / task.producers + u64::from(index < task.count % task.producers);
        match process::fork()? {
            Fork::Child => process::exit(child(memory, &task, share, (all_joined, joining))),
            Fork::Parent(pid) => children.push(pid),
        }
    }
    drop((all_joined, joining));
    let failed = children.into_iter().filter(|child| !has_succeeded(*child)).count();
    Ok(i32::from(failed > 0))
}

/// The writing end of the pipe is let go when the ring was joined; its end is when all have.
fn child(
    memory: SharedMemory<'static>,
    task: &Task,
    share: u64,
    (all_joined, joining): (OwnedFd, OwnedFd),
) -> i32 {
    let meet = || {
        drop(joining);
        File::from_fd(all_joined, "producers").read_to_end(&mut Vec::new())
    };
    match source::run(memory, task.region, task.bytes, share, meet) {
        Ok(()) => 0,
        Err(error) => {
            eprintln!("produce: {error}");
            1
        }
    }
}

fn has_succeeded(child: Pid) -> bool {
    let status = process::wait_for(child);
    if let Ok(ExitStatus::Signalled(signal)) = status {
        eprintln!("produce: the producer (pid {child}) was ended by signal {signal}");
    }
    status == Ok(ExitStatus::Exited(0))
}

fn parse() -> Result<Parsed<Task>> {
    let mut task = Task { region: "", count: 100_000, bytes: 64, producers: 1 };
    let parsed = options::parse(env::args().skip(1), |option, arguments| {
        match option {
            Argument::Long("count") | Argument::Short('n') => task.count = arguments.number(1)?,
            Argument::Long("size") | Argument::Short('s') => {
                // More than memory has is refused when the ring turns out too small.
                task.bytes = usize::try_from(arguments.size()?).unwrap_or(usize::MAX);
            }
            Argument::Long("producers") | Argument::Short('p') => {
                task.producers = arguments.number(1)?;
            }
            option => return Err(unknown(option)),
        }
        Ok(())
    })?;
    let Parsed::Run(words) = parsed else { return Ok(Parsed::Help) };
    task.region = only(&words, "region")?;
    if task.bytes == 0 {
        return Err(usage("--size: a message has at least one byte"));
    }
    if task.producers > MEMBERS as u64 {
        return Err(usage(format!("--producers: a ring has at most {MEMBERS}")));
    }
    Ok(Parsed::Run(task))
}
