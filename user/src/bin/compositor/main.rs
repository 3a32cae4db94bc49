//! `compositor`: shows the surfaces of other programs on the screen.
#![no_std]
#![no_main]

extern crate alloc;

mod decoration;
mod measure;
mod painter;
mod server;
mod window;

use server::Server;
use user::error::{Error, Result};
use user::options::{Argument, Parsed, parse, unknown, usage};
use user::{env, println, surface};

const HELP: &str = "usage: compositor [--measure]\n\
    Shows the surfaces of programs such as clock, life and map on the screen, until it is killed. It takes requests on\n\
    the topic /screen, and tells of each picture on /screen-pictures: try topic hz /screen-pictures.\n\
    --measure tells what composing a picture costs, beside a copy of its pixels. Needs /dev/fb0, which is root's.";

/// What is to be done.
type Task = fn() -> Result<()>;

user::entry!(main);

fn main() -> Result<()> {
    let mut task: Task = || Server::new()?.run();
    let parsed = parse(env::args().skip(1), |option, _| match option {
        Argument::Long("measure") => {
            task = measure::run;
            Ok(())
        }
        option => Err(unknown(option)),
    })?;
    let Parsed::Run(words) = parsed else {
        println!("{HELP}");
        return Ok(());
    };
    if let Some(word) = words.first() {
        return Err(usage(alloc::format!("{word}: there is nothing to choose")));
    }
    if surface::is_served() {
        return Err(Error::message("there is a display server already"));
    }
    task()
}
