//! `stress`: makes trouble in the system, and looks whether it stays sound.
#![no_std]
#![no_main]

extern crate alloc;

mod arena;
mod coordinator;
mod execute;
mod findings;
mod kit;
mod leftovers;
mod refusals;
mod report;
mod slot;
mod soundness;
mod thief;
mod treasure;
mod worker;

use alloc::string::String;
use coordinator::Plan;
use core::time::Duration;
use user::error::{Error, Result};
use user::fuzz::FAMILIES;
use user::options::{Argument, Parsed, parse, parse_seconds, unknown, usage};
use user::{env, println, process, system};

const HELP: &str = "usage: stress syscalls [--seconds S] [--calls N] [--seed N] [--processes N]
                       [--group NAME] [--only SEED] [--coverage]

Processes of root's and of user 1000's make random calls on all cores, right ones and hostile
ones, while others of them are stopped, continued and killed. After each round nothing may be
left: memory, processes, regions, names, rights are compared with those before. What is wrong
is told with the seed of the process that did it; the status is 1 then.

--seconds S    for so long (10); Ctrl-C ends it before, and tidies up
--calls N      until so many calls were made
--seed N       where all random numbers come from
--processes N  at a time (8)
--group NAME   mostly calls about files, paths, waiting, memory, processes, signals, messages,
               sockets, system, regions, offers or topics
--only SEED    one process alone, the one that was told with this seed
--coverage     how often each call was made, and how often it succeeded

Run it on a system that does nothing else: regions and semaphores that others make meanwhile
are taken for what was left behind.";

user::entry!(main);

fn main() -> Result<i32> {
    let mut plan = Plan::usual();
    let mut seed = None;
    let parsed = parse(env::args().skip(1), |argument, arguments| {
        match argument {
            Argument::Long("seconds") => plan.duration = Some(parse_seconds(arguments.value()?)?),
            Argument::Long("calls") => plan.calls = Some(arguments.number(1)?),
            Argument::Long("seed") => seed = Some(arguments.number(0)?),
            Argument::Long("processes") => {
                plan.processes = arguments.number(1)?.min(Plan::MOST) as usize
            }
            Argument::Long("group") => plan.group = Some(group(arguments.value()?)?),
            Argument::Long("only") => plan.only = Some(arguments.number(0)?),
            Argument::Long("coverage") => plan.is_coverage_wanted = true,
            other => return Err(unknown(other)),
        }
        Ok(())
    })?;
    let Parsed::Run(words) = parsed else {
        println!("{HELP}");
        return Ok(0);
    };
    if words[..] != ["syscalls"] {
        return Err(usage("what is to be stressed? syscalls"));
    }
    if process::effective_user() != 0 {
        return Err(
            Error::message("only root can start processes of other users").advice("run it as root")
        );
    }
    plan.seed = match seed {
        Some(seed) => seed,
        None => system::random()? >> 32,
    };
    if plan.duration.is_none() && plan.calls.is_none() {
        plan.duration = Some(Duration::from_secs(10));
    }
    coordinator::run(&plan)
}

fn group(name: &str) -> Result<&'static str> {
    let found = FAMILIES.iter().find(|family| family.name == name).map(|family| family.name);
    found.ok_or_else(|| {
        let mut names = String::new();
        for family in FAMILIES {
            names.push(' ');
            names.push_str(family.name);
        }
        usage(alloc::format!("{name}: no such group of calls; there are:{names}"))
    })
}
