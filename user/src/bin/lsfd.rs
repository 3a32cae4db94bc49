//! `lsfd`: the descriptors of a process, and what they stand for.
#![no_std]
#![no_main]

extern crate alloc;

use abi::Errno;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use user::error::{Error, Result};
use user::options::{Parsed, plain, usage};
use user::process::{self, Pid};
use user::region;
use user::style;
use user::table::Align;
use user::{env, fs, print, println};

const HELP: &str = "usage: lsfd [PID]...\n\
    Lists the descriptors of processes, or of all that may be looked into: the access that each was\n\
    opened for, the number of the region that it stands for, and its name.";

user::entry!(main);

fn main() -> Result<i32> {
    let Parsed::Run(words) = plain(env::args().skip(1))? else {
        println!("{HELP}");
        return Ok(0);
    };
    let columns = [
        ("PID", Align::Right),
        ("FD", Align::Right),
        ("ACCESS", Align::Left),
        ("REGION", Align::Right),
        ("NAME", Align::Left),
    ];
    let mut table = style::table(&columns);
    let mut list = |pid: u32| -> Result<()> {
        descriptors(pid)?.into_iter().for_each(|row| table.row(row));
        Ok(())
    };
    let status = if words.is_empty() {
        let mut records = process::list()?;
        records.sort_by_key(|record| record.pid);
        // Those that have ended meanwhile, or are others', are left out.
        records.iter().for_each(|record| drop(list(record.pid)));
        0
    } else {
        user::each(words, |word| {
            let pid = word.parse().map_err(|_| usage(format!("{word}: a process is a number")))?;
            list(pid)
        })
    };
    print!("{table}");
    Ok(status)
}

fn descriptors(pid: u32) -> Result<Vec<[String; 5]>> {
    let directory = format!("/proc/{pid}/fd");
    let told = |error: Error| match error.errno() {
        Some(Errno::ENOENT) => {
            Error::message(format!("{pid}: no such process")).advice("ps shows which there are")
        }
        Some(Errno::EACCES | Errno::EPERM) => {
            Error::message(format!("{pid}: belongs to another user")).advice("root may ask")
        }
        _ => error,
    };
    let regions = region::handles(Some(Pid(pid))).map_err(told)?;
    let mut numbers = Vec::new();
    for entry in fs::read_dir(&directory).map_err(told)? {
        numbers.extend(entry?.name.parse::<u32>());
    }
    numbers.sort_unstable();
    let row = |fd: u32| {
        let path = format!("{directory}/{fd}");
        // It may have been closed meanwhile.
        let name = fs::read_link(&path).unwrap_or_else(|_| "(closed)".into());
        let mode = fs::link_metadata(&path).map_or(0, |link| link.permissions());
        let letter = |bit: u32, letter: char| if mode & bit != 0 { letter } else { '-' };
        let access = [letter(0o400, 'r'), letter(0o200, 'w')].iter().collect();
        let region = regions.iter().find(|handle| handle.fd == fd);
        let region = region.map_or_else(|| "-".into(), |handle| handle.region.to_string());
        [pid.to_string(), fd.to_string(), access, region, name]
    };
    Ok(numbers.into_iter().map(row).collect())
}
