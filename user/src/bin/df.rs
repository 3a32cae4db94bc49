//! `df`: how full the file systems are.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::string::ToString;
use alloc::vec::Vec;
use user::error::Result;
use user::options::{Parsed, plain};
use user::style::{self, Size};
use user::table::{Align, Table};
use user::{env, fs, print, println};

const HELP: &str = "usage: df [PATH]...\n\
    Tells the room of every file system that has a size, or of those that the paths are in.";

user::entry!(main);

fn main() -> Result<i32> {
    let Parsed::Run(paths) = plain(env::args().skip(1))? else {
        println!("{HELP}");
        return Ok(0);
    };
    let mut table = style::table(&[
        ("WHERE", Align::Left),
        ("SIZE", Align::Right),
        ("USED", Align::Right),
        ("FREE", Align::Right),
        ("FULL", Align::Right),
    ]);
    let status = if paths.is_empty() {
        let mounts = fs::read_to_string("/proc/mounts")?;
        let places = mounts.lines().filter_map(|line| line.split(' ').nth(1));
        // A slot without a card and a file system without a size have nothing to tell.
        let told = places.filter(|place| fs::room(place).is_ok_and(|room| room.blocks > 0));
        user::each(told.collect::<Vec<_>>(), |place| add(&mut table, place))
    } else {
        user::each(paths, |path| add(&mut table, path))
    };
    print!("{table}");
    Ok(status)
}

fn add(table: &mut Table, place: &str) -> Result<()> {
    let room = fs::room(place)?;
    let size = |blocks: u64| Size(blocks.saturating_mul(room.block_size)).to_string();
    let used = room.blocks.saturating_sub(room.free);
    let percent = used.saturating_mul(100).checked_div(room.blocks);
    let full = percent.map_or_else(|| "-".to_string(), |percent| alloc::format!("{percent} %"));
    table.row([place.to_string(), size(room.blocks), size(used), size(room.available), full]);
    Ok(())
}
