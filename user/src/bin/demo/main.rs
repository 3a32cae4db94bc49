//! `demo`: stories that show what the system is for, told while they happen.
#![no_std]
#![no_main]

extern crate alloc;

mod actor;
mod boundary;
mod crowd;
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
use screen::Beside;
use user::error::Result;
use user::options::{Parsed, parse_seconds, plain, usage};
use user::style;
use user::table::Align;
use user::{env, print, println};

const HELP: &str = "usage: demo [STORY]\n       demo screen [SECONDS [load]]\n       demo crowd [SECONDS]\n\
    Tells a story while it happens; without one, lists them, and about how long each takes.";

/// A story.
struct Story {
    name: &'static str,
    /// About how long it takes in QEMU on four cores.
    takes: &'static str,
    /// What it shows.
    summary: &'static str,
    tell: fn() -> Result<()>,
}

const fn story(
    name: &'static str,
    takes: &'static str,
    summary: &'static str,
    tell: fn() -> Result<()>,
) -> Story {
    Story { name, takes, summary, tell }
}

const STORIES: &[Story] = &[
    story("prodcons", SHORT, "a producer and a consumer share a named region", prodcons::run),
    story("screen", "20 s", "on the screen: memory, and who shares it", screen::run),
    story("crowd", "20 s", "forty processes and sixty regions, for map to show", crowd::run),
    story("semaphore", SHORT, "a buffer of several, without semaphores and with", semaphore::run),
    story("fork", SHORT, "what parent and child share, and what is copied on write", fork::run),
    story("denied", SHORT, "others may not open a region, or only read it", denied::run),
    story("growth", SHORT, "a region grows under a process that only loads", growth::run),
    story("lifetime", SHORT, "ephemeral and persistent regions, removed names", lifetime::run),
    story("boundary", SHORT, "a store past the end ends that process, no other", boundary::run),
    story("offer", SHORT, "pages go around a ring, and none is copied", offer::run),
    story("pointers", SHORT, "one builds a list with pointers, another walks it", pointers::run),
    story("pipe", "1 s", "the same bytes through a pipe and a region, timed", pipe::run),
    story("robot", "1 s", "processes share blocks and semaphores by name", robot::run),
    story("runtime", "3 s", "a robot at 100 Hz goes on while a process is killed", runtime::run),
    story("topics", "1 s", "publishers, subscribers, deaths among them", topics::run),
];

/// How long most take.
const SHORT: &str = "< 1 s";

/// What there is to be told.
fn list() {
    let columns = [("DEMO", Align::Left), ("ABOUT", Align::Right), ("WHAT IT SHOWS", Align::Left)];
    let mut table = style::table(&columns);
    for Story { name, takes, summary, .. } in STORIES {
        table.row([format!("demo {name}"), (*takes).into(), (*summary).into()]);
    }
    print!("{table}");
}

user::entry!(main);

fn main() -> Result<()> {
    let Parsed::Run(words) = plain(env::args().skip(1))? else {
        println!("{HELP}");
        return Ok(());
    };
    match words[..] {
        ["screen", seconds] => screen::run_for(parse_seconds(seconds)?, Beside::Players),
        ["screen", seconds, "load"] => screen::run_for(parse_seconds(seconds)?, Beside::Load),
        ["crowd", seconds] => crowd::run_for(parse_seconds(seconds)?),
        [] => {
            list();
            Ok(())
        }
        [wanted] => match STORIES.iter().find(|story| story.name == wanted) {
            Some(story) => (story.tell)(),
            None => Err(usage(format!("{wanted}: no such story; demo alone lists them"))),
        },
        _ => Err(usage("one story at a time")),
    }
}
