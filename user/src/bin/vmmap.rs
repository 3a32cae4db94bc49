//! `vmmap`: the memory that a process sees, and with whom it has it in common.
#![no_std]
#![no_main]

extern crate alloc;

use abi::Errno;
use abi::limits::PAGE_SIZE;
use alloc::format;
use alloc::string::{String, ToString};
use user::error::Result;
use user::options::{Parsed, only, plain, usage};
use user::process::Pid;
use user::region::{self, Holding, Protection};
use user::style::{self, Size};
use user::table::Align;
use user::{env, print, println};

const HELP: &str = "usage: vmmap PID\n\
    Lists the memory of a process by address. RIGHTS are to read, write and execute; RESIDENT is\n\
    what is there without a fault. SHARED memory is a region's or a file's, and stores reach the\n\
    others; private memory is copied when it is written. LINKED counts the units of 2M for which the\n\
    process uses the region's own tables: no fault, and no table of its own.";

user::entry!(main);

fn main() -> Result<()> {
    let Parsed::Run(words) = plain(env::args().skip(1))? else {
        println!("{HELP}");
        return Ok(());
    };
    let word = only(&words, "process")?;
    let pid = word.parse().map_err(|_| usage(format!("{word}: a process is a number")))?;
    let views = region::views(Some(Pid(pid))).map_err(|error| match error.errno() {
        Some(Errno::ESRCH) => error.advice("ps shows which there are"),
        Some(Errno::EPERM) => error.problem("belongs to another user").advice("root may ask"),
        _ => error,
    })?;
    let columns = [
        ("ADDRESS", Align::Left),
        ("SIZE", Align::Right),
        ("RIGHTS", Align::Left),
        ("RESIDENT", Align::Right),
        ("STORES", Align::Left),
        ("LINKED", Align::Right),
        ("REGION", Align::Right),
        ("WHAT", Align::Left),
    ];
    let mut table = style::table(&columns);
    for view in &views {
        table.row([
            format!("{:#x}", view.start),
            Size(view.bytes).to_string(),
            letters(view.protection),
            pages(view.resident_pages),
            if view.is_shared { "shared" } else { "private" }.into(),
            view.linked_units.to_string(),
            view.region.map_or_else(|| "-".into(), |region| region.to_string()),
            view.label(),
        ]);
    }
    print!("{table}");
    let sum = |shared: bool| {
        let some = views.iter().filter(|view| view.is_shared == shared);
        pages(some.map(|view: &Holding| view.resident_pages).sum())
    };
    println!("Resident: {} shared, {} private", sum(true), sum(false));
    Ok(())
}

fn letters(rights: Protection) -> String {
    let all = [(Protection::READ, 'r'), (Protection::WRITE, 'w'), (Protection::EXECUTE, 'x')];
    all.map(|(right, letter)| if rights.contains(right) { letter } else { '-' }).iter().collect()
}

fn pages(count: u64) -> String {
    Size(count * PAGE_SIZE as u64).to_string()
}
