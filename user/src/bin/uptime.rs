//! `uptime`: how long the system has run, and what it did.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::string::String;
use user::error::Result;
use user::options::{Parsed, plain};
use user::{env, println, system};

const HELP: &str = "usage: uptime\nTells how long the system has run, and what it did.";

user::entry!(main);

fn main() -> Result<()> {
    let Parsed::Run(_) = plain(env::args().skip(1))? else {
        println!("{HELP}");
        return Ok(());
    };
    let info = system::info()?;
    let board = info.board.split(|byte| *byte == 0).next().unwrap_or_default();
    println!(
        "up {}, {} processes, {} cores, {}",
        elapsed(info.uptime),
        info.processes,
        info.cores,
        String::from_utf8_lossy(board)
    );
    let idle: u64 = info.idle.iter().take(info.cores as usize).sum();
    let possible = info.uptime.saturating_mul(u64::from(info.cores)).max(1);
    println!(
        "{}% idle, {} switches, {} calls, {} page faults",
        u128::from(idle.min(possible)) * 100 / u128::from(possible),
        info.switches,
        info.calls,
        info.faults
    );
    Ok(())
}

fn elapsed(nanoseconds: u64) -> String {
    let seconds = nanoseconds / 1_000_000_000;
    let (days, hours, minutes) = (seconds / 86400, seconds / 3600 % 24, seconds / 60 % 60);
    if days > 0 {
        alloc::format!("{days} d {hours:02}:{minutes:02}:{:02}", seconds % 60)
    } else if seconds >= 60 {
        alloc::format!("{hours:02}:{minutes:02}:{:02}", seconds % 60)
    } else {
        alloc::format!("{seconds}.{:02} s", nanoseconds / 10_000_000 % 100)
    }
}
