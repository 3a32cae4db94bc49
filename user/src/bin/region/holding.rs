//! `region of` and `region maps`: what a process has of regions.

use super::{Outcome, Words, describe};
use abi::Errno;
use alloc::format;
use alloc::string::ToString;
use user::error::{Error, Result};
use user::options::{Parsed, only, plain};
use user::print;
use user::process::Pid;
use user::region;
use user::style::{self, Size};
use user::table::Align;

/// What `of` does.
pub const HANDLES_HELP: &str = "\
Lists the descriptors of regions that a process has.
RIGHTS are those that the descriptor gives; CHILDREN is what a fork hands on:
share, read-only, copy, none, or ask (the parent decides).";

/// What `maps` does.
pub const VIEWS_HELP: &str = "\
Lists the views of a process: where regions and other memory are mapped.
RIGHTS are those now, MOST those that it can be given. STORES are shared, or
private to the process. LINKED counts the 2M units that are the region's own
tables, RESIDENT the pages that are reached without a fault. CHILDREN is what a
fork hands on: share, read-only, copy, none, or ask (the parent decides).";

/// Lists descriptors.
pub fn handles(words: Words) -> Outcome {
    let Parsed::Run(plain) = plain(words)? else { return Ok(Parsed::Help) };
    let pid = describe::parse_pid(only(&plain, "process")?)?;
    let columns = [
        ("FD", Align::Right),
        ("REGION", Align::Right),
        ("SIZE", Align::Right),
        ("RIGHTS", Align::Left),
        ("CHILDREN", Align::Left),
        ("NAME", Align::Left),
    ];
    let mut table = style::table(&columns);
    for handle in told(region::handles(Some(pid)), pid)? {
        table.row([
            handle.fd.to_string(),
            handle.region.to_string(),
            Size(handle.length).to_string(),
            describe::letters(handle.rights),
            describe::inheritance(handle.inheritance).into(),
            if handle.name.is_empty() { "(no name)".into() } else { handle.name },
        ]);
    }
    print!("{table}");
    Ok(Parsed::Run(0))
}

/// Lists views.
pub fn views(words: Words) -> Outcome {
    let Parsed::Run(plain) = plain(words)? else { return Ok(Parsed::Help) };
    let pid = describe::parse_pid(only(&plain, "process")?)?;
    let columns = [
        ("ADDRESS", Align::Left),
        ("SIZE", Align::Right),
        ("RIGHTS", Align::Left),
        ("MOST", Align::Left),
        ("STORES", Align::Left),
        ("LINKED", Align::Right),
        ("RESIDENT", Align::Right),
        ("CHILDREN", Align::Left),
        ("WHAT", Align::Left),
    ];
    let mut table = style::table(&columns);
    for view in told(region::views(Some(pid)), pid)? {
        table.row([
            format!("{:#x}", view.start),
            Size(view.bytes).to_string(),
            describe::letters(view.protection),
            describe::letters(view.maximum),
            if view.is_shared { "shared" } else { "private" }.into(),
            view.linked_units.to_string(),
            view.resident_pages.to_string(),
            describe::inheritance(view.inheritance).into(),
            view.label(),
        ]);
    }
    print!("{table}");
    Ok(Parsed::Run(0))
}

fn told<T>(outcome: Result<T>, pid: Pid) -> Result<T> {
    outcome.map_err(|error: Error| match error.errno() {
        Some(Errno::ESRCH) => error.advice("ps shows which there are"),
        Some(Errno::EPERM) => {
            error.problem(format!("process {pid} belongs to another user")).advice("root may ask")
        }
        _ => error,
    })
}
