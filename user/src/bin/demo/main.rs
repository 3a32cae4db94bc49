//! `demo`: stories that show what the system is for, told while they happen.
#![no_std]
#![no_main]

extern crate alloc;

mod actor;
mod boundary;
mod denied;
mod fork;
mod growth;
mod lifetime;
mod offer;
mod pipe;
mod pointers;
mod prodcons;
mod robot;
mod runtime;
mod screen;
mod semaphore;
mod stage;
mod topics;

use alloc::format;
use user::error::Result;
use user::options::{Parsed, parse_seconds, plain, usage};
use user::{env, println};

const HELP: &str = "usage: demo [STORY]\n       demo screen [SECONDS]\n\
    Tells a story while it happens; without one, lists them.";

/// A story: its name, what it shows, and its telling.
type Story = (&'static str, &'static str, fn() -> Result<()>);

const STORIES: &[Story] = &[
    ("prodcons", "a producer and a consumer, two processes, share a named region", prodcons::run),
    ("screen", "the system's memory and programs that share it, on the screen", screen::run),
    ("semaphore", "a buffer of several processes, without semaphores and with", semaphore::run),
    ("fork", "what parent and child share, and what is copied on write", fork::run),
    ("denied", "others may not open a region, or only read it", denied::run),
    ("growth", "a region grows under a process that only loads", growth::run),
    ("lifetime", "ephemeral and persistent regions, and removed names", lifetime::run),
    ("boundary", "a store past the end ends that process and no other", boundary::run),
    ("offer", "pages go from hand to hand around a ring, and none is copied", offer::run),
    ("pointers", "one process builds a list with pointers, another walks it", pointers::run),
    ("pipe", "the same bytes through a pipe and through a region, timed", pipe::run),
    ("robot", "a robot's processes share blocks and semaphores by name", robot::run),
    ("runtime", "a robot at 100 Hz goes on while one of its processes is killed", runtime::run),
    ("topics", "publishers and subscribers of several speeds, and deaths among them", topics::run),
];

user::entry!(main);

fn main() -> Result<()> {
    let Parsed::Run(words) = plain(env::args().skip(1))? else {
        println!("{HELP}");
        return Ok(());
    };
    match words[..] {
        ["screen", seconds] => screen::run_for(parse_seconds(seconds)?),
        [] => {
            STORIES.iter().for_each(|(name, summary, _)| println!("demo {name:<10} {summary}"));
            Ok(())
        }
        [wanted] => match STORIES.iter().find(|(name, ..)| *name == wanted) {
            Some((_, _, tell)) => tell(),
            None => Err(usage(format!("{wanted}: no such story; demo alone lists them"))),
        },
        _ => Err(usage("one story at a time")),
    }
}
