//! `debug`: whether the kernel's books are right, and what a kernel that checks itself has counted.
#![no_std]
#![no_main]

extern crate alloc;

use abi::Errno;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use user::error::{Error, Result};
use user::options::{Parsed, plain, usage};
use user::style::Style;
use user::table::Align;
use user::{env, fs, print, println, style};

const HELP: &str = "usage: debug check | locks\n\
    check  has the kernel look at all that must hold: the books of frames against every table,\n\
    \x20      the ties of processes, run queues, wait queues, names, quotas, topics, offers. All cores stand\n\
    \x20      still meanwhile. Ends with 1 if something is wrong. For root.\n\
    locks  tells how often the locks of each class were taken since start, how often another\n\
    \x20      core held one, and how often cores have looked at it in vain. Classes that were\n\
    \x20      waited for stand first. Only a kernel that checks itself counts:\n\
    \x20      make run PROFILE=checked";

/// What the kernel finds when it looks at itself.
const CHECK: &str = "/proc/check";
/// Where a kernel that checks itself tells of its locks.
const LOCKS: &str = "/proc/lock_stat";

user::entry!(main);

fn main() -> Result<()> {
    let Parsed::Run(words) = plain(env::args().skip(1))? else {
        println!("{HELP}");
        return Ok(());
    };
    match words[..] {
        ["check"] => check(),
        ["locks"] => locks(),
        _ => Err(usage("what is to be told? check, locks")),
    }
}

fn check() -> Result<()> {
    let text = fs::read_to_string(CHECK)?;
    let mut table = style::table(&[("AREA", Align::Left), ("LOOKED AT", Align::Left)]);
    let (mut wrong, mut count) = (Vec::new(), None);
    if let Some(why) = text.strip_prefix("refused: ") {
        return Err(Error::message(why.trim_end()));
    }
    for (area, what) in text.lines().filter_map(|line| line.split_once(": ")) {
        match area {
            "wrong" => wrong.push(what),
            "findings" => count = what.parse::<usize>().ok(),
            _ => table.row([area, what].map(String::from)),
        }
    }
    print!("{table}");
    for what in &wrong {
        println!("{} {what}", Style::Red.paint(style::colour(), "wrong:"));
    }
    match count {
        Some(0) => {
            println!("{}", Style::Green.paint(style::colour(), "nothing is wrong"));
            Ok(())
        }
        Some(count) => Err(Error::message(alloc::format!("{count} things are wrong"))
            .advice("this is a bug of the kernel: tell what was done before, and `dmesg`")),
        None => Err(Error::message("the kernel's answer ends in the middle")),
    }
}

fn locks() -> Result<()> {
    let text = fs::read_to_string(LOCKS).map_err(|error| match error.errno() {
        Some(Errno::ENOENT) => Error::message("this kernel does not count its locks")
            .advice("start one that does: make run PROFILE=checked"),
        _ => error,
    })?;
    let mut classes: Vec<(&str, [u64; 3])> = text.lines().skip(1).filter_map(class).collect();
    classes.sort_by_key(|(_, [taken, _, spins])| core::cmp::Reverse((*spins, *taken)));
    let mut table = style::table(&[
        ("CLASS", Align::Left),
        ("TAKEN", Align::Right),
        ("CONTENDED", Align::Right),
        ("SPINS", Align::Right),
    ]);
    for (name, counts) in classes {
        let cells = counts.iter().map(u64::to_string);
        table.row([String::from(name)].into_iter().chain(cells));
    }
    print!("{table}");
    Ok(())
}

/// A class with what was counted.
fn class(line: &str) -> Option<(&str, [u64; 3])> {
    let mut words = line.split(' ');
    let name = words.next()?;
    let mut number = || words.next()?.parse().ok();
    Some((name, [number()?, number()?, number()?]))
}
