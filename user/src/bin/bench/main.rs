//! `bench`: what Commons' calls and messages cost, measured on the machine that it runs on.
#![no_std]
#![no_main]

extern crate alloc;

mod calls;
mod clock;
mod cores;
mod crossover;
mod duel;
mod growth;
mod handing;
mod holdings;
mod party;
mod screen;
mod single;
mod split;
mod thread;
mod topics;
mod ways;

use user::error::Result;
use user::options::{Argument, Parsed, parse, unknown, usage};
use user::{env, println};

const HELP: &str = "usage: bench calls|crossover|screen|topics [--quick]
       bench growth [QUESTION...] [--quick]
       bench cores [--quick]
       bench memory

`calls` measures what Commons' own calls cost, on one core.
`crossover` sends messages of many sizes between two processes, by copying and by giving
pages, and tells from which size on giving is cheaper, and what a claim's cost is made of.
`growth` tells how costs grow: fork, views, mapping, names, sleepers, processes, subscribers,
claims, holes.
`cores` has one to four cores do the same at once. `memory` tells the pages that the kernel
holds for a process, a thread, a region and a view.
`screen` measures a picture of the display server beside a copy of its pixels, a commit of a
surface, and what `map` takes of a core. `topics` measures the way of a message from publisher to subscriber.
--quick measures each thing a few times only.

Where the emulator counts instructions (-icount shift=0,sleep=off), a nanosecond is one
instruction, on whichever core.";

/// How often things are measured.
#[derive(Clone, Copy, PartialEq)]
pub enum Effort {
    /// Often enough for figures that are told.
    Full,
    /// A few times.
    Quick,
}

impl Effort {
    /// The first number for full effort, the second for little.
    pub const fn pick<T: Copy>(self, full: T, quick: T) -> T {
        match self {
            Self::Full => full,
            Self::Quick => quick,
        }
    }
}

user::entry!(main);

fn main() -> Result<()> {
    let mut effort = Effort::Full;
    let parsed = parse(env::args().skip(1), |argument, _| {
        match argument {
            Argument::Long("quick") => effort = Effort::Quick,
            other => return Err(unknown(other)),
        }
        Ok(())
    })?;
    let Parsed::Run(words) = parsed else {
        println!("{HELP}");
        return Ok(());
    };
    match words[..] {
        ["calls"] => calls::run(effort),
        ["cores"] => cores::run(effort),
        ["crossover"] => crossover::run(effort),
        ["growth", ref questions @ ..] => growth::run(effort, questions),
        ["memory"] => holdings::run(),
        ["screen"] => screen::run(effort),
        ["topics"] => topics::run(effort),
        _ => Err(usage(
            "what is to be measured? calls, cores, crossover, growth, memory, screen or topics",
        )),
    }
}
