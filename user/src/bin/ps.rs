//! `ps`: lists the processes.
#![no_std]
#![no_main]

extern crate alloc;

use abi::limits::PAGE_SIZE;
use abi::process::ProcessState;
use alloc::format;
use alloc::string::{String, ToString};
use user::error::Result;
use user::options::{Parsed, plain};
use user::process::{self, ProcessRecord};
use user::style::{self, Size};
use user::table::Align;
use user::{env, print, println};

const HELP: &str = "usage: ps\n\
    Lists the processes. STATE is R (runs or waits for a core), S (sleeps) or Z (ended, its\n\
    parent has not asked yet); TIME is seconds on a core; MEM the memory that its views hold.";

user::entry!(main);

fn main() -> Result<()> {
    let Parsed::Run(_) = plain(env::args().skip(1))? else {
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
    for record in records {
        table.row(row(&record));
    }
    print!("{table}");
    Ok(())
}

fn row(record: &ProcessRecord) -> [String; 8] {
    let milliseconds = record.cpu_time / 1_000_000;
    [
        record.pid.to_string(),
        record.parent.to_string(),
        record.uid.to_string(),
        ProcessState::letter(record.state).to_string(),
        record.core.to_string(),
        format!("{}.{:02}", milliseconds / 1000, milliseconds / 10 % 100),
        Size(record.resident_pages * PAGE_SIZE as u64).to_string(),
        String::from_utf8_lossy(record.command()).into_owned(),
    ]
}
