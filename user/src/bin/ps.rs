//! `ps`: lists the processes.
#![no_std]
#![no_main]

extern crate alloc;

use abi::limits::PAGE_SIZE;
use abi::process::ProcessState;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use user::error::Result;
use user::options::{Argument, Parsed, parse, unknown};
use user::process::{self, ProcessRecord};
use user::style::{self, Size};
use user::table::Align;
use user::{env, print, println, tree};

const HELP: &str = "usage: ps [--tree]\n\
    Lists all processes (-e and -A change nothing); with --tree (or -t) each below the one that has\n\
    started it, joined by lines, which are plain ASCII where LC_ALL or LANG names a locale that is not\n\
    UTF-8. STATE is R (runs or waits for a core), S (sleeps) or Z (ended, its parent has not asked\n\
    yet); TIME is seconds on a core; MEM the memory that its views hold.";

user::entry!(main);

fn main() -> Result<()> {
    let mut is_tree = false;
    let parsed = parse(env::args().skip(1), |option, _| {
        match option {
            Argument::Long("tree") | Argument::Short('t') => is_tree = true,
            // All are listed anyway.
            Argument::Short('e' | 'A') => {}
            option => return Err(unknown(option)),
        }
        Ok(())
    })?;
    let Parsed::Run(_) = parsed else {
        println!("{HELP}");
        return Ok(());
    };
    let columns = [
        ("PID", Align::Right),
        ("PPID", Align::Right),
        ("USER", Align::Right),
        ("STATE", Align::Left),
        ("CORE", Align::Right),
        ("TIME", Align::Right),
        ("MEM", Align::Right),
        ("COMMAND", Align::Left),
    ];
    let mut table = style::table(&columns);
    let mut records = process::list()?;
    records.sort_by_key(|record| record.pid);
    let order = match is_tree {
        true => {
            let members: Vec<_> = records.iter().map(|one| (one.pid, one.parent)).collect();
            let mut order = tree::lines(&members);
            if tree::is_ascii_wanted(["LC_ALL", "LC_CTYPE", "LANG"].map(env::var)) {
                order.iter_mut().for_each(|(_, before)| *before = tree::ascii(before));
            }
            order
        }
        false => (0..records.len()).map(|index| (index, String::new())).collect(),
    };
    for (index, before) in order {
        table.row(row(&records[index], &before));
    }
    print!("{table}");
    Ok(())
}

fn row(record: &ProcessRecord, before: &str) -> [String; 8] {
    let milliseconds = record.cpu_time / 1_000_000;
    [
        record.pid.to_string(),
        record.parent.to_string(),
        record.uid.to_string(),
        ProcessState::letter(record.state).to_string(),
        record.core.to_string(),
        format!("{}.{:02}", milliseconds / 1000, milliseconds / 10 % 100),
        Size(record.resident_pages * PAGE_SIZE as u64).to_string(),
        format!("{before}{}", String::from_utf8_lossy(record.command())),
    ]
}
