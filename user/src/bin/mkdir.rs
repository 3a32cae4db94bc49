//! `mkdir`: makes directories.
#![no_std]
#![no_main]

use user::error::Result;
use user::fs::{self, Kind};
use user::options::{self, Argument, Parsed, unknown, usage};
use user::{env, println};

const HELP: &str = "usage: mkdir [-p] PATH...\n\
    Makes the directories; with -p those above them, too, and one that is there is no failure.";

user::entry!(main);

fn main() -> Result<i32> {
    let mut makes_parents = false;
    let parsed = options::parse(env::args().skip(1), |option, _| match option {
        Argument::Short('p') => {
            makes_parents = true;
            Ok(())
        }
        option => Err(unknown(option)),
    })?;
    let Parsed::Run(paths) = parsed else {
        println!("{HELP}");
        return Ok(0);
    };
    if paths.is_empty() {
        return Err(usage("which directory?"));
    }
    Ok(user::each(paths, |path| if makes_parents { make_all(path) } else { fs::mkdir(path) }))
}

fn make_all(path: &str) -> Result<()> {
    let ends = path.match_indices('/').map(|(at, _)| at).filter(|at| *at > 0);
    for end in ends.chain([path.len()]) {
        let part = &path[..end];
        let is_there = || fs::metadata(part).is_ok_and(|found| found.kind() == Kind::Directory);
        match fs::mkdir(part) {
            // Whatever keeps it from being made, it is there already.
            Err(error) if !is_there() => return Err(error),
            _ => {}
        }
    }
    Ok(())
}
