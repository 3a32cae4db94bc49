//! `demo`: stories that show what the system is for, told while they happen.
#![no_std]
#![no_main]

extern crate alloc;

mod prodcons;
mod stage;

use alloc::format;
use user::error::Result;
use user::options::{Parsed, plain, usage};
use user::{env, println};

const HELP: &str = "usage: demo [STORY]\nTells a story while it happens; without one, lists them.";

/// A story: its name, what it shows, and its telling.
type Story = (&'static str, &'static str, fn() -> Result<()>);

const STORIES: [Story; 1] =
    [("prodcons", "a producer and a consumer, two processes, share a named region", prodcons::run)];

user::entry!(main);

fn main() -> Result<()> {
    let Parsed::Run(words) = plain(env::args().skip(1))? else {
        println!("{HELP}");
        return Ok(());
    };
    match words[..] {
        [] => {
            STORIES.iter().for_each(|(name, summary, _)| println!("demo {name}  {summary}"));
            Ok(())
        }
        [wanted] => match STORIES.iter().find(|(name, ..)| *name == wanted) {
            Some((_, _, tell)) => tell(),
            None => Err(usage(format!("{wanted}: no such story; demo alone lists them"))),
        },
        _ => Err(usage("one story at a time")),
    }
}
