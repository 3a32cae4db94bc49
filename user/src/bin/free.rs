//! `free`: how the memory is used.
#![no_std]
#![no_main]

extern crate alloc;

use abi::limits::PAGE_SIZE;
use alloc::string::ToString;
use user::error::Result;
use user::options::{Argument, Parsed, parse, unknown};
use user::style::{self, Size};
use user::system::MemoryInfo;
use user::table::Align;
use user::{env, print, println, system};

const HELP: &str = "usage: free [--kernel]\n\
    Tells how the memory is used, in pages of 4 KiB and as a size. USER is private memory,\n\
    regions and text; TABLES are translation tables. PROMISED are free pages that are set\n\
    aside for what regions have not touched yet: nobody else gets them.\n\
    --kernel tells what the kernel holds for itself: the IMAGE, which never changes, then\n\
    tables, stacks and heap, their sum without the image, and what of the heap is in use.";

/// Whose memory is told.
#[derive(Clone, Copy, PartialEq)]
enum Whose {
    /// All of it.
    Everybody,
    /// The kernel's own.
    Kernel,
}

user::entry!(main);

fn main() -> Result<()> {
    let mut whose = Whose::Everybody;
    let parsed = parse(env::args().skip(1), |argument, _| {
        match argument {
            Argument::Long("kernel") => whose = Whose::Kernel,
            other => return Err(unknown(other)),
        }
        Ok(())
    })?;
    let Parsed::Run(_) = parsed else {
        println!("{HELP}");
        return Ok(());
    };
    let memory = system::memory()?;
    match whose {
        Whose::Everybody => tell(&everybody(&memory)),
        Whose::Kernel => {
            tell(&kernel(&memory));
            println!("In use of the heap: {} bytes", memory.heap_bytes);
        }
    }
    Ok(())
}

fn everybody(memory: &MemoryInfo) -> [(&'static str, u64); 8] {
    [
        ("total", memory.total),
        ("free", memory.free),
        ("promised", memory.promised),
        ("user", memory.user),
        ("tables", memory.tables),
        ("stacks", memory.stacks),
        ("heap", memory.heap),
        ("image", memory.image),
    ]
}

fn kernel(memory: &MemoryInfo) -> [(&'static str, u64); 5] {
    [
        ("image", memory.image),
        ("tables", memory.tables),
        ("stacks", memory.stacks),
        ("heap", memory.heap),
        ("besides the image", memory.tables + memory.stacks + memory.heap),
    ]
}

fn tell(rows: &[(&str, u64)]) {
    let mut table =
        style::table(&[("MEMORY", Align::Left), ("PAGES", Align::Right), ("SIZE", Align::Right)]);
    for (name, pages) in rows {
        let size = Size(pages.saturating_mul(PAGE_SIZE as u64));
        table.row([(*name).to_string(), pages.to_string(), size.to_string()]);
    }
    print!("{table}");
}
