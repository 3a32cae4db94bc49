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
mod strange;
mod sweep;
mod thief;
mod treasure;
mod trial;
mod worker;

use alloc::format;
use alloc::string::String;
use coordinator::Plan;
use core::time::Duration;
use user::error::{Error, Result};
use user::fuzz::{FAMILIES, rows};
use user::options::{Argument, Parsed, parse, parse_seconds, unknown, usage};
use user::{env, println, process, system};

/// Sets of arguments for each call, if nothing is said.
const SETS: u64 = 4;

const HELP: &str = "usage: stress syscalls [--seconds S] [--calls N] [--seed N] [--processes N]
                       [--group NAME] [--only SEED] [--coverage]
       stress refusals [--sets N] [--seed N] [--group NAME] [--call NAME]

syscalls: processes of root's and of user 1000's make random calls on all cores, right ones and hostile
ones, while others of them are stopped, continued and killed. After each round nothing may be
left: memory, processes, regions, names, rights are compared with those before. What is wrong
is told with the seed of the process that did it; the status is 1 then.

refusals: each call is made with its first question for memory refused, then with its second,
and so on, by a process of its own each time: it must fail for want of memory or find another
way, and when it is made once more be answered as if nothing had been. After each family nothing
may be left. Only a kernel that checks itself refuses: make run PROFILE=checked.

--seconds S    for so long (10); Ctrl-C ends it before, and tidies up
--calls N      until so many calls were made
--seed N       where all random numbers come from
--processes N  at a time (8)
--group NAME   mostly calls about files, paths, waiting, memory, processes, signals, messages,
               sockets, system, regions, offers or topics
--only SEED    one process alone, the one that was told with this seed
--coverage     how often each call was made, and how often it succeeded
--sets N       sets of arguments for each call (4)
--call NAME    one call alone, by the name that findings have

Run it on a system that does nothing else: regions and semaphores that others make meanwhile
are taken for what was left behind.";

user::entry!(main);

fn main() -> Result<i32> {
    let mut plan = Plan::usual();
    let mut sweep = sweep::Plan { seed: 0, sets: SETS, group: None, call: None };
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
            Argument::Long("sets") => sweep.sets = arguments.number(1)?,
            Argument::Long("call") => sweep.call = Some(call(arguments.value()?)?),
            other => return Err(unknown(other)),
        }
        Ok(())
    })?;
    let Parsed::Run(words) = parsed else {
        println!("{HELP}");
        return Ok(0);
    };
    if !matches!(words[..], ["syscalls" | "refusals"]) {
        return Err(usage("what is to be stressed? syscalls, refusals"));
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
    if words[..] == ["refusals"] {
        (sweep.seed, sweep.group) = (plan.seed, plan.group);
        return sweep::run(&sweep);
    }
    if plan.duration.is_none() && plan.calls.is_none() {
        plan.duration = Some(Duration::from_secs(10));
    }
    coordinator::run(&plan)
}

fn call(name: &str) -> Result<String> {
    let found = rows().any(|row| format!("{:?}", row.call) == name);
    let no_such =
        || usage(format!("{name}: no such call; names are as in `stress syscalls --coverage`"));
    if found { Ok(name.into()) } else { Err(no_such()) }
}

fn group(name: &str) -> Result<&'static str> {
    let found = FAMILIES.iter().find(|family| family.name == name).map(|family| family.name);
    found.ok_or_else(|| {
        let mut names = String::new();
        for family in FAMILIES {
            names.push(' ');
            names.push_str(family.name);
        }
        usage(format!("{name}: no such group of calls; there are:{names}"))
    })
}
