//! `free`: how the memory is used.
#![no_std]
#![no_main]

extern crate alloc;

use abi::limits::PAGE_SIZE;
use alloc::string::ToString;
use user::error::Result;
use user::options::{Parsed, plain};
use user::style::{self, Size};
use user::table::Align;
use user::{env, print, println, system};

const HELP: &str = "usage: free\n\
    Tells how the memory is used, in pages of 4 KiB and as a size. USER is private memory,\n\
    regions and text; TABLES are translation tables. PROMISED are free pages that are set\n\
    aside for what regions have not touched yet: nobody else gets them.";

user::entry!(main);

fn main() -> Result<()> {
    let Parsed::Run(_) = plain(env::args().skip(1))? else {
        println!("{HELP}");
        return Ok(());
    };
    let memory = system::memory()?;
    let mut table =
        style::table(&[("MEMORY", Align::Left), ("PAGES", Align::Right), ("SIZE", Align::Right)]);
    for (name, pages) in [
        ("total", memory.total),
        ("free", memory.free),
        ("promised", memory.promised),
        ("user", memory.user),
        ("tables", memory.tables),
        ("stacks", memory.stacks),
        ("heap", memory.heap),
        ("image", memory.image),
    ] {
        let size = Size(pages.saturating_mul(PAGE_SIZE as u64));
        table.row([name.to_string(), pages.to_string(), size.to_string()]);
    }
    print!("{table}");
    Ok(())
}
